"""Panels of the data pages."""
