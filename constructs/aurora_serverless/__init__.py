"""Building blocks of an Aurora Serverless v2 PostgreSQL database: one construct a file, each usable alone."""
