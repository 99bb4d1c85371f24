"""Files that are wrong in where a cluster comes from, or in its part in a global database."""

from tests.stacks.wrong_environment_files.wrong import Wrong, top, with_

SNAPSHOT = '[restore]\ntype = "snapshot"\n'
POINT_IN_TIME = '[restore]\ntype = "point_in_time"\nsource_cluster_identifier = "orders-aurora"\n'
CLONE = '[restore]\ntype = "clone"\n'
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
PRIMARY = '[global_database]\nrole = "primary"\n'
SECONDARY = f"""\
[global_database]
role = "secondary"
identifier = "orders-global"
source_region = "us-east-1"
secret_arn = "{SECRET_ARN}"
"""


def in_region(region: str, lines: str) -> str:
    return top(f'region = "{region}"') + lines + "\n"


WRONG: dict[str, Wrong] = {
    "restore without a type": Wrong(with_("[restore]"), "restore.type", "is required", "write restore.type"),
    "restore of an unknown type": Wrong(
        with_('[restore]\ntype = "backup"'),
        'restore.type = "backup"',
        "must be 'snapshot', 'point_in_time' or 'clone'",
        "write one of these",
    ),
    "restore as a value": Wrong(top('restore = "x"'), 'restore = "x"', "must be a table", "[restore]"),
    "unknown key of restore": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifer = "before"'),
        'restore.snapshot_identifer = "before"',
        "unknown key",
        "did you mean restore.snapshot_identifier?",
    ),
    "snapshot without an identifier": Wrong(
        with_(SNAPSHOT),
        "restore.snapshot_identifier = (not set)",
        'type "snapshot" needs its source',
        "write snapshot_identifier",
    ),
    "snapshot with an impossible identifier": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifier = "before upgrade"'),
        'restore.snapshot_identifier = "before upgrade"',
        "must be the identifier or the ARN of a snapshot of a cluster",
        "rds:shop-aurora",
    ),
    "snapshot of an instance": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifier = "arn:aws:rds:us-east-1:123456789012:snapshot:before"'),
        "restore.snapshot_identifier = ",
        "a snapshot of a cluster",
        "write, for example",
    ),
    "snapshot of another Region": Wrong(
        in_region(
            "us-east-1",
            f'{SNAPSHOT}snapshot_identifier = "arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:before"',
        ),
        "restore.snapshot_identifier = ",
        "is in eu-west-1, and RDS restores within a Region, which here is us-east-1",
        "copy a snapshot to us-east-1",
    ),
    "snapshot with the key of a copy": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifier = "before"\nsource_cluster_identifier = "orders-aurora"'),
        'restore.source_cluster_identifier = "orders-aurora"',
        'is for type "point_in_time" and "clone", and the type is "snapshot"',
        "leave it out",
    ),
    "snapshot with a time": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifier = "before"\ntime = 2026-10-31T12:00:00Z'),
        "restore.time = 2026-10-31 12:00:00+00:00",
        'is for type "point_in_time", and the type is "snapshot"',
        "leave it out",
    ),
    "copy without a source": Wrong(
        with_('[restore]\ntype = "point_in_time"'),
        "restore.source_cluster_identifier = (not set)",
        'type "point_in_time" needs its source',
        "write source_cluster_identifier",
    ),
    "copy with the key of a snapshot": Wrong(
        with_(f'{POINT_IN_TIME}snapshot_identifier = "before"'),
        'restore.snapshot_identifier = "before"',
        'is for type "snapshot", and the type is "point_in_time"',
        "leave it out",
    ),
    "copy of the cluster itself": Wrong(
        with_(POINT_IN_TIME.replace("orders", "shop")),
        'restore.source_cluster_identifier = "shop-aurora"',
        "is the cluster itself",
        "name another cluster",
    ),
    "clone of the cluster itself by its ARN": Wrong(
        with_(f'{CLONE}source_cluster_identifier = "arn:aws:rds:us-east-1:123456789012:cluster:shop-aurora"'),
        "restore.source_cluster_identifier = ",
        "is the cluster itself",
        "name another cluster",
    ),
    "clone of a cluster in another Region": Wrong(
        in_region(
            "us-east-1", f'{CLONE}source_cluster_identifier = "arn:aws:rds:eu-west-1:123456789012:cluster:orders"'
        ),
        "restore.source_cluster_identifier = ",
        "is in eu-west-1",
        "copy a snapshot to us-east-1",
    ),
    "clone with an impossible identifier": Wrong(
        with_(f'{CLONE}source_cluster_identifier = "Orders"'),
        'restore.source_cluster_identifier = "Orders"',
        "must be the identifier or the ARN of a cluster",
        "shop-aurora",
    ),
    "clone at a time": Wrong(
        with_(f'{CLONE}source_cluster_identifier = "orders-aurora"\ntime = 2026-10-31T12:00:00Z'),
        "restore.time = ",
        'is for type "point_in_time", and the type is "clone"',
        "leave it out",
    ),
    "time as a string": Wrong(
        with_(f'{POINT_IN_TIME}time = "2026-10-31T12:00:00Z"'),
        'restore.time = "2026-10-31T12:00:00Z"',
        "must be a date and time",
        "without quotes",
    ),
    "time without an offset": Wrong(
        with_(f"{POINT_IN_TIME}time = 2026-10-31T12:00:00"),
        "restore.time = 2026-10-31 12:00:00",
        "has no offset",
        "add one: Z for UTC",
    ),
    "date without a time": Wrong(
        with_(f"{POINT_IN_TIME}time = 2026-10-31"),
        "restore.time = 2026-10-31",
        "must be a date and time",
        "2026-10-31T12:00:00Z",
    ),
    "time with a fraction": Wrong(
        with_(f"{POINT_IN_TIME}time = 2026-10-31T12:00:00.5Z"),
        "restore.time = ",
        "has a fraction of a second",
        "write whole seconds",
    ),
    "copy without extended support": Wrong(
        f'name_prefix = "shop"\n[engine]\nversion = "17.7"\nextended_support = false\n{POINT_IN_TIME}',
        "engine.extended_support = false",
        'cannot be asked for with restore.type = "point_in_time"',
        "leave it out, or restore a snapshot",
    ),
    "global database without a role": Wrong(
        with_("[global_database]"), "global_database.role", "is required", "write global_database.role"
    ),
    "unknown role": Wrong(
        with_('[global_database]\nrole = "replica"'),
        'global_database.role = "replica"',
        "must be 'primary' or 'secondary'",
        "write one of these",
    ),
    "primary with a secondary's key": Wrong(
        with_(f'{PRIMARY}source_region = "us-east-1"'),
        'global_database.source_region = "us-east-1"',
        'is for role "secondary" only',
        "leave it out",
    ),
    "primary with an impossible identifier": Wrong(
        with_(f'{PRIMARY}identifier = "Orders"'),
        'global_database.identifier = "Orders"',
        "an RDS identifier is",
        "write, for example",
    ),
    "primary with a password of RDS": Wrong(
        with_(f'[credentials]\nmode = "managed"\n{PRIMARY}'),
        'credentials.mode = "managed"',
        "RDS manages no password of a cluster in a global database",
        'mode = "random" or "write_only"',
    ),
    "primary with the preset's password of RDS": Wrong(
        top('preset = "production"') + PRIMARY,
        'credentials.mode = "managed"',
        'the value is from preset = "production"',
        'mode = "random" or "write_only"',
    ),
    "automatic upgrades in a global database": Wrong(
        f'name_prefix = "shop"\n[engine]\nversion = "17"\nautomatic_minor_upgrades = true\n{PRIMARY}',
        "engine.automatic_minor_upgrades = true",
        "AWS makes none in a global database",
        "upgrade the secondaries first",
    ),
    "major upgrade of one member of a global database": Wrong(
        f'name_prefix = "shop"\n[engine]\nversion = "17.7"\nallow_major_version_upgrade = "17.7"\n{PRIMARY}',
        'engine.allow_major_version_upgrade = "17.7"',
        "AWS upgrades all members of a global database together",
        "aws rds modify-global-cluster --allow-major-version-upgrade --engine-version 17.7",
    ),
    "secondary without an identifier": Wrong(
        with_(SECONDARY.replace('identifier = "orders-global"\n', "")),
        "global_database.identifier = (not set)",
        'role "secondary" follows a primary',
        "write identifier",
    ),
    "secondary without a source Region": Wrong(
        with_(SECONDARY.replace('source_region = "us-east-1"\n', "")),
        "global_database.source_region = (not set)",
        'role "secondary" follows a primary',
        "write source_region",
    ),
    "secondary without a secret": Wrong(
        with_(SECONDARY.replace(f'secret_arn = "{SECRET_ARN}"\n', "")),
        "global_database.secret_arn = (not set)",
        'role "secondary" follows a primary',
        "write secret_arn",
    ),
    "secondary with the name of a secret": Wrong(
        with_(SECONDARY.replace(SECRET_ARN, "orders-x")),
        'global_database.secret_arn = "orders-x"',
        "must be the whole ARN of a secret",
        "write, for example",
    ),
    "secondary with a secret of another Region": Wrong(
        in_region("eu-central-1", SECONDARY),
        "global_database.secret_arn = ",
        "is in eu-west-1, and the Data API reads secrets of the cluster's Region, which here is eu-central-1",
        "name the replica",
    ),
    "secondary of an unknown Region": Wrong(
        with_(SECONDARY.replace("us-east-1", "us-east-9")),
        'global_database.source_region = "us-east-9"',
        "is not a Region",
        "did you mean",
    ),
    "secondary in the primary's Region": Wrong(
        in_region("us-east-1", SECONDARY.replace("eu-west-1", "us-east-1")),
        'global_database.source_region = "us-east-1"',
        "a global database has one cluster in a Region",
        "name the primary's Region",
    ),
    "secondary that is restored": Wrong(
        with_(f'{SNAPSHOT}snapshot_identifier = "before"\n{SECONDARY}'),
        'restore.type = "snapshot"',
        "a secondary gets its data from its primary",
        "leave one of the two out",
    ),
    "secondary with a secret of its own": Wrong(
        with_(f"[credentials]\nversion = 2\n{SECONDARY}"),
        "credentials.version = 2",
        "a secondary has its primary's user and password",
        "leave it out",
    ),
    "secondary behind a proxy": Wrong(
        with_(f"[proxy]\n{SECONDARY}"),
        "proxy.require_tls = true",
        "a proxy connects to the writer, and a secondary has none",
        "leave [proxy] out",
    ),
    "secondary under the key that AWS manages": Wrong(
        with_(f'[encryption]\nkey = "aws-managed"\n{SECONDARY}'),
        'encryption.key = "aws-managed"',
        "a secondary under a KMS key needs one that is named",
        'write key = "own"',
    ),
    "secondary whose readers scale": Wrong(
        with_(f"[instances.read_scaling]\nminimum_readers = 1\nmaximum_readers = 2\n{SECONDARY}"),
        "instances.read_scaling.minimum_readers = 1",
        "AWS scales no readers of a secondary",
        "leave [instances.read_scaling] out",
    ),
    "replica in the secret's own Region": Wrong(
        in_region("us-east-1", '[credentials]\nreplica_regions = ["eu-west-1", "us-east-1"]'),
        'credentials.replica_regions = ["eu-west-1", "us-east-1"]',
        "us-east-1 is the secret's own Region",
        "leave it out",
    ),
    "replica in an unknown Region": Wrong(
        with_('[credentials]\nreplica_regions = ["eu-west-9"]'),
        "credentials.replica_regions",
        "is not a Region",
        "did you mean",
    ),
    "replica twice": Wrong(
        with_('[credentials]\nreplica_regions = ["eu-west-1", "eu-west-1"]'),
        "credentials.replica_regions",
        "is named twice",
        "name it once",
    ),
    "replica of a secret that RDS owns": Wrong(
        with_('[credentials]\nmode = "managed"\nreplica_regions = ["eu-west-1"]'),
        'credentials.replica_regions = ["eu-west-1"]',
        "RDS owns the secret",
        'write mode = "random"',
    ),
    "an activity stream": Wrong(
        with_('[audit]\nactivity_stream = "async"'),
        "audit = ",
        "Aurora Serverless v2 has no database activity streams",
        "write pgaudit = true under [engine]",
    ),
    "an activity stream under monitoring": Wrong(
        with_('[monitoring]\nactivity_stream = "async"'),
        'monitoring.activity_stream = "async"',
        "Aurora Serverless v2 has no database activity streams",
        "write pgaudit = true under [engine]",
    ),
}
