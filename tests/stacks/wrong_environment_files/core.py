"""Files that are wrong as files, or in the sections that every deployment has."""

from tests.stacks.wrong_environment_files.wrong import GOOD, Wrong, engine, top, with_

WRONG: dict[str, Wrong] = {
    "unknown key": Wrong(top("colour = 1"), "colour = 1", "unknown key", "the file knows"),
    "unknown key, nearest": Wrong(top('name_prefx = "x"'), "name_prefx", "unknown key", "did you mean name_prefix?"),
    "value that a terminal acts on": Wrong(
        top('region = "us\\u001b[2J\\u2028east"'),
        'region = "us\\u001b[2J\\u2028east"',
        "is not a Region",
        "did you mean",
    ),
    "key of two lines": Wrong(top('"colour\\nof" = 1'), "colour\\u000aof = 1", "unknown key", "the file knows"),
    "tag that JavaScript has": Wrong(
        with_('[tags]\n__proto__ = "x"'), 'tags.__proto__ = "x"', "keeps for itself", "write another key"
    ),
    "unknown key in a section": Wrong(
        with_("[capacity]\nminimum_acus = 1"), "capacity.minimum_acus = 1", "unknown key", "capacity.minimum_acu?"
    ),
    "Terraform's word": Wrong(
        with_("[capacity]\nmin_capacity = 1"), "capacity.min_capacity = 1", "unknown key", "capacity.minimum_acu?"
    ),
    "right key, wrong section": Wrong(
        with_("[backup]\nminimum_acu = 1"),
        "backup.minimum_acu = 1",
        "unknown key",
        "did you mean capacity.minimum_acu?",
    ),
    "unknown section": Wrong(
        with_("[capcity]\nminimum_acu = 1"), "capcity = ", "unknown key", "did you mean capacity?"
    ),
    "the name in the file": Wrong(top('name = "shop"'), 'name = "shop"', "unknown key", "did you mean name_prefix?"),
    "no name prefix": Wrong('[engine]\nversion = "17.7"', "name_prefix", "is required", 'write name_prefix = "alex"'),
    "no engine": Wrong('name_prefix = "shop"', "engine", "is required", 'version = "17.7"'),
    "no version": Wrong('name_prefix = "shop"\n[engine]', "engine.version", "is required", 'version = "17.7"'),
    "number as string": Wrong(
        with_('[capacity]\nminimum_acu = "1"'), 'capacity.minimum_acu = "1"', "must be a number", "without quotes"
    ),
    "string as number": Wrong(
        'name_prefix = "shop"\n[engine]\nversion = 17.7',
        "engine.version = 17.7",
        "must be a string",
        "put it in quotes",
    ),
    "boolean as number": Wrong(
        with_("[capacity]\nmaximum_acu = true"), "capacity.maximum_acu = true", "must be a number", "write a number"
    ),
    "fraction as whole number": Wrong(
        with_("[backup]\nretention_days = 7.5"), "backup.retention_days = 7.5", "must be a whole number", "write"
    ),
    "string as boolean": Wrong(
        with_('[backend]\ntype = "s3"\nbucket = "abc"\nregion = "us-east-1"\nuse_lockfile = "yes"'),
        'backend.use_lockfile = "yes"',
        "must be true or false",
        "without quotes",
    ),
    "value as table": Wrong(top('tags = "x"'), 'tags = "x"', "must be a table", "[tags]"),
    "section as value": Wrong(top("capacity = 1"), "capacity = 1", "must be a table", "[capacity]"),
    "value as list": Wrong(
        with_('[names]\ninstances = "shop-0"'), 'names.instances = "shop-0"', "must be a list", "in brackets"
    ),
    "not finite": Wrong(with_("[capacity]\nmaximum_acu = inf"), "capacity.maximum_acu = inf", "finite number", "write"),
    "not a number": Wrong(
        with_("[capacity]\nminimum_acu = nan"), "capacity.minimum_acu = nan", "finite number", "write"
    ),
    "capacity 0.3": Wrong(
        with_("[capacity]\nminimum_acu = 0.3"), "capacity.minimum_acu = 0.3", "multiple of 0.5 ACU", "write 0.5"
    ),
    "capacity 300": Wrong(
        with_("[capacity]\nmaximum_acu = 300"), "capacity.maximum_acu = 300", "is 256 ACU", "write 256"
    ),
    "capacity below 0": Wrong(
        with_("[capacity]\nminimum_acu = -1"), "capacity.minimum_acu = -1", "must be 0 to 256 ACU", "write 0"
    ),
    "maximum below 1": Wrong(
        with_("[capacity]\nminimum_acu = 0\nmaximum_acu = 0.5"),
        "capacity.maximum_acu = 0.5",
        "must be 1 to 256 ACU",
        "write 1",
    ),
    "min above max": Wrong(
        with_("[capacity]\nminimum_acu = 4\nmaximum_acu = 2"),
        "capacity.minimum_acu = 4",
        "must not be above maximum_acu, which is 2",
        "write 2 or less",
    ),
    "min 0 on 15.4": Wrong(
        engine("15.4", "[capacity]\nminimum_acu = 0"), "capacity.minimum_acu = 0", "15.4 cannot pause", "write 0.5"
    ),
    "256 on 15.4": Wrong(
        engine("15.4", "[capacity]\nmaximum_acu = 256"), "capacity.maximum_acu = 256", "15.4 is 128 ACU", "write 128"
    ),
    "pause of 60 s": Wrong(
        with_("[capacity]\nminimum_acu = 0\nauto_pause_seconds = 60"),
        "capacity.auto_pause_seconds = 60",
        "must be 300 to 86400 seconds",
        "write 300",
    ),
    "pause with min above 0": Wrong(
        with_("[capacity]\nminimum_acu = 1\nauto_pause_seconds = 300"),
        "capacity.auto_pause_seconds = 300",
        "pauses only while minimum_acu is 0, and it is 1",
        "leave it out",
    ),
    "version with a letter": Wrong(engine("17.x"), 'engine.version = "17.x"', "must be major.minor", "17.7"),
    "unknown major version": Wrong(engine("99.9"), 'engine.version = "99.9"', "known for 13 to 18", "17.7"),
    "version without Data API": Wrong(engine("13.10"), 'engine.version = "13.10"', "13.10 has no Data API", "17.7"),
    "what an instance has that is not there": Wrong(
        with_("[instances]\nreaders = 1\n[instances.each.2]\npromotion_tier = 2"),
        "instances.each.2 = {promotion_tier = 2}",
        "is of no instance: there are 0 to 1, by their identifiers shop-aurora-0, shop-aurora-1",
        "raise instances.readers",
    ),
    "what an instance has twice": Wrong(
        with_("[instances.each.0]\npromotion_tier = 2\n[instances.each.shop-aurora-0]\npromotion_tier = 3"),
        "instances.each.shop-aurora-0 = {promotion_tier = 3}",
        "is of the same instance as instances.each.0",
        "in one table",
    ),
    "unknown key of an instance": Wrong(
        with_('[instances.each.0]\nclass = "db.r7g.large"'),
        'instances.each.0.class = "db.r7g.large"',
        "unknown key",
        "[instances.each.0] knows availability_zone, instance_class, maintenance_window, parameter_group, parameters",
    ),
    "class of an instance": Wrong(
        with_('[instances.each.0]\ninstance_class = "r7g.large"'),
        'instances.each.0.instance_class = "r7g.large"',
        "an instance class is db.serverless, or db, a type and a size",
        '"db.r7g.large"',
    ),
    "class without the Data API": Wrong(
        with_('[instances.each.0]\ninstance_class = "db.t4g.medium"'),
        'instances.each.0.instance_class = "db.t4g.medium"',
        "the Data API does not work on T classes",
        "access.data_api = false",
    ),
    "window of an instance while backups are made": Wrong(
        with_('[instances.each.0]\nmaintenance_window = "sun:03:30-sun:04:30"'),
        'instances.each.0.maintenance_window = "sun:03:30-sun:04:30"',
        "must not overlap the backup window, which is 03:00-04:00",
        "move one",
    ),
    "zone of an instance elsewhere": Wrong(
        top('region = "us-east-1"') + '[instances.each.0]\navailability_zone = "eu-west-1a"\n',
        'instances.each.0.availability_zone = "eu-west-1a"',
        "is a zone of eu-west-1, and the cluster's Region is us-east-1",
        "name zones of us-east-1",
    ),
    "tiers of readers said twice": Wrong(
        with_("[instances]\nreaders = 1\npromotion_tiers = [2]\n[instances.each.1]\npromotion_tier = 3"),
        "instances.each.1.promotion_tier = 3",
        "promotion_tiers names one for each reader",
        "leave one of the two out",
    ),
    "cluster's parameter of an instance": Wrong(
        with_('[instances.each.0.parameters]\n"rds.force_ssl" = "1"'),
        'instances.each.0.parameters.rds.force_ssl = "1"',
        "is a parameter of the cluster, not of an instance",
        "move it to cluster_parameters",
    ),
    "parameter of an instance that undoes an option": Wrong(
        engine("17.7", 'log_statement = "ddl"\n[instances.each.0.parameters]\nlog_statement = "all"'),
        'instances.each.0.parameters.log_statement = "all"',
        "an instance's parameter wins over the cluster's",
        "leave one of the two out",
    ),
    "members of a custom endpoint in two ways": Wrong(
        with_('[instances.endpoints.reports]\nstatic_members = ["0"]\nexcluded_members = ["0"]'),
        'instances.endpoints.reports.excluded_members = ["0"]',
        "an endpoint has static members, or all but those that are excluded",
        "leave one of the two lists out",
    ),
    "a member of a custom endpoint that is not there": Wrong(
        with_('[instances.endpoints.reports]\nstatic_members = ["1"]'),
        'instances.endpoints.reports.static_members = "1"',
        "is not an instance: there are 0, by their identifiers shop-aurora-0",
        "raise instances.readers",
    ),
    "a member of a custom endpoint by two names": Wrong(
        with_('[instances.endpoints.reports]\nexcluded_members = ["0", "shop-aurora-0"]'),
        'instances.endpoints.reports.excluded_members = "shop-aurora-0"',
        "is the same instance as 0",
        "name it once",
    ),
    "a name of a custom endpoint": Wrong(
        with_("[instances.endpoints.Reports]"),
        'instances.endpoints.Reports = "shop-aurora-Reports"',
        "lower-case letters",
        "write another short name",
    ),
    "six custom endpoints": Wrong(
        with_("".join(f"[instances.endpoints.a{number}]\n" for number in range(6))),
        "instances.endpoints = 6",
        "must be 0 to 5 custom endpoints",
        "write 5",
    ),
    "local write forwarding without readers": Wrong(
        engine("16.8", "[instances]\nlocal_write_forwarding = true"),
        "instances.local_write_forwarding = true",
        "there is no reader to forward",
        "add readers",
    ),
    "local write forwarding of an old version": Wrong(
        engine("16.3", "[instances]\nreaders = 1\nlocal_write_forwarding = true"),
        "instances.local_write_forwarding = true",
        "16.3 has no local write forwarding (it needs 14.13+, 15.8+, 16.4+)",
        "write a later engine version",
    ),
    "write forwarding of a primary": Wrong(
        with_('[global_database]\nrole = "primary"\nwrite_forwarding = true'),
        "global_database.write_forwarding = true",
        'is for role "secondary" only',
        "leave it out",
    ),
    "read-only endpoint of a proxy without readers": Wrong(
        with_("[proxy]\nread_only_endpoint = true"),
        "proxy.read_only_endpoint = true",
        "there is no reader for it to connect to",
        "add instances.readers",
    ),
    "parameters beside an existing cluster parameter group": Wrong(
        engine("17.7", 'cluster_parameter_group = "orders"\npgaudit = true'),
        'engine.cluster_parameter_group = "orders"',
        "is a group that is there already, and what pgaudit sets is in one made here",
        "leave one of the two out",
    ),
    "parameters beside an existing parameter group of the instances": Wrong(
        engine("17.7", 'instance_parameter_group = "orders"\ninstance_parameters = {}'),
        'engine.instance_parameter_group = "orders"',
        "is a group that is there already, and what instance_parameters sets is in one made here",
        "leave one of the two out",
    ),
    "parameters beside an existing parameter group of an instance": Wrong(
        with_('[instances.each.0]\nparameter_group = "orders"\nparameters = {}'),
        'instances.each.0.parameter_group = "orders"',
        "is a group that is there already, and parameters are for one made here",
        "leave one of the two out",
    ),
    "name of an existing parameter group": Wrong(
        engine("17.7", 'cluster_parameter_group = "default.aurora-postgresql17"'),
        'engine.cluster_parameter_group = "default.aurora-postgresql17"',
        "a parameter group's name is 1 to 255 letters",
        "orders-aurora17",
    ),
    "subnets beside an existing subnet group": Wrong(
        with_('[network]\nsubnet_group_name = "databases"\nsubnet_tags = { Tier = "database" }'),
        'network.subnet_group_name = "databases"',
        "is a group that has its subnets already, and others are named beside it",
        "leave one of the two out",
    ),
    "a name of a subnet group that is there already": Wrong(
        with_('[network]\nsubnet_group_name = "databases"\n[names]\nsubnet_group = "mine"'),
        'network.subnet_group_name = "databases"',
        "is a group that is there already, and names.subnet_group names one made here",
        "leave one of the two out",
    ),
    "an existing secret that is not named": Wrong(
        with_('[credentials]\nmode = "existing"'),
        "credentials.secret_arn",
        'the password is that of a secret with mode "existing"',
        "write the secret's ARN, or another mode",
    ),
    "a secret beside one made here": Wrong(
        with_('[credentials]\nsecret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-AbCdEf"'),
        "credentials.secret_arn",
        'Terraform makes the secret with mode "random"',
        'leave it out, or write mode = "existing"',
    ),
    "what is said of a secret that others own": Wrong(
        with_(
            '[credentials]\nmode = "existing"\nrecovery_window_days = 7\n'
            'secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-AbCdEf"'
        ),
        "credentials.recovery_window_days = 7",
        'others own the secret with mode "existing"',
        'leave it out, or write mode = "random" or "write_only"',
    ),
    "an existing secret of another Region": Wrong(
        top('region = "us-east-1"')
        + (
            '[credentials]\nmode = "existing"\n'
            'secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"'
        ),
        "credentials.secret_arn",
        "the Data API reads secrets of the cluster's Region",
        "name a secret of that Region",
    ),
    "a version of the password of nobody": Wrong(
        with_('[users]\nread_write = ["orders_app"]\nversions = { worker = 2 }'),
        "users.versions.worker = 2",
        "is the version of a user who is named in neither read_write nor read_only",
        "name the user, or leave it out",
    ),
    "a version of a user's password that is none": Wrong(
        with_('[users]\nread_write = ["orders_app"]\nversions = { orders_app = 0 }'),
        "users.versions.orders_app = 0",
        "",
        "",
    ),
    "no security group at all": Wrong(
        with_("[network]\nown_security_group = false"),
        "network.security_group_ids",
        "own_security_group = false makes no group, and RDS then takes the VPC's default group",
        "name the groups whose rules allow connections",
    ),
    "a rule of a security group that is not made": Wrong(
        with_('[network]\nown_security_group = false\nsecurity_group_ids = ["sg-01234567"]\negress = "closed"'),
        'network.egress = "closed"',
        "is about the cluster's own security group, and own_security_group = false makes none",
        "leave one of the two out",
    ),
    "somebody who is let in by a security group that is not made": Wrong(
        with_(
            '[network]\nown_security_group = false\nsecurity_group_ids = ["sg-01234567"]\n'
            'allowed_cidr_blocks = ["10.0.0.0/16"]'
        ),
        'network.allowed_cidr_blocks = ["10.0.0.0/16"]',
        "is about the cluster's own security group, and network.own_security_group = false makes none",
        "leave one of the two out",
    ),
    "a name of a security group that is not made": Wrong(
        with_(
            '[network]\nown_security_group = false\nsecurity_group_ids = ["sg-01234567"]\n'
            '[names]\nsecurity_group = "orders"'
        ),
        'names.security_group = "orders"',
        "is about the cluster's own security group, and network.own_security_group = false makes none",
        "leave one of the two out",
    ),
    "a monitoring role without monitoring": Wrong(
        with_('[monitoring]\nenhanced_monitoring_role_arn = "arn:aws:iam::123456789012:role/rds-monitoring"'),
        "monitoring.enhanced_monitoring_role_arn",
        "enhanced monitoring is off",
        "write enhanced_monitoring_seconds = 60",
    ),
    "an imported log group that nobody writes to": Wrong(
        with_("[monitoring]\nimport_log_group = true"),
        "monitoring.import_log_group = true",
        "no log is exported",
        "write log_retention_days = 30",
    ),
    "IPv6 ranges of a cluster without IPv6": Wrong(
        with_('[network]\nallowed_ipv6_cidr_blocks = ["2001:db8::/56"]'),
        'network.allowed_ipv6_cidr_blocks = ["2001:db8::/56"]',
        "the cluster has an IPv4 address only",
        'write network_type = "DUAL"',
    ),
    "IPv4 range as one of IPv6": Wrong(
        with_('[network]\nnetwork_type = "DUAL"\nallowed_ipv6_cidr_blocks = ["10.0.0.0/16"]'),
        "network.allowed_ipv6_cidr_blocks",
        "is not a CIDR block of IPv6 addresses",
        "2001:db8:1234::/56",
    ),
    "IPv6 range with host bits": Wrong(
        with_('[network]\nnetwork_type = "DUAL"\nallowed_ipv6_cidr_blocks = ["2001:db8::1/56"]'),
        "network.allowed_ipv6_cidr_blocks",
        "without host bits",
        'write "2001:db8::/56"',
    ),
    "all of IPv6": Wrong(
        with_('[network]\nnetwork_type = "DUAL"\nallowed_ipv6_cidr_blocks = ["::/0"]'),
        "network.allowed_ipv6_cidr_blocks",
        "would let the whole internet reach the database",
        "the Data API needs none",
    ),
    "IPv6 ranges inside the security group": Wrong(
        with_(
            '[network]\nnetwork_type = "DUAL"\nsecurity_group_rules = "inline"\n'
            'allowed_ipv6_cidr_blocks = ["2001:db8::/56"]'
        ),
        "network.allowed_ipv6_cidr_blocks",
        "know IPv4 only",
        'write "separate"',
    ),
    "cooldown below 0": Wrong(
        with_("[instances.read_scaling]\nminimum_readers = 0\nmaximum_readers = 2\nscale_in_cooldown_seconds = -1"),
        "instances.read_scaling.scale_in_cooldown_seconds = -1",
        "must be 0 to",
        "write 0",
    ),
    "overlapping windows": Wrong(
        with_('[maintenance]\nwindow = "sun:03:30-sun:04:30"'),
        'maintenance.window = "sun:03:30-sun:04:30"',
        "must not overlap the backup window, which is 03:00-04:00",
        "move one",
    ),
    "malformed backup window": Wrong(
        with_('[backup]\nwindow = "3am"'), 'backup.window = "3am"', "must be hh:mm-hh:mm in UTC", "03:00-04:00"
    ),
    "short backup window": Wrong(
        with_('[backup]\nwindow = "03:00-03:15"'), 'backup.window = "03:00-03:15"', "is 15 minutes", "move its end"
    ),
    "malformed maintenance window": Wrong(
        with_('[maintenance]\nwindow = "04:00-05:00"'), "maintenance.window = ", "ddd:hh:mm-ddd:hh:mm", "sun:04:00"
    ),
    "retention of 0": Wrong(
        with_("[backup]\nretention_days = 0"), "backup.retention_days = 0", "must be 1 to 35 days", "write 1"
    ),
    "retention of 36": Wrong(
        with_("[backup]\nretention_days = 36"), "backup.retention_days = 36", "must be 1 to 35 days", "write 35"
    ),
    "prefix in capitals": Wrong(
        'name_prefix = "Shop"\n[engine]\nversion = "17.7"', 'name_prefix = "Shop"', "lower-case letters", "write"
    ),
    "prefix too long": Wrong(
        f'name_prefix = "{"a" * 41}"\n[engine]\nversion = "17.7"', "name_prefix = ", "1 to 40", "write a shorter one"
    ),
    "empty prefix": Wrong('name_prefix = ""\n[engine]\nversion = "17.7"', 'name_prefix = ""', "1 to 40", "write"),
    "cluster with a double hyphen": Wrong(
        with_('[names]\ncluster = "shop--db"'), 'names.cluster = "shop--db"', "single hyphens", "alex-aurora"
    ),
    "cluster that starts with a digit": Wrong(
        with_('[names]\ncluster = "1shop"'), 'names.cluster = "1shop"', "starts with a letter", "alex-aurora"
    ),
    "cluster of 64 characters": Wrong(
        with_(f'[names]\ncluster = "{"a" * 64}"'), "names.cluster = ", "1 to 63", "alex-aurora"
    ),
    "instance that ends with a hyphen": Wrong(
        with_('[names]\ninstances = ["shop-"]'), 'names.instances[0] = "shop-"', "not end with a hyphen", "alex-aurora"
    ),
    "two instances": Wrong(
        with_('[names]\ninstances = ["a", "b"]'),
        'names.instances = ["a", "b"]',
        "names 2 instances, and there is one and 0 readers",
        "leave some out",
    ),
    "instance made from a long cluster": Wrong(
        with_(f'[names]\ncluster = "{"a" * 63}"'), "names.instances = ", "1 to 63", "alex-aurora"
    ),
    "bad secret name": Wrong(with_('[names]\nsecret = "a b"'), 'names.secret = "a b"', "a secret's name", "write"),
    "bad subnet group": Wrong(
        with_('[names]\nsubnet_group = "default"'), "names.subnet_group", "taken by RDS", "another"
    ),
    "bad security group": Wrong(
        with_('[names]\nsecurity_group = "sg-1"'), "names.security_group", "start with sg-", "another"
    ),
    "bad role": Wrong(with_('[names]\nlambda_role = "a/b"'), 'names.lambda_role = "a/b"', "a role's name", "write"),
    "bad policy": Wrong(with_('[names]\nlambda_policy = ""'), 'names.lambda_policy = ""', "a policy's name", "write"),
    "reserved master user": Wrong(
        with_('[database]\nmaster_username = "admin"'), 'database.master_username = "admin"', "taken by RDS", "another"
    ),
    "bad master user": Wrong(
        with_('[database]\nmaster_username = "a-b"'), "database.master_username", "letters, digits", "alexadmin"
    ),
    "reserved database": Wrong(
        with_('[database]\nname = "select"'), 'database.name = "select"', "reserved word of PostgreSQL", "another"
    ),
    "bad database": Wrong(with_('[database]\nname = "my-db"'), 'database.name = "my-db"', "letters, digits", "alex"),
    "database made by hand that is closed": Wrong(
        with_('[database]\ninitial_database = false\nname = "template0"'),
        'database.name = "template0"',
        "takes no connections",
        "another",
    ),
    "database made by hand with a space": Wrong(
        with_('[database]\ninitial_database = false\nname = "a b"'),
        'database.name = "a b"',
        "starts with no hyphen",
        "postgres",
    ),
    "initial database that every cluster has": Wrong(
        with_('[database]\nname = "postgres"'), 'database.name = "postgres"', "is taken by Aurora", "another"
    ),
    "database made from a reserved prefix": Wrong(
        'name_prefix = "user-db"\n[engine]\nversion = "17.7"', 'database.name = "user"', "reserved word", "another"
    ),
    "unknown region": Wrong(
        top('region = "us-east1"'), 'region = "us-east1"', "is not a Region of AWS", 'did you mean "us-east-1"?'
    ),
    "bad account": Wrong(
        top('allowed_account_ids = ["123"]'), 'allowed_account_ids[0] = "123"', "twelve digits", "123456789012"
    ),
    "empty tags": Wrong(with_("[tags]"), "tags = {}", "the table is empty", "leave the table out"),
    "tag with an empty key": Wrong(with_('[tags]\n"" = "x"'), 'tags."" = "x"', "must not be empty", "name the tag"),
    "tag of AWS": Wrong(with_('[tags]\n"aws:x" = "x"'), 'tags.aws:x = "x"', "must not start with aws:", "another key"),
    "tag with a long key": Wrong(with_(f'[tags]\n{"k" * 129} = "x"'), "tags.kkk", "1 to 128", "shorter"),
    "tag with a long value": Wrong(with_(f'[tags]\nk = "{"v" * 257}"'), "tags.k = ", "at most 256", "shorter"),
    "51 tags": Wrong(
        with_("[tags]\n" + "\n".join(f'k{i} = "v"' for i in range(51))), "tags = ", "at most 50 tags", "leave some out"
    ),
    "tag that is a number": Wrong(with_("[tags]\nPart = 5"), "tags.Part = 5", "must be a string", "in quotes"),
    "unknown backend": Wrong(
        with_('[backend]\ntype = "gcs"'),
        'backend.type = "gcs"',
        "must be 'local', 's3' or 'cloud'",
        "write one of these",
    ),
    "s3 without bucket": Wrong(
        with_('[backend]\ntype = "s3"'), "backend.bucket = (not set)", "needs a bucket", "bucket ="
    ),
    "s3 without region": Wrong(
        with_('[backend]\ntype = "s3"\nbucket = "abc"'), "backend.region = (not set)", "needs a Region", "region ="
    ),
    "bucket of a local backend": Wrong(
        with_('[backend]\nbucket = "abc"'), 'backend.bucket = "abc"', 'is for type "s3" only', "leave it out"
    ),
    "bad bucket": Wrong(
        with_('[backend]\ntype = "s3"\nbucket = "A"'), 'backend.bucket = "A"', "3 to 63 lower-case", "write"
    ),
    "description that EC2 refuses": Wrong(
        with_('[network]\nsecurity_group_description = "é"'),
        "network.security_group_description",
        "1 to 255",
        "plainer",
    ),
    "automatic upgrades of a named minor": Wrong(
        engine("17.7", "automatic_minor_upgrades = true"),
        "engine.automatic_minor_upgrades = true",
        "every plan would be a downgrade",
        'write version = "17"',
    ),
    "upgrade to another version than the one that is asked for": Wrong(
        engine("17.7", 'allow_major_version_upgrade = "17.6"'),
        'engine.allow_major_version_upgrade = "17.6"',
        'another version than version = "17.7"',
        'write "17.7" for the deploy that upgrades',
    ),
    "upgrade to a version that never was": Wrong(
        engine("17.7", 'allow_major_version_upgrade = "17.3"'),
        'engine.allow_major_version_upgrade = "17.3"',
        "a version that Aurora PostgreSQL never had",
        'write "17.4"',
    ),
    "upgrade that is allowed by a boolean": Wrong(
        engine("17.7", "allow_major_version_upgrade = true"),
        "engine.allow_major_version_upgrade = true",
        "must be a string",
        "put it in quotes",
    ),
    "name of a final snapshot that nobody takes": Wrong(
        with_('[protection]\nfinal_snapshot_identifier = "shop-last"'),
        'protection.final_snapshot_identifier = "shop-last"',
        "there is no final snapshot to name",
        "write final_snapshot = true",
    ),
    "16 readers": Wrong(
        with_("[instances]\nreaders = 16"), "instances.readers = 16", "must be 0 to 15 readers", "write 15"
    ),
    "readers below 0": Wrong(
        with_("[instances]\nreaders = -1"), "instances.readers = -1", "must be 0 to 15 readers", "write 0"
    ),
    "tier without reader": Wrong(
        with_("[instances]\npromotion_tier = 1"), "instances.promotion_tier = 1", "there is no reader", "leave it out"
    ),
    "tier of 16": Wrong(
        with_("[instances]\nreaders = 1\npromotion_tier = 16"), "instances.promotion_tier = 16", "0 to 15", "write 15"
    ),
    "a Region as zone": Wrong(
        with_('[instances]\navailability_zones = ["us-east-1"]'),
        "instances.availability_zones[0] = ",
        "a Region and a letter",
        "us-east-1a",
    ),
    "two instances of one name": Wrong(
        with_('[instances]\nreaders = 1\n[names]\ninstances = ["a", "a"]'),
        'names.instances = ["a", "a"]',
        "a names both instance 1 and instance 2, and an account has one of that name in a Region",
        "write another name",
    ),
    "a reader named as the first": Wrong(
        with_('[instances]\nreaders = 1\n[names]\ninstances = ["shop-aurora-1"]'),
        'names.instances = ["shop-aurora-1"]',
        "shop-aurora-1 names both instance 1 and instance 2",
        "write another name",
    ),
    "unknown storage": Wrong(
        with_('[storage]\ntype = "gp3"'), 'storage.type = "gp3"', "'standard' or 'io_optimized'", "one of these"
    ),
    "unknown mode of credentials": Wrong(
        with_('[credentials]\nmode = "vault"'),
        'credentials.mode = "vault"',
        "'managed' or 'existing'",
        "one of these",
    ),
    "version of a managed password": Wrong(
        with_('[credentials]\nmode = "managed"\nversion = 2'),
        "credentials.version = 2",
        "RDS owns the secret",
        "leave it out",
    ),
    "recovery of a managed secret": Wrong(
        with_('[credentials]\nmode = "managed"\nrecovery_window_days = 7'),
        "credentials.recovery_window_days = 7",
        "RDS owns the secret",
        "leave it out",
    ),
    "schedule for a password of Terraform's": Wrong(
        with_("[credentials]\nrotation_days = 30"),
        "credentials.rotation_days = 30",
        'RDS rotates no secret with mode "random"',
        'write mode = "managed"',
    ),
    "two schedules of rotation": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_days = 30\nrotation_schedule = "rate(30 days)"'),
        'credentials.rotation_schedule = "rate(30 days)"',
        "rotated by days already, every 30",
        "leave one of the two out",
    ),
    "rotation every hour": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_schedule = "rate(1 hour)"'),
        'credentials.rotation_schedule = "rate(1 hour)"',
        "must be from every 4 hours to every 999 days",
        "write rate(4 hours)",
    ),
    "rotation that never happens": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_days = 0'),
        "credentials.rotation_days = 0",
        "must be 1 to 1000 days",
        "write 1",
    ),
    "window of rotation without a schedule": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_window_hours = 3'),
        "credentials.rotation_window_hours = 3",
        "there is no schedule of rotation",
        "write rotation_days too",
    ),
    "window of rotation beyond midnight": Wrong(
        with_('[credentials]\nmode = "managed"\nrotation_schedule = "cron(0 22 * * ? *)"\nrotation_window_hours = 3'),
        "credentials.rotation_window_hours = 3",
        "goes on into the next window, or the next day",
        "write at most 2",
    ),
    "version 0 of the password": Wrong(
        with_("[credentials]\nversion = 0"), "credentials.version = 0", "must be 1 to 9007199254740991", "write 1"
    ),
    "recovery window of 3 days": Wrong(
        with_("[credentials]\nrecovery_window_days = 3"),
        "credentials.recovery_window_days = 3",
        "must be 0, or 7 to 30 days",
        "write 0",
    ),
    "unknown insights": Wrong(
        with_('[monitoring]\ninsights = "all"'),
        'monitoring.insights = "all"',
        "'standard' or 'advanced'",
        "one of these",
    ),
    "protection as a string": Wrong(
        with_('[protection]\ndeletion_protection = "yes"'),
        'protection.deletion_protection = "yes"',
        "must be true or false",
        "without quotes",
    ),
    "prefix that makes a security group's id": Wrong(
        'name_prefix = "sg-team"\n[engine]\nversion = "17.7"',
        'names.security_group = "sg-team-aurora-sg"',
        "must not start with sg-, as EC2's ids do, and is made from name_prefix",
        "write another name",
    ),
    "expression in a description": Wrong(
        with_('[network]\nsecurity_group_description = "${var.x}"'),
        'network.security_group_description = "${var.x}"',
        "Terraform would read it as an expression",
        "write plain text",
    ),
    "expression in a key": Wrong(
        with_('[backend]\ntype = "s3"\nbucket = "abc"\nregion = "us-east-1"\nkey = "%{ if x }"'),
        'backend.key = "%{ if x }"',
        "Terraform would read it as an expression",
        "write plain text",
    ),
    "no allowed account": Wrong(
        top("allowed_account_ids = []"), "allowed_account_ids = []", "would allow every account", "leave it out"
    ),
    "number of 5,000 digits": Wrong(
        with_("[capacity]\nmaximum_acu = " + "9" * 5000), "", "is not TOML: Exceeds the limit", "a shorter number"
    ),
    "2,000 brackets": Wrong("x = " + "[" * 2000, "", "is nested too deeply", "tables of keys"),
    "key of 3,000 parts": Wrong(GOOD + "x." * 3000 + "x = 1", "", "is nested too deeply", "tables of keys"),
    "prefix below a section": Wrong(
        '[engine]\nversion = "17.7"\n[tags]\nname_prefix = "shop"',
        "name_prefix",
        "is required",
        "before the first [section]",
    ),
    "emails without alarms": Wrong(
        with_('[monitoring]\nalarm_email_addresses = ["a@b.example"]'),
        "monitoring.alarm_email_addresses = ",
        "there are no alarms to send",
        "alarms = true",
    ),
    "emails for a topic of somebody else": Wrong(
        with_(
            '[monitoring]\nalarms = true\nalarm_email_addresses = ["a@b.example"]\n'
            'alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:alarms"'
        ),
        "monitoring.alarm_email_addresses = ",
        "alarm_topic_arn names another",
        "leave one of the two out",
    ),
    "bad email": Wrong(
        with_('[monitoring]\nalarms = true\nalarm_email_addresses = ["nobody"]'),
        'monitoring.alarm_email_addresses[0] = "nobody"',
        "address",
        "write",
    ),
    "bad topic": Wrong(
        with_('[monitoring]\nalarms = true\nalarm_topic_arn = "alarms"'), "monitoring.alarm_topic_arn", "ARN", "write"
    ),
    "events without alarms": Wrong(
        with_('[monitoring]\ncluster_events = ["failure"]'),
        'monitoring.cluster_events = ["failure"]',
        "events go to the topic of the alarms, and there are none",
        "alarms = true",
    ),
    "events to a FIFO topic": Wrong(
        with_(
            '[monitoring]\nalarms = true\ninstance_events = ["failure"]\n'
            'alarm_topic_arn = "arn:aws:sns:us-east-1:123456789012:pager.fifo"'
        ),
        "monitoring.alarm_topic_arn = ",
        "RDS sends no events to a FIFO topic",
        "name a standard topic",
    ),
    "a category of events twice": Wrong(
        with_('[monitoring]\nalarms = true\ncluster_events = ["failure", "failure"]'),
        'monitoring.cluster_events = "failure"',
        "is named twice",
        "name it once",
    ),
    "a category of events that only instances have": Wrong(
        with_('[monitoring]\nalarms = true\ncluster_events = ["low storage"]'),
        'monitoring.cluster_events[0] = "low storage"',
        "RDS has no events of clusters in that category",
        "write configuration change or creation",
    ),
    "a kept log that is not exported": Wrong(
        with_("[monitoring]\nkeep_logs = true"), "monitoring.keep_logs = true", "no log is exported", "leave it out"
    ),
    "a log of failed IAM logins without IAM logins": Wrong(
        with_('[monitoring]\nlog_retention_days = 7\nmore_logs = ["iam-db-auth-error"]'),
        'monitoring.more_logs = "iam-db-auth-error"',
        "nobody logs in to the cluster with IAM tokens",
        "access.iam_authentication = true",
    ),
    "a log of RDS for PostgreSQL": Wrong(
        with_('[monitoring]\nlog_retention_days = 7\nmore_logs = ["upgrade"]'),
        'monitoring.more_logs[0] = "upgrade"',
        "is not one of the other logs that Aurora PostgreSQL exports",
        "write iam-db-auth-error or instance",
    ),
    "log retention of 8 days": Wrong(
        with_("[monitoring]\nlog_retention_days = 8"), "monitoring.log_retention_days = 8", "CloudWatch", "write"
    ),
    "enhanced monitoring of 7 seconds": Wrong(
        with_("[monitoring]\nenhanced_monitoring_seconds = 7"),
        "monitoring.enhanced_monitoring_seconds = 7",
        "must be one of 0, 1, 5, 10, 15, 30, 60 seconds",
        "write one of these",
    ),
    "enhanced monitoring that is on": Wrong(
        with_("[monitoring]\nenhanced_monitoring_seconds = true"),
        "monitoring.enhanced_monitoring_seconds = true",
        "must be a whole number",
        "without quotes",
    ),
    "unknown key for encryption": Wrong(
        with_('[encryption]\nkey = "mine"'), 'encryption.key = "mine"', "'own' or 'given'", "one of these"
    ),
    "given key without ARN": Wrong(
        with_('[encryption]\nkey = "given"'), "encryption.key_arn = (not set)", "needs the ARN", "key_arn ="
    ),
    "ARN of a key that is not given": Wrong(
        with_('[encryption]\nkey = "own"\nkey_arn = "arn:aws:kms:us-east-1:123456789012:key/1"'),
        "encryption.key_arn = ",
        'is for key "given" only',
        "leave it out",
    ),
    "alias instead of a key": Wrong(
        with_('[encryption]\nkey = "given"\nkey_arn = "arn:aws:kms:us-east-1:123456789012:alias/x"'),
        "encryption.key_arn = ",
        "must be the ARN of a key, not of an alias",
        "write",
    ),
    "deletion window of 6 days": Wrong(
        with_('[encryption]\nkey = "own"\ndeletion_window_days = 6'),
        "encryption.deletion_window_days = 6",
        "must be 7 to 30 days",
        "write 7",
    ),
    "a key of AWS whose policy is said to allow CloudWatch": Wrong(
        with_('[encryption]\nkey = "aws-managed"\nkey_allows_cloudwatch = true'),
        "encryption.key_allows_cloudwatch = true",
        'is for key "given" only',
        'write key = "given"',
    ),
    "deletion window without a key": Wrong(
        with_("[encryption]\ndeletion_window_days = 7"),
        "encryption.deletion_window_days = 7",
        'is for key "own" only',
        "leave it out",
    ),
    "parameter that AWS fixes": Wrong(
        with_('cluster_parameters = { port = "5433" }'),
        "engine.cluster_parameters",
        "does not let",
        "leave it",
    ),
    "parameter set twice": Wrong(
        with_('log_statement = "ddl"\ncluster_parameters = { log_statement = "all" }'),
        'engine.cluster_parameters.log_statement = "all"',
        "by the option log_statement too",
        "leave one of the two out",
    ),
    "parameter of pgAudit without pgAudit": Wrong(
        with_('cluster_parameters = { "pgaudit.log" = "ddl" }'),
        'engine.cluster_parameters.pgaudit.log = "ddl"',
        "does nothing while pgaudit is not loaded",
        "turn pgaudit on",
    ),
    "parameter of the cluster for an instance": Wrong(
        with_('instance_parameters = { "rds.force_ssl" = "1" }'),
        'engine.instance_parameters.rds.force_ssl = "1"',
        "is a parameter of the cluster",
        "move it to cluster_parameters",
    ),
    "a tier too few": Wrong(
        with_("[instances]\nreaders = 3\npromotion_tiers = [1, 2]"),
        "instances.promotion_tiers = [1, 2]",
        "names 2 tiers, and there are 3 readers",
        "name one for each reader",
    ),
    "tiers of no reader": Wrong(
        with_("[instances]\npromotion_tiers = [1]"),
        "instances.promotion_tiers = [1]",
        "names 1 tiers, and there are 0 readers",
        "leave it out",
    ),
    "tiers beside one for all": Wrong(
        with_("[instances]\nreaders = 1\npromotion_tier = 2\npromotion_tiers = [1]"),
        "instances.promotion_tiers = [1]",
        "promotion_tier names one for all",
        "leave one of the two out",
    ),
    "a tier above the last": Wrong(
        with_("[instances]\nreaders = 1\npromotion_tiers = [16]"),
        "instances.promotion_tiers[0] = 16",
        "0 to 15",
        "write 15",
    ),
    "scaling below the readers": Wrong(
        with_("[instances]\nreaders = 2\n[instances.read_scaling]\nminimum_readers = 1\nmaximum_readers = 3"),
        "instances.read_scaling.minimum_readers = 1",
        "must not be below readers, which is 2",
        "write 2 or more",
    ),
    "scaling backwards": Wrong(
        with_("[instances.read_scaling]\nminimum_readers = 3\nmaximum_readers = 1"),
        "instances.read_scaling.minimum_readers = 3",
        "must not be above maximum_readers",
        "lower the first",
    ),
    "scaling by connections without a target": Wrong(
        with_('[instances.read_scaling]\nminimum_readers = 1\nmaximum_readers = 2\nmetric = "connections"'),
        "instances.read_scaling.target_value = (not set)",
        "number of connections",
        "write",
    ),
    "not TOML": Wrong(
        'name_prefix = "shop"\nversion 17', "line 2, column 9", "is not TOML: Expected '=' after a key", "key = value"
    ),
    "unquoted string": Wrong("name_prefix = shop", "line 1, column 15", "is not TOML: Invalid value", "in quotes"),
    "unfinished string": Wrong('name_prefix = "shop', "end of file", "is not TOML: Unterminated string", "in quotes"),
    "a key twice": Wrong(top('name_prefix = "a"'), "line 2, column 21", "Cannot overwrite a value", "key = value"),
    "empty file": Wrong("", "", "the file is empty", "write at least name_prefix"),
    "only comments": Wrong("# nothing\n", "", "the file is empty", "write at least name_prefix"),
    "bad file name": Wrong(GOOD, "", "the file's name is the stack's name", "rename", name="my shop.toml"),
    "file name in capitals": Wrong(GOOD, "", "the file's name is the stack's name", "rename", name="Shop.toml"),
    "suffix in capitals": Wrong(GOOD, "", "ends in .toml", "rename it to shop.toml", name="shop.TOML"),
}
