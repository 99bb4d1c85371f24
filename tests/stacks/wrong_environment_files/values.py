"""Files with a value that AWS refuses: an ARN of elsewhere, a parameter, a name or a key of an object, or too long."""

from tests.stacks.wrong_environment_files.wrong import Wrong, engine, top, with_

_ACCOUNT = "123456789012"
_KEY_ID = "key/1234abcd-12ab-34cd-56ef-1234567890ab"
_KEY = f"arn:aws:kms:eu-west-1:{_ACCOUNT}:{_KEY_ID}"
_TOPIC = f"arn:aws:sns:eu-west-1:{_ACCOUNT}:pager"
_SECRET = f"arn:aws:secretsmanager:eu-west-1:{_ACCOUNT}:secret:mail-AbCdEf"
_BOUNDARY = f"arn:aws:iam::{_ACCOUNT}:policy/boundary"
_S3 = '[backend]\ntype = "s3"\nregion = "us-east-1"\n'


def _in_us_east_1(lines: str) -> str:
    return top('region = "us-east-1"') + lines + "\n"


def _topic(arn: str) -> str:
    return with_(f'[monitoring]\nalarms = true\nalarm_topic_arn = "{arn}"')


def _key(arn: str) -> str:
    return f'[encryption]\nkey = "given"\nkey_arn = "{arn}"'


def _cluster_parameter(name: str, value: str, version: str = "17.7") -> str:
    return engine(version, f'cluster_parameters = {{ "{name}" = "{value}" }}')


def _secrets(count: int) -> str:
    return ", ".join(f'"arn:aws:secretsmanager:us-east-1:{_ACCOUNT}:secret:u{i}-AbCdEf"' for i in range(count))


def _key_of_state(key: str) -> str:
    return with_(f'{_S3}bucket = "abc"\nkey = "{key}"')


