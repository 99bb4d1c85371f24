"""How long it takes to synthesize, with how much memory, and to ask the Data API: `python -m benchmarks`."""
