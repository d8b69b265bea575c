"""Panels of the feature pages."""
