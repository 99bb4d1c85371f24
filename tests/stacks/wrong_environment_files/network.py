"""Files whose network cannot be, or would let everybody in."""

from tests.stacks.wrong_environment_files.wrong import Wrong, with_

_SUBNET = '"subnet-0123456789abcdef0"'
_OTHER = '"subnet-0fedcba9876543210"'


def _network(lines: str) -> str:
    return with_(f"[network]\n{lines}")


WRONG: dict[str, Wrong] = {
    "VPC that is not an id": Wrong(
        _network('vpc_id = "default"'),
        'network.vpc_id = "default"',
        "a VPC's id is vpc- and 8 or 17 digits",
        "vpc-0123",
    ),
    "VPC with a short id": Wrong(
        _network('vpc_id = "vpc-0123"'), 'network.vpc_id = "vpc-0123"', "8 or 17 digits", "vpc-0123456789abcdef0"
    ),
    "VPC by id and by tags": Wrong(
        _network('vpc_id = "vpc-01234567"\nvpc_tags = { Name = "shop" }'),
        'network.vpc_tags = {Name = "shop"}',
        "vpc_id names them already",
        "leave one of the two out",
    ),
    "VPC by no tags": Wrong(
        _network("vpc_tags = {}"), "network.vpc_tags = {}", "which anything matches", "name at least one tag"
    ),
    "VPC by a tag that is a number": Wrong(
        _network("vpc_tags = { Tier = 1 }"), "network.vpc_tags.Tier = 1", "must be a string", "in quotes"
    ),
    "VPC by a tag that is too long": Wrong(
        _network(f'vpc_tags = {{ Name = "{"v" * 257}" }}'),
        "network.vpc_tags.Name = ",
        "a tag's value is at most 256 characters",
        "as EC2 shows it",
    ),
    "VPC by a tag without a key": Wrong(
        _network('vpc_tags = { "" = "x" }'), "network.vpc_tags", "a tag's key is 1 to 128 characters", "as EC2 shows it"
    ),
    **{
        f"expression where a program may have a token: {key}": Wrong(
            with_(f"[{section}]\n{key} = {value}"), f"{section}.{key}", "as an expression", "plain text"
        )
        for section, key, value in (
            ("network", "vpc_id", '"${aws_vpc.x.id}"'),
            ("network", "subnet_ids", '["${TfToken[TOKEN.1]}", "subnet-01234567"]'),
            ("encryption", "key_arn", '"${aws_kms_key.x.arn}"'),
            ("monitoring", "alarm_topic_arn", '"${aws_sns_topic.x.arn}"'),
        )
    },
    "a list that is one token": Wrong(
        _network('subnet_ids = ["#{TfToken[TOKEN.1]}"]'), "network.subnet_ids", "a subnet's id is subnet-", "subnet-0"
    ),
    "VPC by an expression": Wrong(
        _network('vpc_tags = { Name = "${var.vpc}" }'),
        'network.vpc_tags.Name = "${var.vpc}"',
        "Terraform would read it as an expression",
        "write plain text",
    ),
    "one subnet": Wrong(
        _network(f"subnet_ids = [{_SUBNET}]"), "network.subnet_ids = [", "at least 2 subnets", "name another one"
    ),
    "no subnet": Wrong(_network("subnet_ids = []"), "network.subnet_ids = []", "at least 2 subnets", "all subnets"),
    "a subnet twice": Wrong(
        _network(f"subnet_ids = [{_SUBNET}, {_OTHER}, {_SUBNET}]"),
        "network.subnet_ids",
        "is named twice",
        "name it once",
    ),
    "subnet that is none": Wrong(
        _network(f'subnet_ids = [{_SUBNET}, "vpc-01234567"]'),
        'network.subnet_ids[1] = "vpc-01234567"',
        "a subnet's id is subnet-",
        "subnet-0123456789abcdef0",
    ),
    "subnets as a text": Wrong(
        _network(f"subnet_ids = {_SUBNET}"), "network.subnet_ids = ", "must be a list", "in brackets"
    ),
    "subnets by ids and by tags": Wrong(
        _network(f'subnet_ids = [{_SUBNET}, {_OTHER}]\nsubnet_tags = {{ Tier = "data" }}'),
        'network.subnet_tags = {Tier = "data"}',
        "subnet_ids names them already",
        "leave one of the two out",
    ),
    "subnets by no tags": Wrong(
        _network("subnet_tags = {}"), "network.subnet_tags = {}", "which anything matches", "leave it out"
    ),
    "unknown place of rules": Wrong(
        _network('security_group_rules = "both"'),
        'network.security_group_rules = "both"',
        "must be 'separate' or 'inline'",
        "one of these",
    ),
    "unknown egress": Wrong(
        _network('egress = "https"'), 'network.egress = "https"', "must be 'open' or 'closed'", "write one of these"
    ),
    "range that is none": Wrong(
        _network('allowed_cidr_blocks = ["office"]'),
        'network.allowed_cidr_blocks[0] = "office"',
        "is not a CIDR block of IPv4 addresses",
        '"10.0.0.0/16"',
    ),
    "range of 33 bits": Wrong(
        _network('allowed_cidr_blocks = ["10.0.0.0/33"]'),
        'network.allowed_cidr_blocks[0] = "10.0.0.0/33"',
        "is not a CIDR block",
        "write",
    ),
    "range with host bits": Wrong(
        _network('allowed_cidr_blocks = ["10.0.0.0/16", "10.2.3.4/16"]'),
        'network.allowed_cidr_blocks[1] = "10.2.3.4/16"',
        "without host bits",
        'write "10.2.0.0/16"',
    ),
    "range without a length": Wrong(
        _network('allowed_cidr_blocks = ["10.2.3.4"]'),
        'network.allowed_cidr_blocks[0] = "10.2.3.4"',
        "a network with its length",
        'write "10.2.3.4/32"',
    ),
    "IPv6 range": Wrong(
        _network('allowed_cidr_blocks = ["10.0.0.0/16", "2001:db8::/32"]'),
        'network.allowed_cidr_blocks[1] = "2001:db8::/32"',
        "is a range of IPv6 addresses, and the cluster has an IPv4 address only: nobody could connect",
        'name IPv4 ranges, for example "10.0.0.0/16"',
    ),
    "IPv6 range with host bits and capitals": Wrong(
        _network('allowed_cidr_blocks = ["2001:DB8::1/32"]'),
        'network.allowed_cidr_blocks[0] = "2001:DB8::1/32"',
        "is a range of IPv6 addresses",
        "name IPv4 ranges",
    ),
    "IPv4 range in the form of IPv6": Wrong(
        _network('allowed_cidr_blocks = ["::ffff:10.1.0.0/112"]'),
        'network.allowed_cidr_blocks[0] = "::ffff:10.1.0.0/112"',
        "is a range of IPv6 addresses",
        'write "10.1.0.0/16"',
    ),
    "everybody": Wrong(
        _network('allowed_cidr_blocks = ["0.0.0.0/0"]'),
        'network.allowed_cidr_blocks[0] = "0.0.0.0/0"',
        "would let the whole internet reach the database",
        "the Data API needs none",
    ),
    "everybody of IPv6": Wrong(
        _network('allowed_cidr_blocks = ["::/0"]'),
        'network.allowed_cidr_blocks[0] = "::/0"',
        "is a range of IPv6 addresses",
        "name IPv4 ranges",
    ),
    "everybody in two halves": Wrong(
        _network('allowed_cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]'),
        'network.allowed_cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]',
        "would let the whole internet reach the database",
        "the Data API needs none",
    ),
    "a range twice": Wrong(
        _network('allowed_cidr_blocks = ["10.0.0.0/8", "10.0.0.0/8"]'),
        "network.allowed_cidr_blocks",
        "is named twice",
        "name it once",
    ),
    "no range": Wrong(
        _network("allowed_cidr_blocks = []"), "network.allowed_cidr_blocks = []", "the list is empty", "leave it out"
    ),
    "group by name": Wrong(
        _network('allowed_security_group_ids = ["functions"]'),
        'network.allowed_security_group_ids[0] = "functions"',
        "a security group's id is sg-",
        "sg-0123456789abcdef0",
    ),
    "a group twice": Wrong(
        _network('allowed_security_group_ids = ["sg-01234567", "sg-01234567"]'),
        "network.allowed_security_group_ids",
        "is named twice",
        "name it once",
    ),
    "no group": Wrong(
        _network("allowed_security_group_ids = []"),
        "network.allowed_security_group_ids = []",
        "the list is empty",
        "leave it out",
    ),
    "endpoint of another service": Wrong(
        _network('interface_endpoints = ["rds"]'),
        'network.interface_endpoints[0] = "rds"',
        "must be 'rds-data', 'secretsmanager', 'ssm', 'ssmmessages' or 'ec2messages'",
        "one of these",
    ),
    "an endpoint twice": Wrong(
        _network('interface_endpoints = ["rds-data", "rds-data"]'),
        "network.interface_endpoints",
        "is named twice",
        "name it once",
    ),
    "no endpoint": Wrong(
        _network("interface_endpoints = []"), "network.interface_endpoints = []", "the list is empty", "leave it out"
    ),
    "group too long for that of the endpoints": Wrong(
        with_(
            f'[names]\nsecurity_group = "{"a" * 250}"\n[network]\ninterface_endpoints = ["rds-data"]',
        ),
        "names.security_group = ",
        "1 to 255",
        "write",
    ),
    "proxy that inline rules would shut out": Wrong(
        with_('[proxy]\n[network]\nsecurity_group_rules = "inline"\nallowed_cidr_blocks = ["10.0.0.0/8"]'),
        'network.security_group_rules = "inline"',
        "the proxy would need a rule of its own",
        'write "separate"',
    ),
    "bastion that inline rules would shut out": Wrong(
        with_('[bastion]\n[network]\nsecurity_group_rules = "inline"\nallowed_cidr_blocks = ["10.0.0.0/8"]'),
        'network.security_group_rules = "inline"',
        "the bastion would need a rule of its own",
        'write "separate"',
    ),
    "bastion of another processor": Wrong(
        with_('[bastion]\ninstance_type = "t3.nano"'),
        'bastion.instance_type = "t3.nano"',
        "the image is for Graviton (arm64)",
        "t4g.nano",
    ),
    "Terraform's word for ranges": Wrong(
        _network('cidr_blocks = ["10.0.0.0/8"]'), "network.cidr_blocks", "unknown key", "network.allowed_cidr_blocks?"
    ),
}
