"""Run after a deploy: the `alexdb` command, and a client of the Data API for Lambda code."""
