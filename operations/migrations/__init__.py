"""The schema of a database as numbered files, applied through the Data API."""
