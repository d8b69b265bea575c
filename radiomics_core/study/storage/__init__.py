"""How a study lies on disk: its catalogue, tables, results, and what is undone or finished on opening."""
