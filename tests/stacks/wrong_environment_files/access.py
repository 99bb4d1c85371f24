"""Files that are wrong in who gets at the database and how: `[access]` and `[proxy]`."""

from tests.stacks.wrong_environment_files.wrong import Wrong, engine, with_

_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf"
_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
_SECRETS = ", ".join(f'"arn:aws:secretsmanager:us-east-1:123456789012:secret:u{i}-AbCdEf"' for i in range(200))

_USERS = ", ".join(f'"user_{number}"' for number in range(100))

WRONG: dict[str, Wrong] = {
    "version without Data API, which is on": Wrong(
        engine("13.10", "[access]\ndata_api = true"),
        'engine.version = "13.10"',
        "has no Data API on Serverless v2",
        "access.data_api = false",
    ),
    "Data API as a word": Wrong(
        with_('[access]\ndata_api = "off"'), 'access.data_api = "off"', "must be true or false", "without quotes"
    ),
    "Terraform's word for the Data API": Wrong(
        with_("[access]\nenable_http_endpoint = true"),
        "access.enable_http_endpoint = true",
        "unknown key",
        "did you mean access.data_api?",
    ),
    "users without IAM logins": Wrong(
        with_('[access]\niam_users = ["app"]'),
        'access.iam_users = ["app"]',
        "nobody can log in with IAM tokens",
        "access.iam_authentication = true",
    ),
    "users of a proxy that takes passwords": Wrong(
        with_('[access]\niam_users = ["app"]\n[proxy]\niam_authentication = "DISABLED"'),
        'access.iam_users = ["app"]',
        "nobody can log in with IAM tokens",
        "leave it out",
    ),
    "every user": Wrong(
        with_('[access]\niam_authentication = true\niam_users = ["*"]'),
        'access.iam_users[0] = "*"',
        "a database user's name is 1 to 63",
        "orders_app",
    ),
    "user of RDS": Wrong(
        with_('[access]\niam_authentication = true\niam_users = ["app", "rds_superuser"]'),
        'access.iam_users[1] = "rds_superuser"',
        "is taken by RDS",
        "another name",
    ),
    "user of PostgreSQL": Wrong(
        with_('[access]\niam_authentication = true\niam_users = ["pg_monitor"]'),
        'access.iam_users[0] = "pg_monitor"',
        "must not start with pg_",
        "another name",
    ),
    "user twice": Wrong(
        with_('[access]\niam_authentication = true\niam_users = ["app", "app"]'),
        'access.iam_users = "app"',
        "is named twice",
        "name it once",
    ),
    "path without its last slash": Wrong(
        with_('[access.lambda_role]\npath = "/service"'),
        'access.lambda_role.path = "/service"',
        "starts and ends with /",
        "/service/",
    ),
    "boundary of all roles that is a name": Wrong(
        with_('[access]\npermissions_boundary_arn = "boundary"'),
        'access.permissions_boundary_arn = "boundary"',
        "the ARN of a managed policy",
        "arn:aws:iam::123456789012:policy/boundary",
    ),
    "boundary that is a name": Wrong(
        with_('[access.lambda_role]\npermissions_boundary_arn = "boundary"'),
        'access.lambda_role.permissions_boundary_arn = "boundary"',
        "the ARN of a managed policy",
        "arn:aws:iam::123456789012:policy/boundary",
    ),
    "VPC access as a number": Wrong(
        with_("[access.lambda_role]\nvpc_access = 1"),
        "access.lambda_role.vpc_access = 1",
        "must be true or false",
        "without quotes",
    ),
    "unknown key of the Lambda role": Wrong(
        with_("[access.lambda_role]\ntracing = true"), "access.lambda_role.tracing", "unknown key", "xray"
    ),
    "Lambda role as a name": Wrong(
        with_('[access]\nlambda_role = "orders"'),
        'access.lambda_role = "orders"',
        "must be a table",
        "[access.lambda_role] on a line",
    ),
    "secret by its name": Wrong(
        with_('[access.lambda_role]\nsecret_arns = ["mail"]'),
        'access.lambda_role.secret_arns[0] = "mail"',
        "the whole ARN of a secret",
        "secret:mail-AbCdEf",
    ),
    "secret without its six characters": Wrong(
        with_(f'[access.lambda_role]\nsecret_arns = ["{_SECRET[:-7]}"]'),
        "access.lambda_role.secret_arns[0] = ",
        "the six characters that Secrets Manager adds",
        "secret:mail-AbCdEf",
    ),
    "secret twice": Wrong(
        with_(f'[access.lambda_role]\nsecret_arns = ["{_SECRET}", "{_SECRET}"]'),
        "access.lambda_role.secret_arns = ",
        "is named twice",
        "name it once",
    ),
    "key without a secret": Wrong(
        with_(f'[access.lambda_role]\nsecret_key_arns = ["{_KEY}"]'),
        "access.lambda_role.secret_key_arns = ",
        "the keys of secret_arns, and there are none",
        "leave it out",
    ),
    "alias instead of a secret's key": Wrong(
        with_(f'[access.lambda_role]\nsecret_arns = ["{_SECRET}"]\nsecret_key_arns = ["alias/mail"]'),
        'access.lambda_role.secret_key_arns[0] = "alias/mail"',
        "not of an alias",
        "write",
    ),
    "role with an underscore": Wrong(
        with_('[access]\nroles = ["my_worker"]'), 'access.roles[0] = "my_worker"', "a role's short name", "worker"
    ),
    "role that is the Lambda role": Wrong(
        with_('[access]\nroles = ["lambda"]'),
        'access.roles = "lambda"',
        'shop-lambda-aurora-role names both the Lambda role and the role "lambda", and an account has one',
        "another name",
    ),
    "role that is a renamed Lambda role": Wrong(
        with_('[names]\nlambda_role = "Shop-Worker-Aurora-Role"\n[access]\nroles = ["worker"]'),
        'access.roles = "worker"',
        'shop-worker-aurora-role names both the Lambda role and the role "worker", and an account has one of that name '
        "in all Regions, whatever its capitals",
        "another name",
    ),
    "role too long": Wrong(
        with_(f'[access]\nroles = ["{"w" * 48}"]'),
        "access.roles = ",
        "1 to 64",
        "a shorter short name",
    ),
    "role twice": Wrong(
        with_('[access]\nroles = ["worker", "api", "worker"]'),
        'access.roles = "worker"',
        "is named twice",
        "name it once",
    ),
    "roles as a string": Wrong(
        with_('[access]\nroles = "worker"'), 'access.roles = "worker"', "must be a list", "in brackets"
    ),
    "existing role by its ARN": Wrong(
        with_('[access]\nexisting_role_names = ["arn:aws:iam::123456789012:role/api"]'),
        "access.existing_role_names[0] = ",
        "a role's name is 1 to 64",
        "write",
    ),
    "existing role that is made here": Wrong(
        with_('[access]\nroles = ["worker"]\nexisting_role_names = ["shop-worker-aurora-role"]'),
        'access.existing_role_names = "shop-worker-aurora-role"',
        'is the name of the role "worker", which is made here',
        "leave it out",
    ),
    "existing role that is the Lambda role": Wrong(
        with_('[access]\nexisting_role_names = ["SHOP-lambda-aurora-role"]'),
        'access.existing_role_names = "SHOP-lambda-aurora-role"',
        "is the name of the Lambda role, which is made here",
        "leave it out",
    ),
    "existing role twice in other capitals": Wrong(
        with_('[access]\nexisting_role_names = ["api", "API"]'),
        'access.existing_role_names = "API"',
        "is named twice",
        "name it once",
    ),
    "proxy as a switch": Wrong("proxy = true\n" + with_(""), "proxy = true", "must be a table", "[proxy] on a line"),
    "proxy in capitals": Wrong(
        with_('[proxy]\nname = "Shop"'), 'proxy.name = "Shop"', "an RDS identifier", "alex-aurora"
    ),
    "proxy with a name of 64 characters": Wrong(
        with_(f'[proxy]\nname = "{"a" * 64}"'), "proxy.name = ", "1 to 63", "alex-aurora"
    ),
    "tokens without TLS": Wrong(
        with_('[proxy]\nrequire_tls = false\niam_authentication = "REQUIRED"'),
        "proxy.require_tls = false",
        "RDS takes those over TLS only",
        'iam_authentication = "DISABLED"',
    ),
    "tokens without TLS, because the cluster takes them": Wrong(
        with_("[access]\niam_authentication = true\n[proxy]\nrequire_tls = false"),
        "proxy.require_tls = false",
        "RDS takes those over TLS only",
        "leave it out",
    ),
    "IAM authentication of a proxy as a switch": Wrong(
        with_("[proxy]\niam_authentication = true"),
        "proxy.iam_authentication = true",
        "must be 'REQUIRED' or 'DISABLED'",
        "one of these",
    ),
    "200 secrets beside the master user's": Wrong(
        with_(f"[proxy]\nsecret_arns = [{_SECRETS}]"),
        'proxy.secret_arns = "200 secrets"',
        "at most 200 secrets, the master user's included",
        "at most 199",
    ),
    "key of a proxy without a secret": Wrong(
        with_(f'[proxy]\nsecret_key_arns = ["{_KEY}"]'),
        "proxy.secret_key_arns = ",
        "the keys of secret_arns, and there are none",
        "leave it out",
    ),
    "idle clients for more than eight hours": Wrong(
        with_("[proxy]\nidle_client_timeout_seconds = 28801"),
        "proxy.idle_client_timeout_seconds = 28801",
        "must be 1 to 28800 seconds",
        "write 28800",
    ),
    "idle clients for no time": Wrong(
        with_("[proxy]\nidle_client_timeout_seconds = 0"),
        "proxy.idle_client_timeout_seconds = 0",
        "must be 1 to 28800 seconds",
        "write 1",
    ),
    "waiting for more than five minutes": Wrong(
        with_("[proxy]\nconnection_borrow_timeout_seconds = 3600"),
        "proxy.connection_borrow_timeout_seconds = 3600",
        "must be 0 to 300 seconds",
        "write 300",
    ),
    "no connections": Wrong(
        with_("[proxy]\nmaximum_connections_percent = 0"),
        "proxy.maximum_connections_percent = 0",
        "must be 1 to 100 percent",
        "write 1",
    ),
    "more idle connections than connections": Wrong(
        with_("[proxy]\nmaximum_connections_percent = 40\nmaximum_idle_connections_percent = 50"),
        "proxy.maximum_idle_connections_percent = 50",
        "must be 0 to maximum_connections_percent, which is 40",
        "write 40",
    ),
    "half a percent": Wrong(
        with_("[proxy]\nmaximum_connections_percent = 0.5"),
        "proxy.maximum_connections_percent = 0.5",
        "must be a whole number",
        "write a whole number",
    ),
    "initialization query of spaces": Wrong(
        with_('[proxy]\ninit_query = " "'), 'proxy.init_query = " "', "must not be empty", "leave it out"
    ),
    "expression in the initialization query": Wrong(
        with_("[proxy]\ninit_query = \"SET a = '${var.x}'\""),
        "proxy.init_query = ",
        "Terraform would read it as an expression",
        "write plain text",
    ),
    "pinning filters, which PostgreSQL does not have": Wrong(
        with_('[proxy]\nsession_pinning_filters = ["EXCLUDE_VARIABLE_SETS"]'),
        "proxy.session_pinning_filters = ",
        "unknown key",
        "[proxy] knows connection_borrow_timeout_seconds",
    ),
    "declared user with capitals": Wrong(
        with_('[users]\nread_write = ["OrdersApp"]'),
        'users.read_write[0] = "OrdersApp"',
        "a declared user is 1 to 63 lower-case letters",
        "orders_app",
    ),
    "declared user of RDS": Wrong(
        with_('[users]\nread_only = ["rdsreader"]'),
        'users.read_only[0] = "rdsreader"',
        "begins with rds",
        "write another name",
    ),
    "declared user twice": Wrong(
        with_('[users]\nread_write = ["app"]\nread_only = ["app"]'),
        'users.read_only = "app"',
        "is named in read_write too",
        "leave one out",
    ),
    "the master user as a declared one": Wrong(
        with_('[users]\nread_write = ["ordersadmin"]\n[database]\nmaster_username = "ordersadmin"'),
        'users.read_write = "ordersadmin"',
        "is the master user",
        "write another name",
    ),
    "no schema": Wrong(with_("[users]\nschemas = []"), "users.schemas = []", "names no schema", 'write ["public"]'),
    "schema of PostgreSQL": Wrong(
        with_('[users]\nschemas = ["pg_catalog"]'),
        'users.schemas[0] = "pg_catalog"',
        "is a schema of PostgreSQL itself",
        "leave it out",
    ),
    "schema in quotes": Wrong(
        with_("[users]\nschemas = ['a\"b']"),
        "users.schemas[0] = ",
        "a schema is 1 to 63",
        'write, for example, "public"',
    ),
    "roles of a user whom nobody declares": Wrong(
        with_('[access.lambda_role]\nuser = "orders_app"'),
        'access.lambda_role.user = "orders_app"',
        "is none of [users]",
        'add it there: read_write = ["orders_app"]',
    ),
    "more users than the policy of a proxy's role takes": Wrong(
        with_(f"[users]\nread_only = [{_USERS}]\n[proxy]"),
        'proxy.secret_arns = "100 secrets"',
        "and IAM takes 10,240",
        "name fewer, or fewer users in [users]",
    ),
}
