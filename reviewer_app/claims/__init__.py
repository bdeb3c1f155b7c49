"""What papers claim, checked against what was measured."""
