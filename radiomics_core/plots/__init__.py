"""Charts: a result object (or its documented frame) in, an Altair chart out; no statistics, no files."""
