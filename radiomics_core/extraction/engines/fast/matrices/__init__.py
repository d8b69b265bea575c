"""Counting in compiled loops: texture matrices of regions and of neighbourhoods."""
