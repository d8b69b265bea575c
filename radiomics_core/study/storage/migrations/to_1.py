"""The catalogue of the first version: documents, view state, ledger, findings and leases."""

STATEMENTS = (
    "CREATE TABLE document (key TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL)",
    "CREATE TABLE view_state (key TEXT PRIMARY KEY, value TEXT NOT NULL, changed REAL NOT NULL)",
    "CREATE TABLE ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, event TEXT NOT "
    "NULL, details TEXT NOT NULL)",
    "CREATE TABLE finding (source TEXT NOT NULL, position INTEGER NOT NULL, value TEXT NOT NULL)",
    "CREATE TABLE lease (kind TEXT NOT NULL, token TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER "
    "NOT NULL, started REAL NOT NULL, heartbeat REAL NOT NULL)",
)
