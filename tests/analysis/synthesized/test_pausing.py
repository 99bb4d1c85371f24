"""What keeps a cluster from pausing is the same to who synthesizes it, who prices it and who draws it."""

from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from analysis.cost.clusters import clusters
from analysis.diagram.database import pause
from analysis.synthesized.stack import SynthesizedStack
from stacks.database import DatabaseStack
from tests.conftest import TODAY
from tests.stacks.test_access_options import environment
from tests.stacks.test_recovery_options import SECONDARY
from tests.terraform_json import synthesize_stack

PAUSING = {"minimum_acu": 0.0, "maximum_acu": 16.0}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"capacity": PAUSING | {"auto_pause_seconds": 600}},
        {"proxy": {}},
        {"global_database": {"role": "primary"}},
        {"global_database": SECONDARY},
        {"engine": {"version": "17.7", "cluster_parameters": {"rds.logical_replication": "1"}}},
        {"engine": {"version": "17.7", "cluster_parameters": {"rds.logical_replication": "0"}}},
        {"proxy": {}, "global_database": {"role": "primary"}},
    ],
    ids=str,
)
def test_all_know_the_same_of_what_keeps_a_cluster_awake(keys: dict[str, Any]) -> None:
    shop = environment(**{"capacity": PAUSING} | keys)
    document = synthesize_stack(DatabaseStack(App(outdir=gettempdir()), shop, today=TODAY))
    stack = SynthesizedStack("shop", document)
    [cluster] = clusters(stack)
    drawn = pause(stack, cluster.block)

    awake = set(shop.awake_because)
    assert {reason for instance in cluster.instances for reason in instance.awake_because} == awake
    assert (", never pauses" in drawn, ", pauses after" in drawn) == (bool(awake), not awake)
    assert all(reason in drawn for reason in awake)
