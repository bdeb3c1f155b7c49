"""The command line: parse, call Review, print."""
