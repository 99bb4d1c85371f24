"""Rules on `[instances.each.<number or identifier>]` that other sections have a part in."""

from collections.abc import Iterator
from typing import Final

from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.section import told
from aurora_serverless.rules.engine import check_write_forwarding
from aurora_serverless.rules.instances import (
    LAST_TIER_WITH_THE_WRITERS_CAPACITY,
    SERVERLESS_CLASS,
    check_class_has_data_api,
)
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.parameter_groups import parameter_warnings
from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.rules.windows import check_windows_apart

_RAISE: Final = "name one of these, or raise instances.readers"


def each_instance_is_there(options: DerivedValues) -> Iterator[RuleViolation]:
    """Each table of [instances.each] is of an instance, and no two are of one."""
    numbers = options.instance_numbers
    first: dict[int, str] = {}
    for name, own in (options.instances.each or {}).items():
        key, value = f"instances.each.{name}", own.model_dump(exclude_unset=True)
        if name not in numbers:
            yield RuleViolation(key, value, f"is of no instance: {_there(options)}", _RAISE)
        elif first.setdefault(numbers[name], name) != name:
            other = first[numbers[name]]
            yield RuleViolation(
                key, value, f"is of the same instance as instances.each.{other}", "write all of it in one table"
            )


def _there(options: DerivedValues) -> str:
    last = len(options.instance_identifiers) - 1
    numbers = f"0 to {last}" if last else "0"
    return f"there are {numbers}, by their identifiers {', '.join(options.instance_identifiers)}"


def each_window_is_apart(options: DerivedValues) -> Iterator[RuleViolation]:
    """An instance's own maintenance window leaves the backups their time."""
    for name, own in (options.instances.each or {}).items():
        if own.maintenance_window is not None:
            yield from told(
                check_windows_apart,
                options.backup.window,
                own.maintenance_window,
                argument="maintenance_window",
                section=f"instances.each.{name}",
            )


def each_class_has_data_api(options: DerivedValues) -> Iterator[RuleViolation]:
    """The Data API, where it is on, works on the classes of the instances."""
    for name, own in (options.instances.each or {}).items():
        if own.instance_class is not None:
            yield from told(
                check_class_has_data_api,
                own.instance_class,
                data_api=options.access.data_api,
                section=f"instances.each.{name}",
            )


def each_has_parameters(options: DerivedValues) -> Iterator[RuleViolation]:
    """An instance can have the parameters of its own."""
    for name, own in (options.instances.each or {}).items():
        yield from options.engine.instance_violations(own.parameters or {}, section=f"instances.each.{name}.parameters")


def endpoints_have_names(options: DerivedValues) -> Iterator[RuleViolation]:
    """RDS takes the identifiers of the custom endpoints."""
    for short_name, identifier in options.endpoint_identifiers.items():
        key = f"instances.endpoints.{short_name}"
        for violation in told(check_identifier, identifier, argument=key):
            yield RuleViolation(key, identifier, violation.rule, "write another short name, in lower-case letters")


def endpoints_have_members(options: DerivedValues) -> Iterator[RuleViolation]:
    """The instances behind a custom endpoint, or excluded from it, are there, each named once."""
    for short_name, endpoint in (options.instances.endpoints or {}).items():
        for list_, members in (("static", endpoint.static_members), ("excluded", endpoint.excluded_members)):
            key, seen = f"instances.endpoints.{short_name}.{list_}_members", dict[int, str]()
            for member in members:
                number = options.instance_numbers.get(member)
                if number is None:
                    yield RuleViolation(key, member, f"is not an instance: {_there(options)}", _RAISE)
                elif seen.setdefault(number, member) != member:
                    rule = f"is the same instance as {seen[number]}"
                    yield RuleViolation(key, member, rule, "name it once")


def engine_version_forwards_writes(options: DerivedValues) -> Iterator[RuleViolation]:
    """The engine version has the write forwarding that is asked for."""
    version, database = options.engine_version, options.global_database
    key = "instances.local_write_forwarding"
    yield from told(
        check_write_forwarding, version, options.instances.local_write_forwarding, kind="local", argument=key
    )
    if database is not None:
        key = "global_database.write_forwarding"
        yield from told(check_write_forwarding, version, database.write_forwarding, kind="global", argument=key)


INSTANCE_RULES: Final = (
    endpoints_have_names,
    endpoints_have_members,
    engine_version_forwards_writes,
    each_instance_is_there,
    each_window_is_apart,
    each_class_has_data_api,
    each_has_parameters,
)


def instance_warnings(options: DerivedValues) -> Iterator[str]:
    """Yield what a person should know of the instances before deploying them, beside other sections."""
    version = options.engine_version
    if options.instances.local_write_forwarding and not version.has("local_write_forwarding"):
        yield (
            f"instances.local_write_forwarding: AWS's page does not say that Aurora PostgreSQL {version.major} has it: "
            "try it first"
        )
    if options.instances.local_write_forwarding and options.proxy is not None:
        yield "instances.local_write_forwarding: AWS does not support it through an RDS Proxy"
    yield from _failover_warnings(options)
    for name, own in (options.instances.each or {}).items():
        key = f"instances.each.{name}.parameters"
        warnings = parameter_warnings(
            options.engine.cluster_parameters or {},
            own.parameters or {},
            major_version=options.engine_version.major,
            instance_key=key,
        )
        yield from (warning for warning in warnings if warning.startswith(key))


def _failover_warnings(options: DerivedValues) -> Iterator[str]:
    """Yield what a failover would make of the writer's capacity: RDS promotes a reader of the lowest tier there is."""
    writer, *readers = (one.instance_class or SERVERLESS_CLASS for one in options.each_instance)
    own_tiers = [one.promotion_tier for one in options.each_instance[1:]]
    tiers = [tier if own is None else own for tier, own in zip(options.reader_promotion_tiers, own_tiers, strict=True)]
    first = min(tiers, default=0)
    promoted = {class_ for class_, tier in zip(readers, tiers, strict=True) if tier == first}
    if SERVERLESS_CLASS in promoted and first > LAST_TIER_WITH_THE_WRITERS_CAPACITY:
        yield (
            f"instances.promotion_tier: no reader is in a tier below {first}, and a serverless one in that has less "
            "capacity than the writer when it takes over; write 1 for one of them"
        )
    others = sorted(promoted - {writer, SERVERLESS_CLASS})
    if others and writer != SERVERLESS_CLASS:
        yield (
            f"instances.each: a reader of the class {', '.join(others)} may take over from a writer of {writer}; write "
            "a lower promotion_tier for one of the writer's class"
        )
