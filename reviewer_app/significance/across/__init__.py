"""Several teams over several datasets."""
