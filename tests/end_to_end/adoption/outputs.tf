output "aurora_cluster_arn" {
  description = "ARN of the Aurora cluster"
  value       = aws_rds_cluster.aurora.arn
}

output "aurora_cluster_endpoint" {
  description = "Writer endpoint of the Aurora cluster"
  value       = aws_rds_cluster.aurora.endpoint
}

output "aurora_secret_arn" {
  description = "ARN of the secret with the database credentials"
  value       = aws_secretsmanager_secret.db_credentials.arn
}

output "database_name" {
  description = "Name of the database"
  value       = aws_rds_cluster.aurora.database_name
}

output "lambda_role_arn" {
  description = "ARN of the role that Lambda functions take"
  value       = aws_iam_role.lambda_aurora_role.arn
}

output "data_api_enabled" {
  description = "Whether the Data API is enabled"
  value       = aws_rds_cluster.aurora.enable_http_endpoint ? "Enabled" : "Disabled"
}

output "setup_instructions" {
  description = "What to do after the deployment"
  value       = <<-EOT
    Aurora Serverless v2 cluster ${aws_rds_cluster.aurora.cluster_identifier} is deployed.

    Add to .env:
    AURORA_CLUSTER_ARN=${aws_rds_cluster.aurora.arn}
    AURORA_SECRET_ARN=${aws_secretsmanager_secret.db_credentials.arn}

    Try the Data API:
    aws rds-data execute-statement \
      --resource-arn ${aws_rds_cluster.aurora.arn} \
      --secret-arn ${aws_secretsmanager_secret.db_credentials.arn} \
      --database alex \
      --sql "SELECT version()"

    Scaling: ${var.min_capacity} to ${var.max_capacity} ACUs.
  EOT
}
