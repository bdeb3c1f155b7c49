"""Aligned arrays and a plan become a frozen comparison."""
