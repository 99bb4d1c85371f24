"""AWS's rules for an Aurora Serverless v2 PostgreSQL database, as functions and data; nothing here imports CDKTF."""
