"""Panels of the modelling pages."""
