"""Files that ask for what AWS does not offer in their Region, or that name something of another partition."""

from tests.stacks.wrong_environment_files.wrong import Wrong, top, with_

_ACCOUNT = "123456789012"
_KEY = f"arn:aws:kms:eu-west-1:{_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_SECRET = f"arn:aws:secretsmanager:eu-west-1:{_ACCOUNT}:secret:mail-AbCdEf"
_BOUNDARY = f"arn:aws:iam::{_ACCOUNT}:policy/boundary"
_WITHOUT_DATA_API = (
    *("ap-east-2", "ap-south-2", "ap-southeast-4", "ca-west-1", "eu-central-2", "il-central-1", "mx-central-1"),
    *("us-gov-east-1", "us-gov-west-1", "cn-north-1", "cn-northwest-1"),
)


def _key(arn: str) -> str:
    return f'[encryption]\nkey = "given"\nkey_arn = "{arn}"'


def _in(region: str, lines: str) -> str:
    """Return a file of a Region without the Data API."""
    return top(f'region = "{region}"') + f"[access]\ndata_api = false\n{lines}\n"


def _without_data_api(region: str) -> Wrong:
    return Wrong(
        top(f'region = "{region}"'),
        "access.data_api = true",
        f"AWS does not offer the Data API in {region}",
        "write access.data_api = false, or choose another Region",
    )


_OFFERS: dict[str, Wrong] = {
    **{f"Data API in {region}": _without_data_api(region) for region in _WITHOUT_DATA_API},
    "endpoint of the Data API without one": Wrong(
        _in("ca-west-1", '[network]\ninterface_endpoints = ["rds-data", "secretsmanager"]'),
        'network.interface_endpoints = "rds-data"',
        "AWS does not offer the Data API in ca-west-1",
        'leave "rds-data" out, or choose another Region',
    ),
    "proxy without RDS Proxy": Wrong(
        _in("ap-east-2", "[proxy]"),
        "proxy.require_tls = true",
        "AWS does not offer RDS Proxy in ap-east-2",
        "leave [proxy] out, or choose another Region",
    ),
    "Region that is newer than the provider": Wrong(
        top('region = "ap-southeast-6"'),
        'region = "ap-southeast-6"',
        "is newer than the last hashicorp/aws 5, which refuses it",
        "choose another Region",
    ),
    "Region of a partition that is not supported": Wrong(
        top('region = "eusc-de-east-1"'),
        'region = "eusc-de-east-1"',
        "is a Region of the partition aws-eusc, which is not supported here",
        "name a Region of aws or aws-cn or aws-us-gov",
    ),
}
_PARTITIONS: dict[str, Wrong] = {
    "key of GovCloud where no Region is named": Wrong(
        with_(_key(_KEY.replace("arn:aws:kms:eu-west-1", "arn:aws-us-gov:kms:us-gov-east-1"))),
        "encryption.key_arn = ",
        "is in the partition aws-us-gov, and what uses it is in aws while the file names no Region",
        'write, for example, region = "us-gov-east-1"',
    ),
    "key of GovCloud in China": Wrong(
        _in("cn-north-1", _key(_KEY.replace("arn:aws:kms:eu-west-1", "arn:aws-us-gov:kms:us-gov-east-1"))),
        "encryption.key_arn = ",
        "is in us-gov-east-1, and a cluster is encrypted with a key of its own Region, which here is cn-north-1",
        "name a key of that Region",
    ),
    "boundary of all roles of another partition": Wrong(
        _in("us-gov-west-1", f'permissions_boundary_arn = "{_BOUNDARY}"'),
        "access.permissions_boundary_arn = ",
        "is in the partition aws, and what uses it is in aws-us-gov",
        "use one that begins with arn:aws-us-gov:",
    ),
    "boundary of another partition": Wrong(
        _in("us-gov-west-1", f'[access.lambda_role]\npermissions_boundary_arn = "{_BOUNDARY}"'),
        "access.lambda_role.permissions_boundary_arn = ",
        "is in the partition aws, and what uses it is in aws-us-gov",
        "use one that begins with arn:aws-us-gov:",
    ),
    "secret of a role of another partition": Wrong(
        _in("cn-north-1", f'[access.lambda_role]\nsecret_arns = ["{_SECRET}"]'),
        "access.lambda_role.secret_arns = ",
        "is in the partition aws, and what uses it is in aws-cn",
        "use one that begins with arn:aws-cn:",
    ),
    "zone of China where no Region is named": Wrong(
        with_('[instances]\navailability_zones = ["cn-north-1a"]'),
        "instances.availability_zones = ",
        "cn-north-1 is a Region of the partition aws-cn, and the deployment is in aws while the file names no Region",
        'write, for example, region = "cn-north-1"',
    ),
    "replica of the secret in another partition": Wrong(
        _in("us-gov-west-1", '[credentials]\nreplica_regions = ["us-east-1"]'),
        "credentials.replica_regions = ",
        "us-east-1 is a Region of the partition aws, and the deployment is in aws-us-gov",
        "name a Region of aws-us-gov",
    ),
    "primary in another partition": Wrong(
        _in(
            "cn-north-1",
            '[global_database]\nrole = "secondary"\nidentifier = "shop"\nsource_region = "us-east-1"\n'
            f'secret_arn = "arn:aws-cn:secretsmanager:cn-north-1:{_ACCOUNT}:secret:mail-AbCdEf"',
        ),
        "global_database.source_region = ",
        "us-east-1 is a Region of the partition aws, and the deployment is in aws-cn",
        "name a Region of aws-cn",
    ),
    "more zones than the Region has": Wrong(
        top('region = "eu-west-1"')
        + '[instances]\navailability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d"]\nreaders = 3\n',
        "instances.availability_zones = ",
        "eu-west-1 has 3 Availability Zones",
        "name fewer",
    ),
}

WRONG: dict[str, Wrong] = {**_OFFERS, **_PARTITIONS}
