"""The database users that an environment file declares: made, granted, and compared with those that are there."""
