"""What `aurora-serverless check --production` looks at beside the rest: what a database needs that people rely on."""
