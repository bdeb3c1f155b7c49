"""The one door to a review."""
