"""How long the project takes to synthesize, and how much memory: `make bench`, or `python -m benchmarks`."""
