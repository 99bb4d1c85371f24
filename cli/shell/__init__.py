"""The interactive prompt of `aurora-serverless shell`."""
