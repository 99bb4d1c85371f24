"""The environment file and the import blocks that adopt a database of the Terraform module rds-aurora.

As for hand-written deployments, `network.security_group_rules = "inline"` keeps the security group as it is. What AWS
cannot change on a running cluster, such as its names and its key, is written as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aurora_serverless.options.names import LONGEST_NAME_PREFIX
from aurora_serverless.rules.engine import ENGINE, EXTENDED_SUPPORT_OFF
from aurora_serverless.rules.instances import SERVERLESS_CLASS
from aurora_serverless.rules.log_group import LOG_TYPE, RETENTION_DAYS, log_group_name
from aurora_serverless.rules.network import POSTGRESQL_PORT
from aurora_serverless.rules.service_roles import Feature
from operations.adoption.access_rules import access_rules
from operations.adoption.module_state import Attributes, Found, ModuleState
from operations.errors import wrong_input

_LONGEST_RETENTION_DAYS: Final = max(RETENTION_DAYS)


@dataclass(frozen=True)
class Import:
    """One resource to import: its address in the new state, and its import ID."""

    address: str
    identifier: str


@dataclass
class Adoption:
    """How a database is adopted.

    `document` is the environment file. `changes` lists what the plan will still change, and `left` what stays in AWS
    but not in the new state, one line each. None of them contains a secret.
    """

    module: str
    document: dict[str, Any] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def blocks(self) -> str:
        """The imports as Terraform import blocks."""
        return "\n".join(f"import {{\n  to = {one.address}\n  id = {_hcl(one.identifier)}\n}}" for one in self.imports)


def adoption(module: ModuleState, *, name: str, vpc_id: str | None = None) -> Adoption:
    """Return how to adopt the module's database as the environment `name`.

    Pass `vpc_id` if the state does not contain it. Raises OperationsError (2) for a cluster that an environment file
    cannot describe.
    """
    return _Description(module, name, vpc_id).described()


class _Description:
    def __init__(self, module: ModuleState, name: str, vpc_id: str | None) -> None:
        self._module = module
        self._name = name
        self._given_vpc = vpc_id
        self._cluster = module.cluster.attributes
        self._where = module.cluster.address
        self._identifier = self._cluster.text("cluster_identifier") or self._cluster.text("id")
        self._check_kind()
        self._instances = sorted(
            module.all("aws_rds_cluster_instance"), key=lambda one: not one.attributes.flag("writer")
        )
        self._check_instances()
        self._port = self._cluster.whole("port") or POSTGRESQL_PORT
        self._rules = access_rules(module, self._port)
        self._result = Adoption(module.address)
        self._tagged: dict[str, list[Attributes]] = {}

    def described(self) -> Adoption:
        """Return the whole adoption, with the sections in the order of the options."""
        cluster = self._cluster
        sections: dict[str, Mapping[str, Any]] = {
            "engine": self._engine(),
            "capacity": self._capacity(),
            "instances": self._instance_keys(),
            "storage": {"type": "io_optimized"} if cluster.text("storage_type") == "aurora-iopt1" else {},
            "database": self._database(),
            "credentials": self._credentials(),
            "network": self._network(),
            "encryption": self._encryption(),
            "protection": self._protection(),
            "backup": {
                "retention_days": cluster.whole("backup_retention_period") or None,
                "window": cluster.text("preferred_backup_window"),
                "delete_automated_backups": None if self._deletes_backups else False,
            },
            "maintenance": {
                "window": cluster.text("preferred_maintenance_window"),
                "apply_immediately": cluster.flag("apply_immediately"),
            },
            "access": {
                "data_api": cluster.flag("enable_http_endpoint"),
                "iam_authentication": cluster.flag("iam_database_authentication_enabled") or None,
            },
            "cluster_roles": self._cluster_roles(),
            "monitoring": self._monitoring(),
        }
        self._import("aws_rds_cluster.aurora", self._identifier, self._module.cluster)
        self._say_rest()
        tags, of_types = self._tags()
        top = {"name_prefix": self._name_prefix, "region": self._region, "tags": tags, "resource_tags": of_types}
        document = {**top, "names": self._names, **sections}
        self._result.document = _without_empty(document)
        self._result.imports.sort(key=lambda one: one.address)
        self._result.changes += [
            "adds the Lambda role with its policy, and resources that exist in Terraform's state only",
            "shows arguments that an import does not read, such as apply_immediately and "
            "manage_master_user_password: the database does not change",
        ]
        return self._result

    @property
    def _region(self) -> str:
        _, _, region = self._cluster.text("arn").partition(":rds:")
        return region.partition(":")[0]

    @property
    def _name_prefix(self) -> str:
        return self._identifier if len(self._identifier) <= LONGEST_NAME_PREFIX else self._name.replace("_", "-")

    @property
    def _deletes_backups(self) -> bool:
        # A state of an older provider does not have it: AWS's default applies.
        return self._cluster.flag("delete_automated_backups") or not self._cluster.has("delete_automated_backups")

    def _check_kind(self) -> None:
        engine, mode = self._cluster.text("engine"), self._cluster.text("engine_mode")
        if not self._identifier:
            raise wrong_input(f"{self._where} has no cluster_identifier: apply its configuration first")
        if engine != ENGINE:
            raise wrong_input(f"{self._where} has engine {engine or '(none)'}: only {ENGINE} can be adopted")
        if mode not in {"", "provisioned"} or self._cluster.text("cluster_scalability_type") == "limitless":
            raise wrong_input(
                f"{self._where} has engine_mode {mode or 'limitless'}: only Serverless v2, whose mode is provisioned, "
                "can be adopted"
            )
        if not self._cluster.blocks("serverlessv2_scaling_configuration"):
            raise wrong_input(
                f"{self._where} has no serverlessv2_scaling_configuration: only Serverless v2 can be adopted; add "
                "one, and an instance of the class db.serverless, first"
            )

    def _check_instances(self) -> None:
        classes = {one.attributes.text("instance_class") for one in self._instances}
        if SERVERLESS_CLASS not in classes:
            there = f", only {', '.join(sorted(classes))}" if classes else ""
            raise wrong_input(f"{self._where} has no instance of the class {SERVERLESS_CLASS}{there}: add one first")

    def _engine(self) -> dict[str, Any]:
        cluster = self._cluster
        version = cluster.text("engine_version_actual") or cluster.text("engine_version")
        if cluster.text("engine_version") not in {"", version} and "." not in cluster.text("engine_version"):
            self._result.changes.append(
                f"engine.version is the running minor version, {version}: raise it after AWS upgrades the cluster"
            )
        groups = [self._group(one.attributes.text("db_parameter_group_name")) for one in self._instances]
        return {
            "version": version,
            "extended_support": False if cluster.text("engine_lifecycle_support") == EXTENDED_SUPPORT_OFF else None,
            "cluster_parameter_group": self._group(cluster.text("db_cluster_parameter_group_name")),
            "instance_parameter_group": groups[0] if len(set(groups)) == 1 else "",
        }

    def _group(self, name: str) -> str:
        """Return the name of a parameter group, unless it is AWS's default one.

        A group cannot be renamed, and those created here have other names: it stays in use as an existing group.
        """
        if not name or name.startswith("default."):
            return ""
        kept = f"the parameter group {name} stays in use, unmanaged: to manage one, write its parameters under [engine]"
        if kept not in self._result.left:
            self._result.left.append(kept)
        return name

    def _capacity(self) -> dict[str, Any]:
        scaling = self._cluster.block("serverlessv2_scaling_configuration")
        minimum = scaling.number("min_capacity")
        pauses = scaling.whole("seconds_until_auto_pause") if minimum == 0 else 0
        return {
            "minimum_acu": minimum,
            "maximum_acu": scaling.number("max_capacity"),
            "auto_pause_seconds": pauses or None,
        }

    def _instance_keys(self) -> dict[str, Any]:
        each: dict[str, dict[str, Any]] = {}
        tiers = [one.attributes.whole("promotion_tier") for one in self._instances]
        groups = [self._group(one.attributes.text("db_parameter_group_name")) for one in self._instances]
        for number, one in enumerate(self._instances):
            class_ = one.attributes.text("instance_class")
            own = {
                "instance_class": None if class_ == SERVERLESS_CLASS else class_,
                # `promotion_tiers` is for readers only.
                "promotion_tier": tiers[number] if tiers[0] else None,
                "parameter_group": groups[number] if len(set(groups)) > 1 else "",
            }
            each[str(number)] = dict(_said(own))
            address = "aurora" if number == 0 else f"reader_{number}"
            self._import(f"aws_rds_cluster_instance.{address}", one.attributes.text("identifier"), one)
            if one.attributes.flag("publicly_accessible"):
                self._result.changes.append(
                    f"{one.address} can no longer be reached from outside the VPC: publicly_accessible becomes false"
                )
        return {
            "readers": len(self._instances) - 1 or None,
            "promotion_tiers": [] if tiers[0] else tiers[1:],
            "local_write_forwarding": self._cluster.flag("enable_local_write_forwarding") or None,
            "each": {number: own for number, own in each.items() if own},
            "endpoints": self._endpoints(),
        }

    def _endpoints(self) -> dict[str, Any]:
        found = {}
        for one in self._module.all("aws_rds_cluster_endpoint"):
            identifier = one.attributes.text("cluster_endpoint_identifier")
            short = identifier.removeprefix(f"{self._identifier}-")
            if short == identifier:
                self._result.left.append(
                    f"{one.address}: the endpoint {identifier} stays in AWS, unmanaged: names here must be "
                    f"{self._identifier}-<short name>"
                )
                continue
            found[short] = {
                "type": one.attributes.text("custom_endpoint_type"),
                "static_members": self._numbers(one.attributes.texts("static_members")),
                "excluded_members": self._numbers(one.attributes.texts("excluded_members")),
            }
            self._import(f"aws_rds_cluster_endpoint.aurora_{short.replace('-', '_')}", identifier, one)
        return found

    def _numbers(self, identifiers: Sequence[str]) -> list[str]:
        all_of_them = [one.attributes.text("identifier") for one in self._instances]
        return sorted(str(all_of_them.index(one)) if one in all_of_them else one for one in identifiers)

    def _database(self) -> dict[str, Any]:
        database = self._cluster.text("database_name")
        return {
            "name": database,
            "initial_database": None if database else False,
            "master_username": self._cluster.text("master_username"),
        }

    def _credentials(self) -> dict[str, Any]:
        secret = self._cluster.block("master_user_secret")
        if not (self._cluster.flag("manage_master_user_password") or secret.text("secret_arn")):
            self._result.changes.append(
                "the master user gets a new password at once, in a new secret: whoever logs in as "
                f"{self._cluster.text('master_username')} must read it there from then on"
            )
            return {"mode": "write_only" if self._cluster.whole("master_password_wo_version") else "random"}
        rotation = self._module.one("aws_secretsmanager_secret_rotation")
        rules = Attributes({}, self._where) if rotation is None else rotation.attributes.block("rotation_rules")
        if rotation is not None:
            self._import("aws_secretsmanager_secret_rotation.managed_secret", rotation.attributes.text("secret_id"))
        schedule, hours = rules.text("schedule_expression"), rules.text("duration").removesuffix("h")
        return {
            "mode": "managed",
            "rotation_days": None if schedule else rules.whole("automatically_after_days") or None,
            "rotation_schedule": schedule,
            "rotation_window_hours": int(hours) if hours.isdigit() else None,
        }

    def _network(self) -> dict[str, Any]:
        group, rules, subnets = self._module.one("aws_security_group"), self._rules, self._subnet_group()
        own = group.attributes.text("id") if group else ""
        others = sorted(set(self._cluster.texts("vpc_security_group_ids")) - {own})
        if group is not None:
            self._import("aws_security_group.aurora", own, group)
            self._say_rules()
        of_own_group = {
            "security_group_description": group.attributes.text("description") if group else "",
            "security_group_rules": "inline",
            "allowed_cidr_blocks": sorted(rules.cidr_blocks),
            "allowed_security_group_ids": sorted(rules.security_group_ids),
            "egress": None if rules.lets_everything_out else "closed",
        }
        is_own = subnets is not None and subnets.module == self._module.address
        return {
            "vpc_id": self._vpc_id(group, subnets),
            "subnet_ids": sorted(subnets.attributes.texts("subnet_ids")) if subnets and is_own else (),
            "subnet_group_name": "" if is_own else self._cluster.text("db_subnet_group_name"),
            "security_group_ids": others,
            **({"own_security_group": False} if others and group is None else of_own_group),
            "network_type": "DUAL" if self._cluster.text("network_type") == "DUAL" else "",
            "port": None if self._port == POSTGRESQL_PORT else self._port,
        }

    def _vpc_id(self, *found: Found | None) -> str:
        named = [one.attributes.text("vpc_id") for one in found if one is not None]
        vpc_id = next((one for one in [self._given_vpc or "", *named] if one), "")
        if not vpc_id:
            raise wrong_input(f"the state does not say which VPC {self._where} is in: give --vpc-id")
        return vpc_id

    def _subnet_group(self) -> Found | None:
        """Return the subnet group: the module's own, which is imported, or another one of the same state."""
        name = self._cluster.text("db_subnet_group_name")
        found = next(
            (one for one in self._module.anywhere("aws_db_subnet_group") if one.attributes.text("name") == name), None
        )
        if found is not None and found.module == self._module.address:
            self._import("aws_db_subnet_group.aurora", name, found)
            self._result.changes.append(f"the description of the DB subnet group {name} becomes Terraform's default")
        return found

    @property
    def _names(self) -> dict[str, Any]:
        group, subnets = self._module.one("aws_security_group"), self._module.one("aws_db_subnet_group")
        return {
            "cluster": self._identifier,
            "instances": [one.attributes.text("identifier") for one in self._instances],
            "subnet_group": subnets.attributes.text("name") if subnets else "",
            "security_group": group.attributes.text("name") if group else "",
        }

    def _say_rules(self) -> None:
        changes, rules = self._result.changes, self._rules
        changes.extend(f"{address} {why}: the plan removes it" for address, why in rules.other)
        if not rules.cidr_blocks and not rules.security_group_ids:
            changes.append(f"allows the VPC to connect to port {self._port}, because no rule allows anybody else")
        if rules.described:
            changes.append(
                f"{', '.join(rules.described)}: the rule is recreated without its description, in the same apply"
            )

    def _encryption(self) -> dict[str, Any]:
        cluster, key = self._cluster, self._cluster.text("kms_key_id")
        if not cluster.flag("storage_encrypted"):
            return {}
        if not self._is_customer_key(key):
            self._result.changes.append(
                f"{key} is treated as AWS's own key, because the state does not show that it is a customer key: if it "
                f'is one, the plan fails; write key = "given" and key_arn = "{key}" under [encryption]'
            )
            return {"key": "aws-managed"}
        secret = cluster.block("master_user_secret")
        if secret.text("secret_arn") and secret.text("kms_key_id") not in {"", key}:
            raise wrong_input(
                f"the secret of {self._where} is encrypted with another key than its storage, but here both have one, "
                "and AWS cannot change the key of a secret that RDS manages: turn manage_master_user_password off and "
                f"on again there, with master_user_secret_kms_key_id = {key}"
            )
        return {"key": "given", "key_arn": key}

    def _is_customer_key(self, arn: str) -> bool:
        keys = (*self._module.anywhere("aws_kms_key"), *self._module.anywhere("aws_kms_replica_key"))
        if any(one.attributes.text("arn") == arn and one.attributes.text("key_manager") != "AWS" for one in keys):
            return True
        aliases = self._module.anywhere("aws_kms_alias")
        return any(
            one.attributes.text("target_key_arn") == arn and not one.attributes.text("name").startswith("alias/aws/")
            for one in aliases
        )

    def _protection(self) -> dict[str, Any]:
        cluster = self._cluster
        takes_one = not cluster.flag("skip_final_snapshot")
        return {
            "deletion_protection": cluster.flag("deletion_protection") or None,
            "final_snapshot": takes_one or None,
            # An import does not read the name, and without one there can be no final snapshot.
            "final_snapshot_identifier": (cluster.text("final_snapshot_identifier") or f"{self._identifier}-final-1")
            if takes_one
            else None,
            "copy_tags_to_snapshots": cluster.flag("copy_tags_to_snapshot") or None,
        }

    def _cluster_roles(self) -> dict[str, Any]:
        found = {}
        for one in self._module.all("aws_rds_cluster_role_association"):
            feature, role = one.attributes.text("feature_name"), one.attributes.text("role_arn")
            why = "there is no key for it" if feature not in set(Feature) else ""
            if not self._rules.lets_everything_out:
                why = why or "the database cannot use it, because its egress is closed"
            if why:
                self._result.left.append(f"{one.address}: the role for {feature} stays in AWS, unmanaged: {why}")
                continue
            key = Feature(feature).key
            found[key] = {"role_arn": role}
            self._import(f"aws_rds_cluster_role_association.{key}", f"{self._identifier},{role}")
        return found

    def _monitoring(self) -> dict[str, Any]:
        return {
            "insights": self._insights(),
            **self._enhanced_monitoring(),
            "log_retention_days": self._log_retention(),
        }

    def _insights(self) -> str | None:
        cluster = self._cluster
        members = [one.attributes.flag("performance_insights_enabled") for one in self._instances]
        mode = cluster.text("database_insights_mode")
        if not (cluster.flag("performance_insights_enabled") or any(members)):
            return None
        mode = mode if mode in {"standard", "advanced"} else "standard"
        if not cluster.flag("performance_insights_enabled") or not all(members):
            self._result.changes.append(f"Database Insights ({mode}) is set on the cluster, for all instances")
        days = {cluster.whole("performance_insights_retention_period")} | {
            one.attributes.whole("performance_insights_retention_period") for one in self._instances
        }
        kept = max(days)
        if kept not in {0, 7, 465}:
            self._result.changes.append(f"insights are kept as long as {mode} keeps them, not for {kept} days")
        return mode

    def _enhanced_monitoring(self) -> dict[str, Any]:
        members = [one.attributes for one in self._instances]
        intervals = {one.whole("monitoring_interval") for one in members}
        roles = {one.text("monitoring_role_arn") for one in members if one.whole("monitoring_interval")}
        if not any(intervals):
            return {}
        if len(intervals | roles) > 2:  # noqa: PLR2004 (one interval, one role)
            self._result.changes.append(
                "enhanced monitoring becomes the same on each instance, with the longest interval of them"
            )
        role = min(roles)
        if role:
            self._result.left.append(f"the role {role} of enhanced monitoring stays in use, unmanaged")
        return {"enhanced_monitoring_seconds": max(intervals), "enhanced_monitoring_role_arn": role}

    def _log_retention(self) -> int | None:
        exported = self._cluster.texts("enabled_cloudwatch_logs_exports")
        if other := sorted(set(exported) - {LOG_TYPE}):
            self._result.changes.append(f"the logs {', '.join(other)} are no longer exported: there is no key for them")
        if LOG_TYPE not in exported:
            return None
        group = self._module.one("aws_cloudwatch_log_group", key=LOG_TYPE)
        days = group.attributes.whole("retention_in_days") if group else 0
        name = log_group_name(self._identifier)
        if not days:
            self._result.changes.append(f"{name} gets a retention of {_LONGEST_RETENTION_DAYS} days; it has none now")
        self._import("aws_cloudwatch_log_group.postgresql", name, group)
        return days or _LONGEST_RETENTION_DAYS

    def _say_rest(self) -> None:
        module, left = self._module, self._result.left
        if member := self._cluster.text("global_cluster_identifier"):
            left.append(f"the cluster stays in the global database {member}: to manage that, write [global_database]")
        if self._cluster.text("domain"):
            left.append("the cluster stays in its Active Directory domain, for which there is no key")
        for type_, what in (
            (
                "aws_appautoscaling_target",
                "keeps adding and removing readers: delete it, or write [instances.read_scaling]",
            ),
            ("aws_rds_cluster_activity_stream", "keeps running, although AWS supports none on Serverless v2"),
        ):
            left.extend(f"{one.address} {what}" for one in module.all(type_))

    def _import(self, address: str, identifier: str, found: Found | None = None) -> None:
        self._result.imports.append(Import(address, identifier))
        if found is not None:
            self._tagged.setdefault(address.partition(".")[0], []).append(found.attributes)

    def _tags(self) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Return the tags that all resources have, and the further tags of each type."""
        of_types = {type_: _common([one.tags for one in found]) for type_, found in self._tagged.items()}
        tags = _common(list(of_types.values()))
        more = {
            type_: {key: value for key, value in of_type.items() if key not in tags}
            for type_, of_type in of_types.items()
        }
        if any(one.tags.keys() - of_types[type_].keys() for type_, found in self._tagged.items() for one in found):
            self._result.changes.append(
                "removes tags that only some resources of a type have: resource_tags apply to all of a type"
            )
        return tags, {type_: own for type_, own in more.items() if own}


def _common(all_tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = all_tags
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}


def _without_empty(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without nulls and empty texts, lists and tables."""
    return dict(_said(document))


def _said(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            if inner := dict(_said(value)):
                yield key, inner
        elif value is not None and value not in ("", [], ()):
            yield key, value


def _hcl(text: str) -> str:
    """Return a text as an HCL string, with its interpolation sequences escaped."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
