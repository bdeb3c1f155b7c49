"""Every change of a review is an operation: a frozen dataclass that `Review.do` applies in one transaction."""
