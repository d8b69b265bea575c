"""Names that name nobody: neutral case names, the key table, tables under neutral ids."""
