"""`[global_database]`: a database in several Regions, of which one is written to."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.access import Access
from aurora_serverless.options.capacity import Capacity
from aurora_serverless.options.credentials import Credentials
from aurora_serverless.options.encryption import Encryption
from aurora_serverless.options.engine import Engine
from aurora_serverless.options.instances import Instances
from aurora_serverless.options.monitoring import Monitoring
from aurora_serverless.options.proxy import Proxy
from aurora_serverless.options.restore import Restore
from aurora_serverless.options.section import Change, Rule, Section, checked_by, option, told
from aurora_serverless.rules.engine import versions_with
from aurora_serverless.rules.global_database import (
    RECOMMENDED_MINIMUM_ACU,
    check_global_cluster_identifier,
    check_regions_differ,
    check_secret_region,
)
from aurora_serverless.rules.regions import check_region, known_regions
from aurora_serverless.rules.roles import check_secret_arn
from aurora_serverless.rules.violation import RuleViolation

_LONGEST = limit("rds_cluster_identifier_longest")


_OF_OWN_SECRET: Final = (
    "version",
    "rotation_date",
    "recovery_window_days",
    "replica_regions",
    "secret_arn",
    "secret_key_arn",
    "rotation_days",
    "rotation_schedule",
)


class GlobalDatabase(Section):
    """The part of the cluster in a global database. Each Region has an environment file of its own."""

    role: Literal["primary", "secondary"] = option(
        "primary: the cluster, new or running, becomes the one that is written to; secondary: a new cluster follows "
        "the primary in another Region, read-only, with its users and passwords, and its Data API answers once it is "
        "promoted; [credentials] says nothing until then. Of a secondary that AWS has made a cluster of its own, this "
        "section is taken out.",
        makes="primary: `aws_rds_global_cluster.aurora`; secondary: `global_cluster_identifier` of the cluster, at its "
        "creation only",
        costs="writes that are replicated to each secondary, and the secondary's own instances and storage",
        example="primary",
    )
    identifier: Annotated[str, checked_by(check_global_cluster_identifier)] | None = option(
        "Identifier of the global cluster, one of its kind in the account. Required for a secondary.",
        default=None,
        unset="`<name_prefix>-global`, of a primary",
        allowed=f"1 to {_LONGEST} lower-case letters, digits and single hyphens, first a letter",
        makes="`global_cluster_identifier` of the global cluster, or of the secondary",
        change=Change.REPLACES_OTHERS,
        example="shop-global",
    )
    source_region: Annotated[str, checked_by(check_region)] | None = option(
        "Region of the primary. Required for a secondary, and for it only.",
        default=None,
        unset="none",
        allowed="another Region",
        makes="`source_region` of the cluster",
        example="us-east-1",
        schema={"enum": [*known_regions()]},
    )
    secret_arn: Annotated[str, checked_by(check_secret_arn)] | None = option(
        "ARN of the secret, in the secondary's Region, with the primary's user and password: the replica that the "
        "primary's credentials.replica_regions makes. The Lambda role may read it. Required for a secondary, and for "
        "it only.",
        default=None,
        unset="none",
        allowed="a secret under AWS's own key, as replicas are",
        makes="what the Lambda role's policy lets read, and the output `aurora_secret_arn`",
        example="arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-db-credentials-0123abcd-AbCdEf",
    )

    write_forwarding: bool | None = option(
        "Whether the secondary's readers take writes and forward them to the primary's writer; a session sees its own "
        "as `apg_write_forward.consistency_mode` says. For a secondary only.",
        default=None,
        unset="off",
        allowed=f"true from {versions_with('global_write_forwarding')} on",
        makes="`enable_global_write_forwarding` of the cluster",
        example=True,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit the role."""
        return (self._keys_fit_role,)

    def _keys_fit_role(self) -> Iterator[RuleViolation]:
        for key in ("identifier", "source_region", "secret_arn"):
            if self.role == "secondary" and getattr(self, key) is None:
                yield RuleViolation(key, None, 'role "secondary" follows a primary in another Region', f"write {key}")
        for key in ("source_region", "secret_arn", "write_forwarding"):
            if self.role == "primary" and getattr(self, key) is not None:
                yield RuleViolation(key, getattr(self, key), 'is for role "secondary" only', "leave it out")

    def region_violations(self, region: str | None) -> Iterator[RuleViolation]:
        """Yield where a secondary is not in another Region than its primary, or its secret is."""
        if self.role == "secondary":
            yield from told(check_regions_differ, self.source_region, region, section="global_database")
            yield from told(check_secret_region, self.secret_arn, region, section="global_database")

    def violations(
        self,
        engine: Engine,
        instances: Instances,
        credentials: Credentials,
        encryption: Encryption,
        *,
        restore: Restore | None,
        proxy: Proxy | None,
    ) -> Iterator[RuleViolation]:
        """Yield where another section asks for what a cluster of a global database cannot have."""
        if engine.allow_major_version_upgrade is not None:
            # Source: Amazon RDS API Reference, ModifyGlobalCluster.
            yield RuleViolation(
                "engine.allow_major_version_upgrade",
                engine.allow_major_version_upgrade,
                "AWS upgrades all members of a global database together, and none through its own stack",
                f"leave it out; run aws rds modify-global-cluster --allow-major-version-upgrade --engine-version "
                f"{engine.version}, then write version in each file",
            )
        if engine.automatic_minor_upgrades:
            # Source: Amazon Aurora User Guide, "Using Amazon Aurora Global Database", limitations.
            yield RuleViolation(
                "engine.automatic_minor_upgrades",
                True,
                "AWS makes none in a global database",
                "leave it out; upgrade the secondaries first, then the primary",
            )
        if self.role == "secondary":
            yield from self._violations_of_secondary(instances, credentials, encryption, restore=restore, proxy=proxy)
        elif credentials.mode == "managed":
            # Source: Amazon Aurora User Guide, "Password management with Amazon Aurora and AWS Secrets Manager".
            yield RuleViolation(
                "credentials.mode",
                "managed",
                "RDS manages no password of a cluster in a global database",
                'write mode = "random" or "write_only", with replica_regions for the secondaries',
            )

    def _violations_of_secondary(
        self,
        instances: Instances,
        credentials: Credentials,
        encryption: Encryption,
        *,
        restore: Restore | None,
        proxy: Proxy | None,
    ) -> Iterator[RuleViolation]:
        if restore is not None:
            yield RuleViolation(
                "restore.type",
                restore.type,
                "a secondary gets its data from its primary",
                "leave one of the two out",
            )
        if proxy is not None:
            yield RuleViolation(
                "proxy.require_tls",
                proxy.require_tls,
                "a proxy connects to the writer, and a secondary has none until it is promoted",
                "leave [proxy] out",
            )
        for key in _OF_OWN_SECRET:
            if getattr(credentials, key) not in (None, ()):
                yield RuleViolation(
                    f"credentials.{key}",
                    getattr(credentials, key),
                    "a secondary has its primary's user and password, and no secret of its own",
                    "leave it out",
                )
        if encryption.key == "aws-managed":
            # RDS answers: "For encrypted cross-region replica, kmsKeyId should be explicitly specified".
            yield RuleViolation(
                "encryption.key",
                encryption.written_key,
                "a secondary under a KMS key needs one that is named, of its own Region",
                'write key = "own", or "given" with key_arn',
            )
        if instances.read_scaling is not None:
            # Source: Amazon Aurora User Guide, "Amazon Aurora Auto Scaling with Aurora Replicas".
            yield RuleViolation(
                "instances.read_scaling.minimum_readers",
                instances.read_scaling.minimum_readers,
                "AWS scales no readers of a secondary",
                "leave [instances.read_scaling] out, and write readers",
            )

    def warnings(self, capacity: Capacity, access: Access, monitoring: Monitoring) -> list[str]:
        """Return what a person should know before deploying a cluster of a global database."""
        if self.role == "primary":
            if capacity.minimum_acu >= RECOMMENDED_MINIMUM_ACU:
                return []
            return [
                f"capacity.minimum_acu = {capacity.minimum_acu:g}: AWS recommends {RECOMMENDED_MINIMUM_ACU} ACU or "
                "more in the primary Region of a global database"
            ]
        warnings = []
        if access.data_api:
            warnings.append("global_database: the Data API of a secondary answers only once it is promoted")
        if monitoring.insights == "advanced":
            warnings.append(
                'monitoring.insights = "advanced": AWS refuses it while a secondary is made; deploy once with '
                '"standard" before'
            )
        return warnings
