"""Files in which two things would have one name, or one tag twice: what AWS refuses in the middle of an apply."""

from tests.stacks.wrong_environment_files.wrong import Wrong, top, with_

_MONITORING = "[monitoring]\nenhanced_monitoring_seconds = 60\n"
_ONE_ROLE = "an account has one of that name in all Regions"

WRONG: dict[str, Wrong] = {
    "Lambda role as the role for monitoring": Wrong(
        with_(f'{_MONITORING}[names]\nlambda_role = "shop-rds-monitoring-role"'),
        'names.lambda_role = "shop-rds-monitoring-role": names both the Lambda role',
        "the role for enhanced monitoring (made by monitoring.enhanced_monitoring_seconds), and " + _ONE_ROLE,
        "write another name",
    ),
    "Lambda role as the role for monitoring in other capitals": Wrong(
        with_(f'{_MONITORING}[names]\nlambda_role = "Shop-RDS-Monitoring-Role"'),
        'names.lambda_role = "Shop-RDS-Monitoring-Role": names both',
        f"{_ONE_ROLE}, whatever its capitals",
        "write another name",
    ),
    "Lambda role as the proxy's role": Wrong(
        with_('[proxy]\n[names]\nlambda_role = "shop-aurora-proxy-role"'),
        'names.lambda_role = "shop-aurora-proxy-role"',
        "names both the Lambda role and the role of the proxy (made by [proxy])",
        "write another name",
    ),
    "security group as the proxy's": Wrong(
        with_('[proxy]\n[names]\nsecurity_group = "shop-aurora-proxy-sg"'),
        'names.security_group = "shop-aurora-proxy-sg"',
        "names both the security group of the database and the security group of the proxy (made by [proxy]), and a "
        "VPC has one of that name",
        "write another name",
    ),
    "security group as the proxy's, in other capitals": Wrong(
        with_('[proxy]\n[names]\nsecurity_group = "Shop-Aurora-Proxy-SG"'),
        'names.security_group = "Shop-Aurora-Proxy-SG"',
        "whatever its capitals",
        "write another name",
    ),
    "security group whose endpoints' is the proxy's": Wrong(
        'name_prefix = "shop"\n[engine]\nversion = "17.7"\n[proxy]\n[network]\ninterface_endpoints = ["rds-data"]\n'
        '[names]\nsecurity_group = "shop-aurora-proxy-sg"\n',
        'names.security_group = "shop-aurora-proxy-sg"',
        "the security group of the proxy",
        "write another name",
    ),
    "existing role as the role for monitoring that is made": Wrong(
        with_(f'{_MONITORING}[access]\nexisting_role_names = ["shop-rds-monitoring-role"]'),
        'access.existing_role_names = "shop-rds-monitoring-role"',
        "is the name of the role for enhanced monitoring, which is made here",
        "leave it out",
    ),
    "tags that differ in capitals only": Wrong(
        with_('[tags]\nProject = "alex"\nproject = "alex"'),
        'tags.project = "alex"',
        "differs from the tag Project in capitals only, and IAM",
        "leave one of the two out",
    ),
    "tags of roles that differ in capitals only": Wrong(
        with_('[resource_tags.aws_iam_role]\nTeam = "a"\nTEAM = "b"'),
        'resource_tags.aws_iam_role.TEAM = "b"',
        "differs from the tag Team in capitals only",
        "leave one of the two out",
    ),
    "a tag of roles that differs in capitals from one of all": Wrong(
        with_('[tags]\nProject = "alex"\n[resource_tags.aws_iam_role]\nproject = "roles"'),
        'resource_tags.aws_iam_role.project = "roles"',
        "differs from the tag Project in capitals only",
        "spell both alike",
    ),
    "a preset's role for monitoring": Wrong(
        top('preset = "production"') + '[names]\nlambda_role = "shop-rds-monitoring-role"\n',
        'names.lambda_role = "shop-rds-monitoring-role"',
        "the role for enhanced monitoring (made by monitoring.enhanced_monitoring_seconds)",
        "write another name",
    ),
}
