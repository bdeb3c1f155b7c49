"""Differences with intervals and tests, ours and by the libraries that people use today."""
