"""What only a person can answer. No line of these ever passes: nothing here knows who tried what."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from operations.checks.check import Check, Subject, asked

if TYPE_CHECKING:
    from stacks.environment import Environment


def questions(environment: "Environment | None", subject: Subject | None) -> Iterator[Check]:
    """Yield the questions, each with the way to its answer."""
    if subject is not None:
        cluster = subject.target.cluster_identifier
    else:
        cluster = "CLUSTER" if environment is None else environment.cluster_identifier
    window = "the maintenance window" if environment is None else f"{environment.maintenance.window} UTC"

    name = "ENVIRONMENT" if environment is None else environment.name

    def command(verb: str) -> str:
        return f"./aurora-serverless {verb} {name}" if subject is None else subject.target.command(verb)

    yield asked(
        "restore",
        "has a restore been tested, and is it known how long it takes?",
        f'deploy another environment with [restore] type = "point_in_time", source_cluster_identifier = "{cluster}"; '
        "ask it, and destroy it",
    )
    yield asked(
        "copy of backups",
        "is there a copy of the backups in another account or Region that whoever deletes this one cannot delete?",
        "copy_vault_arns under [backup.aws_backup], in a locked vault; or aws rds copy-db-cluster-snapshot",
    )
    yield asked(
        "failover",
        "has a failover been tested while the application was running, and did it reconnect by itself?",
        f"aws rds failover-db-cluster --db-cluster-identifier {cluster}",
    )
    yield asked(
        "load",
        "has it been tested with the load of a busy day, and did it scale as expected?",
        f"{command('scaling')}, and {command('metrics')} --plot load.png",
    )
    yield asked(
        "schema",
        "do the indexes fit the queries?",
        f"{command('activity')}, and EXPLAIN of the slow ones",
    )
    yield asked(
        "secret's readers",
        "who can read the secret, and does each of them need to?",
        "IAM Access Analyzer, or aws iam simulate-principal-policy for each role",
    )
    yield asked(
        "connecting",
        "do its users know how to connect, and what to retry?",
        "docs/data-api-client.md, or a page of your own",
    )
    yield asked("quiet hours", f"is little going on at {window}?", "window under [maintenance] and [backup]")
    yield asked(
        "budget",
        "does a budget alert somebody when a month costs more than it should?",
        f"./aurora-serverless cost {name} says what it should; aws budgets create-budget, by the tags",
    )
    yield asked(
        "looking again",
        "who looks at capacity, slow queries and the engine's version, and when?",
        f"{command('check')} --production, once a month, on a schedule",
    )
