"""What the benchmarks say of what they have measured."""
