"""A stand-in for an AWS that has nothing of an environment but what a test gives it. botocore checks its answers."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.deployed.stubs import stubbed

Answer = Mapping[str, Any] | str
"""What an operation answers; a text is the code of an error."""

TAGS: Final = {"Project": "alex", "Part": "5", "Environment": "production"}
"""What production tags with; dev does so with fewer."""
TAG_LIST: Final = [{"Key": key, "Value": value} for key, value in TAGS.items()]

_NOTHING: Final[Mapping[str, Mapping[str, Answer]]] = {
    "rds": {
        "describe_db_clusters": "DBClusterNotFoundFault",
        "describe_db_instances": {"DBInstances": []},
        "describe_db_subnet_groups": "DBSubnetGroupNotFoundFault",
        "describe_global_clusters": "GlobalClusterNotFoundFault",
        "describe_event_subscriptions": "SubscriptionNotFound",
        "describe_db_proxies": "DBProxyNotFoundFault",
        "describe_db_proxy_targets": "DBProxyNotFoundFault",
        "list_tags_for_resource": {"TagList": TAG_LIST},
    },
    "backup": {
        "list_backup_vaults": {"BackupVaultList": []},
        "list_backup_plans": {"BackupPlansList": []},
        "list_tags": {"Tags": TAGS},
    },
    "freetier": {"get_account_plan_state": "ResourceNotFoundException"},
    "iam": {"get_role": "NoSuchEntity", "get_instance_profile": "NoSuchEntity"},
    "ec2": {
        "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "172.31.0.0/16"}]},
        "describe_security_groups": {"SecurityGroups": []},
        "describe_security_group_rules": {"SecurityGroupRules": []},
        "describe_vpc_endpoints": {"VpcEndpoints": []},
    },
    "kms": {
        "describe_key": "NotFoundException",
        "list_resource_tags": {"Tags": [{"TagKey": key, "TagValue": value} for key, value in TAGS.items()]},
    },
    "logs": {"describe_log_groups": {"logGroups": []}},
    "secretsmanager": {"describe_secret": "ResourceNotFoundException"},
}


class EmptyAws:
    """Answers for all services; `asked` are the operations in their order, with their parameters."""

    def __init__(self, answering: Callable[[str, Any], None]) -> None:
        self._answers: dict[str, dict[str, Any]] = {service: dict(answers) for service, answers in _NOTHING.items()}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        for service in self._answers:
            answering(service, _Client(self, service))

    def has(self, service: str, operation: str, answer: Answer | Callable[..., Answer]) -> None:
        """Let an operation answer this from now on, or what a function makes of its parameters."""
        self._answers[service][operation] = answer

    def answer(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Answer as AWS would."""
        self.asked.append((operation, parameters))
        answer: Any = self._answers[service][operation]
        if callable(answer):
            answer = answer(**parameters)
        client, stubber = _stubbed(service)
        if isinstance(answer, str):
            stubber.add_client_error(operation, answer)
        else:
            stubber.add_response(operation, answer)
        return getattr(client, operation)(**parameters)


_stubbed = functools.cache(stubbed)  # a client takes its time to be made


class _Client:
    def __init__(self, aws: EmptyAws, service: str) -> None:
        self._aws, self._service = aws, service

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **parameters: self._aws.answer(self._service, operation, parameters)
