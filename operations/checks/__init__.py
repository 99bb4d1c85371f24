"""What `aurora-serverless check` looks at, a subject a module, in the order in which one would look by hand."""
