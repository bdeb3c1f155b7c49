"""Paired statistics from aligned arrays."""
