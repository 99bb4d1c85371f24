"""Creates and grants the database users that an environment file declares, and compares them with those that exist."""