_ARNS = {
    "topic of an unknown partition": Wrong(
        _topic(_TOPIC.replace("arn:aws:", "arn:foo:")),
        "monitoring.alarm_topic_arn = ",
        "is in the partition foo, and not in aws or aws-cn or aws-us-gov",
        "write, for example",
    ),
    "topic of China in a Region of Europe": Wrong(
        _topic(_TOPIC.replace("arn:aws:", "arn:aws-cn:")),
        "monitoring.alarm_topic_arn = ",
        "is in the partition aws-cn, and eu-west-1 is a Region of aws",
        "begin it with arn:aws:, or name another Region",
    ),
    "topic without a Region": Wrong(
        _topic(_TOPIC.replace("eu-west-1", "")), "monitoring.alarm_topic_arn = ", "names no Region", "us-east-1"
    ),
    "topic of eleven digits": Wrong(
        _topic(_TOPIC.replace(_ACCOUNT, _ACCOUNT[:-1])), "monitoring.alarm_topic_arn = ", "twelve digits", "write"
    ),
    "topic that is a queue": Wrong(
        _topic(_TOPIC.replace(":sns:", ":sqs:")), "monitoring.alarm_topic_arn = ", "the ARN of an SNS topic", "write"
    ),
    "topic of another Region": Wrong(
        top('region = "us-east-1"') + _topic(_TOPIC).removeprefix(with_("").rstrip("\n")),
        "monitoring.alarm_topic_arn = ",
        "is in eu-west-1, and CloudWatch alarms act on topics of their own Region, which here is us-east-1",
        "leave it out for one made here",
    ),
    "key of another Region": Wrong(
        _in_us_east_1(_key(_KEY)),
        "encryption.key_arn = ",
        "is in eu-west-1, and a cluster is encrypted with a key of its own Region, which here is us-east-1",
        "multi-Region key",
    ),
    "key and topic of two Regions": Wrong(
        with_(
            f'{_key(_KEY)}\n[monitoring]\nalarms = true\nalarm_topic_arn = "{_TOPIC.replace("eu-west-1", "us-east-1")}"'
        ),
        "monitoring.alarm_topic_arn = ",
        "is in us-east-1",
        "name a topic of that Region",
    ),
    "secret of a proxy of another Region": Wrong(
        _in_us_east_1(f'[proxy]\nsecret_arns = ["{_SECRET}"]'),
        "proxy.secret_arns = ",
        "is in eu-west-1, and a proxy reads secrets of its own Region, which here is us-east-1",
        "replicate the secret",
    ),
    "key of a proxy's secret of another Region": Wrong(
        _in_us_east_1(
            f'[proxy]\nsecret_arns = ["{_SECRET.replace("eu-west-1", "us-east-1")}"]\nsecret_key_arns = ["{_KEY}"]'
        ),
        "proxy.secret_key_arns = ",
        "is in eu-west-1",
        "name keys of secrets of that Region",
    ),
    "key of a role's secret of another Region": Wrong(
        _in_us_east_1(f'[access.lambda_role]\nsecret_arns = ["{_SECRET}"]\nsecret_key_arns = ["{_KEY}"]'),
        "access.lambda_role.secret_key_arns = ",
        "through the Secrets Manager of its own Region only, which here is us-east-1",
        "name keys of secrets of that Region",
    ),
    "zone of another Region": Wrong(
        _in_us_east_1('[instances]\navailability_zones = ["us-east-1a", "us-east-2b"]'),
        'instances.availability_zones = "us-east-2b"',
        "is a zone of us-east-2, and the cluster's Region is us-east-1",
        "name zones of us-east-1",
    ),
    "zones of two Regions": Wrong(
        with_('[instances]\navailability_zones = ["us-east-1a", "us-east-2b"]'),
        'instances.availability_zones = "us-east-2b"',
        "is a zone of us-east-2",
        "name zones of us-east-1",
    ),
    "boundary with a Region": Wrong(
        with_(f'[access.lambda_role]\npermissions_boundary_arn = "{_BOUNDARY.replace("::", ":us-east-1:")}"'),
        "access.lambda_role.permissions_boundary_arn = ",
        "names a Region, and those of iam have none",
        "write",
    ),
    "boundary of all roles of another account": Wrong(
        top('allowed_account_ids = ["111111111111", "222222222222"]')
        + f'[access]\npermissions_boundary_arn = "{_BOUNDARY}"\n',
        "access.permissions_boundary_arn = ",
        "is of the account 123456789012, and a boundary is a policy of the role's account, which here is 111",
        "of the same account",
    ),
    "boundary of another account": Wrong(
        top('allowed_account_ids = ["111111111111", "222222222222"]')
        + f'[access.lambda_role]\npermissions_boundary_arn = "{_BOUNDARY}"\n',
        "access.lambda_role.permissions_boundary_arn = ",
        "is of the account 123456789012, and a boundary is a policy of the role's account, which here is 111",
        "of the same account",
    ),
    "snapshot of another partition": Wrong(
        with_(
            '[restore]\ntype = "snapshot"\n'
            f'snapshot_identifier = "arn:aws-cn:rds:cn-north-1:{_ACCOUNT}:cluster-snapshot:x"'
        ),
        "restore.snapshot_identifier = ",
        "is in the partition aws-cn",
        'region = "cn-north-1"',
    ),
}

