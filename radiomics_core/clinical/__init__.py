"""Clinical tables: reading, column types and roles, ids, dates and endpoint values."""
