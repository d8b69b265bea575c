"""The feature table, outcome-free filtering and exploration."""
