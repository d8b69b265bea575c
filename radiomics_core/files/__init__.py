"""Files: whole or not at all, private, and only where the study stands."""
