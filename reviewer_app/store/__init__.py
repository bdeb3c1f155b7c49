"""The review file: schema, columns, audit trail."""
