"""The command line `aurora-serverless`: the only place that knows options, exit statuses and terminals."""
