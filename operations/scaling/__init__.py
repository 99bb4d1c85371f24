"""When a cluster was paused, awake and how large, from RDS events and CloudWatch."""
