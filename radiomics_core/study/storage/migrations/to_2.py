"""The heartbeat of a lease is a counter; a job has a number, and a token for each of its starts."""

STATEMENTS = (
    "ALTER TABLE lease ADD COLUMN space TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE lease ADD COLUMN job TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE job_run (number INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT UNIQUE NOT NULL, token TEXT NOT NULL)",
)
