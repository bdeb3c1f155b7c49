"""Filters, slices and the examples on which two teams disagree."""
