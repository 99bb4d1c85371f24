"""Reading and writing the files that people name."""
