"""Side by side with what people use today: ``python -m benchmarks`` rewrites ``benchmarks/RESULTS.md``."""
