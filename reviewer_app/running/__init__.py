"""The cross matrix, and running strangers' code."""
