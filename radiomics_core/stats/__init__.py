"""Statistics that every layer above uses."""
