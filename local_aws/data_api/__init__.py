"""The Data API of local AWS: SQL over HTTP as Aurora Serverless v2 answers it, on a real PostgreSQL of this machine."""
