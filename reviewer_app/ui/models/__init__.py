"""Qt models over what the review answers."""
