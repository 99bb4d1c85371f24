"""Rules on `[instances.each.<number or identifier>]` that other sections have a part in."""

from collections.abc import Iterator
from typing import Final

from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.section import told
from aurora_serverless.rules.instances import check_class_has_data_api
from aurora_serverless.rules.parameter_groups import parameter_warnings
from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.rules.windows import check_windows_apart


def each_instance_is_there(options: DerivedValues) -> Iterator[RuleViolation]:
    """Each table of [instances.each] is of an instance, and no two are of one."""
    identifiers = options.instance_identifiers
    numbers = {name: number for number, identifier in enumerate(identifiers) for name in (str(number), identifier)}
    first: dict[int, str] = {}
    for name, own in (options.instances.each or {}).items():
        key, value = f"instances.each.{name}", own.model_dump(exclude_unset=True)
        if name not in numbers:
            there = f"0 to {len(identifiers) - 1}" if len(identifiers) > 1 else "0"
            rule = f"is of no instance: there are {there}, by their identifiers {', '.join(identifiers)}"
            yield RuleViolation(key, value, rule, "name one of these, or raise instances.readers")
        elif first.setdefault(numbers[name], name) != name:
            other = first[numbers[name]]
            yield RuleViolation(
                key, value, f"is of the same instance as instances.each.{other}", "write all of it in one table"
            )


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


INSTANCE_RULES: Final = (
    each_instance_is_there,
    each_window_is_apart,
    each_class_has_data_api,
    each_has_parameters,
)


def own_parameter_warnings(options: DerivedValues) -> Iterator[str]:
    """Yield what a person should know of parameters of one instance before deploying them."""
    for name, own in (options.instances.each or {}).items():
        key = f"instances.each.{name}.parameters"
        warnings = parameter_warnings(
            options.engine.cluster_parameters or {},
            own.parameters or {},
            major_version=options.engine_version.major,
            instance_key=key,
        )
        yield from (warning for warning in warnings if warning.startswith(key))
