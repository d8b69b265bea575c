"""Feature extractors behind one contract."""
