"""Run after a deploy: the `aurora-serverless` command, and a client of the Data API for Lambda code."""
