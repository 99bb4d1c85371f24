"""What is measured: this project the stock way and lazily, and a plain JavaScript program that makes the same stack."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "constructs"))

from cdktf_fast_start.node import choose_node  # noqa: E402

REFERENCE: Final = ROOT / "environments" / "reference.toml"
JAVASCRIPT_FOLDER: Final = ROOT / "benchmarks" / "javascript"
STOCK, LAZY, JAVASCRIPT = "Python, stock", "Python, lazy", "JavaScript"
NAME_PREFIX: Final = re.compile(r'^name_prefix = "(.*)"$', re.MULTILINE)


@dataclass(frozen=True)
class Environments:
    """A folder with a number of environment files, and the names and name prefixes in them."""

    folder: Path
    prefixes: Mapping[str, str]


@dataclass(frozen=True)
class Program:
    """A command to measure, as long as it takes from its start to its end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


def write_environments(count: int, folder: Path) -> Environments:
    """Write `count` environment files into `folder`: the reference itself, or copies of it under other names."""
    text = REFERENCE.read_text(encoding="utf-8")
    found = NAME_PREFIX.search(text)
    if found is None:
        raise SystemExit(f"error: {REFERENCE} has no name_prefix to replace")
    prefixes = {"reference": found[1]}
    if count > 1:
        prefixes = {f"reference-{number}": f"{found[1]}-{number}" for number in range(count)}
    folder.mkdir(parents=True)
    for name, prefix in prefixes.items():
        (folder / f"{name}.toml").write_text(NAME_PREFIX.sub(f'name_prefix = "{prefix}"', text), encoding="utf-8")
    return Environments(folder, prefixes)


def stock_python(environments: Environments, output: Path) -> Program:
    """Return this project with bindings that load the stock way."""
    return _python(STOCK, environments, output, CDKTF_FAST_START="off")


def lazy_python(environments: Environments, output: Path) -> Program:
    """Return this project as it is."""
    return _python(LAZY, environments, output)


def javascript(environments: Environments, output: Path) -> Program:
    """Return the JavaScript program, on the Node that this project runs on."""
    stacks = [f"{name}={prefix}" for name, prefix in environments.prefixes.items()]
    command = [str(choose_node()), str(JAVASCRIPT_FOLDER / "reference_stack.js"), str(output), *stacks]
    return Program(JAVASCRIPT, command, _environment())


def node_version() -> str:
    """Return the version of the Node that everything runs on."""
    printed = subprocess.run([choose_node(), "--version"], capture_output=True, text=True, check=True)
    return printed.stdout.strip().removeprefix("v")


def install_javascript() -> None:
    """Install what the JavaScript program needs, with the npm that comes with Node, unless it is there."""
    lock = JAVASCRIPT_FOLDER / "package-lock.json"
    installed = JAVASCRIPT_FOLDER / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    node = choose_node()
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    # Not the npm on the PATH: it could be of another Node. Its launcher beside Node is a link that not every installer
    # of wheels keeps.
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        subprocess.run(command, cwd=JAVASCRIPT_FOLDER, env=_environment() | {"PATH": path}, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"error: the JavaScript program's packages cannot be installed: {error}") from None
    installed.touch()


def differences(python_output: Path, javascript_output: Path) -> Iterator[str]:
    """Yield where the reference's JSON of Python and of JavaScript are not the same, apart from words for people."""
    ours, theirs = (
        json.loads((output / "stacks" / "reference" / "cdk.tf.json").read_text(encoding="utf-8"))
        for output in (python_output, javascript_output)
    )
    yield from _differences("", _without_words(ours), _without_words(theirs))


def _python(name: str, environments: Environments, output: Path, **settings: str) -> Program:
    arguments = ["--environments", str(environments.folder), "--output", str(output)]
    return Program(name, [sys.executable, str(ROOT / "main.py"), *arguments], _environment() | settings)


def _environment() -> dict[str, str]:
    """Return this process's environment without what would decide how bindings load, or which Node runs."""
    decides = ("JSII_NODE", "JSII_RUNTIME", "NODE_OPTIONS", "CDKTF_FAST_START")
    return {name: value for name, value in os.environ.items() if name not in decides}


def _without_words(value: Any) -> Any:
    """Return JSON without error messages and instructions, and with policies as JSON instead of text.

    JSON.stringify leaves out the spaces that json.dumps writes.
    """
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key != "error_message"}
        if "setup_instructions" in kept.get("output", {}):
            kept["output"] = kept["output"] | {"setup_instructions": None}
        return {key: _without_words(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_without_words(item) for item in value]
    if isinstance(value, str) and value.startswith('{"'):
        return json.loads(value)
    return value


def _differences(path: str, ours: Any, theirs: Any) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}):
            yield from _differences(f"{path}.{key}".lstrip("."), ours.get(key), theirs.get(key))
    elif ours != theirs:
        yield f"{path}: {ours!r} in Python, {theirs!r} in JavaScript"
