"""What a deployment is made of: its environment file, and the stack synthesized from it."""
