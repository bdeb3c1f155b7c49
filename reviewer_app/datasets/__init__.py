"""What a standardized dataset is, how it is read, and what is wrong with it."""
