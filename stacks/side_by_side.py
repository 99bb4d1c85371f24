"""Writes many environments in several processes, each with a Node of its own."""

import json
import re
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from cdktf_fast_start.kernel import further_nodes, start_node, use_node
from cdktf_fast_start.node_process import NodeProcess

from stacks.environment import Environment
from stacks.forks import Fork, shares_of

MOST_ENVIRONMENTS_A_PROCESS: Final = 250
"""Each takes half a MiB, in Python and Node together, until its process ends."""

_MANIFEST: Final = "manifest.json"
_STACKS: Final = "stacks"

Written = TypeVar("Written")
Write = Callable[[Sequence[Environment], Path], list[Written]]
"""Writes environments to a folder, with a manifest, and returns something of each."""


def write_side_by_side(environments: Sequence[Environment], folder: Path, write: Write[Written]) -> list[Written]:
    """Write the environments in this process and as many forks of it as there are further Nodes.

    Files and order are those of one process. What a fork does not get done, this process does: it then says what went
    wrong, or gets it done. Where they are too many, forks do all of it, one after another: a process and its Node keep
    all that they have made.
    """
    nodes = further_nodes()
    if not nodes:
        return write(environments, folder)
    shares = shares_of(environments, max(len(nodes) + 1, -(-len(environments) // MOST_ENVIRONMENTS_A_PROCESS)))
    folders = [folder / str(number) for number in range(len(shares))]
    written: list[list[Written] | None] = [None] * len(shares)
    takes_part = len(shares) == len(nodes) + 1
    waiting = deque(range(1 if takes_part else 0, len(shares)))
    running: deque[tuple[int, Fork[list[Written]], NodeProcess]] = deque()

    def start(node: NodeProcess) -> None:
        number = waiting.popleft()
        running.append((number, Fork(partial(_write_with, node, shares[number], folders[number], write)), node))

    try:
        for node in nodes:
            start(node)
        if takes_part:
            written[0] = write(shares[0], folders[0])
        while running:
            while waiting and len(running) <= len(nodes):
                start(start_node())
            number, fork, node = running[0]
            written[number] = fork.result()
            node.ask_to_end()
            running.popleft()
    finally:
        for _, fork, _ in running:
            fork.stop()
    done = [
        write(share, place) if result is None else result
        for share, place, result in zip(shares, folders, written, strict=True)
    ]
    _merge(folders, folder)
    return [one for share in done for one in share]


def _write_with(
    node: NodeProcess, environments: Sequence[Environment], folder: Path, write: Write[Written]
) -> list[Written]:
    use_node(node)
    return write(environments, folder)


def _merge(folders: Sequence[Path], folder: Path) -> None:
    """Make of the outputs in `folders`, which lie in `folder`, what one synthesis of all would have written there."""
    texts = [(place / _MANIFEST).read_text(encoding="utf-8") for place in folders]
    manifests = [json.loads(text) for text in texts]
    stacks = {name: stack for manifest in manifests for name, stack in manifest["stacks"].items()}
    text = json.dumps(manifests[0] | {"stacks": stacks}, indent=2, sort_keys=True, ensure_ascii=False)
    if re.search(r"\[\n *\]", texts[0]):  # CDKTF's library puts the end of an empty list on a line of its own
        text = re.sub(r"^( *)(.*)\[\](,?)$", r"\1\2[\n\1]\3", text, flags=re.MULTILINE)
    (folder / _STACKS).mkdir()
    for place in folders:
        for stack in (place / _STACKS).iterdir():
            stack.rename(folder / _STACKS / stack.name)
        shutil.rmtree(place)
    (folder / _MANIFEST).write_text(text, encoding="utf-8")
