"""Metrics from aligned arrays."""
