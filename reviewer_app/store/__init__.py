"""The review file: one SQLite database that maps the domain's dataclasses to rows; the domain knows nothing of it."""