_PARAMETERS = {
    "text for a number": Wrong(
        _cluster_parameter("work_mem", "lots"),
        'engine.cluster_parameters.work_mem = "lots"',
        "must be a whole number from 64 to 2147483647 (kB)",
        'write "64"',
    ),
    "number with a unit": Wrong(
        _cluster_parameter("work_mem", "64MB"),
        'engine.cluster_parameters.work_mem = "64MB"',
        "(kB), without a unit",
        'write "65536"',
    ),
    "number below its range": Wrong(
        _cluster_parameter("log_rotation_age", "9"),
        'engine.cluster_parameters.log_rotation_age = "9"',
        "from 10 to 1440 (min)",
        'write "10"',
    ),
    "switch that is 2": Wrong(
        _cluster_parameter("rds.force_ssl", "2"),
        'engine.cluster_parameters.rds.force_ssl = "2"',
        "is on or off: AWS takes 1 or 0",
        'write "1" or "0"',
    ),
    "unknown word": Wrong(
        _cluster_parameter("log_error_verbosity", "loud"),
        'engine.cluster_parameters.log_error_verbosity = "loud"',
        "takes terse, default, verbose",
        "terse",
    ),
    "misspelt library": Wrong(
        _cluster_parameter("shared_preload_libraries", "pg_stat_statement,pg_cron"),
        "engine.cluster_parameters.shared_preload_libraries = ",
        '"pg_stat_statement" is not one of its values',
        'did you mean "pg_stat_statements"?',
    ),
    "parameter that does not exist": Wrong(
        _cluster_parameter("max_conections", "100"),
        'engine.cluster_parameters.max_conections = "100"',
        "is not a known parameter of Aurora PostgreSQL",
        "did you mean max_connections?",
    ),
    "parameter like no other": Wrong(
        _cluster_parameter("zzz", "100"),
        'engine.cluster_parameters.zzz = "100"',
        "is not a known parameter of Aurora PostgreSQL",
        "leave it out",
    ),
    "misspelt parameter of AWS": Wrong(
        _cluster_parameter("rds.forse_ssl", "1"),
        "engine.cluster_parameters.rds.forse_ssl",
        "is not a known parameter of Aurora PostgreSQL",
        "rds.force_ssl",
    ),
    "instance parameter that does not exist": Wrong(
        engine("17.7", 'instance_parameters = { work_men = "64" }'),
        'engine.instance_parameters.work_men = "64"',
        "is not a known parameter of Aurora PostgreSQL",
        "did you mean work_mem?",
    ),
    "parameter of a newer version": Wrong(
        _cluster_parameter("transaction_timeout", "5000", version="16.8"),
        "engine.cluster_parameters.transaction_timeout",
        "Aurora PostgreSQL 16 has no such parameter, only 17 and newer",
        "leave it out",
    ),
    "parameter of an older version": Wrong(
        _cluster_parameter("old_snapshot_threshold", "60"),
        "engine.cluster_parameters.old_snapshot_threshold",
        "Aurora PostgreSQL 17 has no such parameter, only 16 and older",
        "leave it out",
    ),
    "parameter of PostgreSQL's storage": Wrong(
        _cluster_parameter("fsync", "0"), "engine.cluster_parameters.fsync", "AWS does not let change", "leave it out"
    ),
    "formula with an unknown variable": Wrong(
        _cluster_parameter("max_connections", "{DBInstanceMemory/9531392}"),
        "engine.cluster_parameters.max_connections",
        "or a formula of AWS's such as {DBInstanceClassMemory/9531392}",
        "write",
    ),
    "instance parameter over log_statement": Wrong(
        with_('log_statement = "ddl"\ninstance_parameters = { log_statement = "none" }'),
        'engine.instance_parameters.log_statement = "none"',
        'wins over the cluster\'s, which the option log_statement sets to "ddl"',
        "leave one of the two out",
    ),
    "instance parameter over log_min_duration_milliseconds": Wrong(
        with_('log_min_duration_milliseconds = 500\ninstance_parameters = { log_min_duration_statement = "-1" }'),
        'engine.instance_parameters.log_min_duration_statement = "-1"',
        'which the option log_min_duration_milliseconds sets to "500"',
        "leave one of the two out",
    ),
    "instance parameter over the libraries of pgaudit": Wrong(
        with_('pgaudit = true\ninstance_parameters = { shared_preload_libraries = "pg_cron" }'),
        'engine.instance_parameters.shared_preload_libraries = "pg_cron"',
        'which the option pgaudit sets to "pg_stat_statements,pgaudit"',
        "leave one of the two out",
    ),
    "instance parameter over what pgaudit logs": Wrong(
        with_('pgaudit = true\ninstance_parameters = { "pgaudit.log" = "none" }'),
        'engine.instance_parameters.pgaudit.log = "none"',
        "which the option pgaudit sets",
        "leave one of the two out",
    ),
    "instance parameter of pgaudit without it": Wrong(
        with_('instance_parameters = { "pgaudit.log" = "ddl" }'),
        'engine.instance_parameters.pgaudit.log = "ddl"',
        "does nothing while pgaudit is not loaded",
        "turn pgaudit on",
    ),
}

