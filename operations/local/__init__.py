"""A database on this machine without Terraform, as an environment file describes it: `aurora-serverless local`."""
