"""Who does what in a database, and who waits for whom."""