_LIMITS = {
    "version that Aurora skipped": Wrong(
        engine("16.5"), 'engine.version = "16.5"', "is a version that Aurora PostgreSQL never had", 'write "16.6"'
    ),
    "199 secrets of a proxy": Wrong(
        _in_us_east_1(f"[proxy]\nsecret_arns = [{_secrets(199)}]"),
        'proxy.secret_arns = "199 secrets"',
        "characters, and IAM takes 10,240 in all inline policies of a role, white space not counted",
        "name fewer",
    ),
    "200 secrets of a role": Wrong(
        _in_us_east_1(f"[access.lambda_role]\nsecret_arns = [{_secrets(200)}]"),
        'access.lambda_role.secret_arns = "200 of them"',
        "makes a policy of 1",
        "name fewer",
    ),
    "150 users of a role": Wrong(
        _in_us_east_1(
            "[access]\niam_authentication = true\niam_users = [" + ", ".join(f'"user_{i}"' for i in range(150)) + "]"
        ),
        'access.iam_users = "150 of them"',
        "makes a policy of 1",
        "name fewer",
    ),
    "version that JavaScript cannot count": Wrong(
        with_(f"[credentials]\nversion = {2**53}"),
        "credentials.version = 9007199254740992",
        "must be 1 to 9007199254740991",
        "write 9007199254740991",
    ),
    "password of the year 202": Wrong(
        with_("[credentials]\nrotation_date = 0202-11-01"),
        "credentials.rotation_date = 0202-11-01",
        "is before the year 2000",
        "as in 2026-11-01",
    ),
    "moment before the year 1000": Wrong(
        with_('[restore]\ntype = "point_in_time"\nsource_cluster_identifier = "a"\ntime = 0999-12-31T00:00:00Z'),
        "restore.time = ",
        "is in the year 999, of which no cluster has a backup",
        "within the source's backup retention",
    ),
    "moment after the last one": Wrong(
        with_('[restore]\ntype = "point_in_time"\nsource_cluster_identifier = "a"\ntime = 9999-12-31T23:59:59-12:00'),
        "restore.time = ",
        "is in UTC not within the years 1 to 9999",
        "name a moment whose data is there",
    ),
    "more connections than there are": Wrong(
        with_(
            '[instances.read_scaling]\nminimum_readers = 1\nmaximum_readers = 2\nmetric = "connections"\n'
            "target_value = 1e308"
        ),
        "instances.read_scaling.target_value = 1e+308",
        "at most 262143",
        "write about 70 percent",
    ),
    "state that starts with a slash": Wrong(
        _key_of_state("/x"), 'backend.key = "/x"', "must not start or end with /", "production.tfstate"
    ),
    "state that ends with a slash": Wrong(
        _key_of_state("x/"), 'backend.key = "x/"', "must not start or end with /", "production.tfstate"
    ),
    "state with two slashes": Wrong(_key_of_state("a//b"), 'backend.key = "a//b"', "must not hold //", "production"),
    "state above its bucket": Wrong(_key_of_state("a/../b"), 'backend.key = "a/../b"', ". or .. between", "production"),
    "state with a long name": Wrong(_key_of_state("ä" * 509), "backend.key = ", "1 to 1017 bytes", "production"),
    "state without a name": Wrong(_key_of_state(""), 'backend.key = ""', "1 to 1017 bytes", "production.tfstate"),
    "bucket with two dots": Wrong(
        with_(f'{_S3}bucket = "a..b"'), 'backend.bucket = "a..b"', "two dots in a row", "example-terraform-state"
    ),
    "bucket that is an address": Wrong(
        with_(f'{_S3}bucket = "192.168.1.1"'), 'backend.bucket = "192.168.1.1"', "an IP address", "example"
    ),
    "bucket that is an access point": Wrong(
        with_(f'{_S3}bucket = "state-s3alias"'), "backend.bucket = ", "S3 keeps the beginnings", "example"
    ),
    "subnet group that starts with a digit": Wrong(
        with_('[names]\nsubnet_group = "1databases"'), "names.subnet_group = ", "starts with a letter", "alex-aurora"
    ),
    "security group that ends with a space": Wrong(
        with_('[names]\nsecurity_group = "database "'), "names.security_group = ", "EC2 takes off", 'write "database"'
    ),
    "tag of RDS": Wrong(with_('[tags]\n"rds:x" = "x"'), 'tags.rds:x = "x"', "must not start with rds:", "another key"),
    "tag with a value of AWS": Wrong(
        with_('[tags]\nOwner = "AWS:me"'), 'tags.Owner = "AWS:me"', "value must not start with aws:", "another value"
    ),
    "tag with a parenthesis": Wrong(
        with_('[tags]\nOwner = "me (too)"'), "tags.Owner = ", "a tag's value is at most 256", "plainer value"
    ),
}

WRONG: dict[str, Wrong] = {**_ARNS, **_PARAMETERS, **_LIMITS}
