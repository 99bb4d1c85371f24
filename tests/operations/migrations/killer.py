"""Runs command lines in processes of their own, and kills each at one of its calls of the Data API.

Started as `python -m tests.operations.migrations.killer`, with one JSON document on standard input: runs, each with its
command line, the number of the call at which it is killed (none: never), and whether before that call or during it.
Everything slow is imported once; each run is a fork. Writes the list of results to standard output.
"""

import contextlib
import io
import json
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from aurora_serverless_data_api.endpoint import Endpoint
from cli.main import main
from operations.migrations import connection, runner

SIMULTANEOUS = 2
DURING_SECONDS = 0.004  # the request is on its way, or at work, and nobody will read the answer


def run_all(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run them, two at a time, and return exit status (negative: the signal), output and number of calls of each."""
    _warm_up(runs[0]["line"])
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / str(number) for number in range(len(runs))]
        statuses: dict[int, int] = {}
        running: dict[int, int] = {}
        for number, (run, output) in enumerate(zip(runs, outputs, strict=True)):
            if len(running) == SIMULTANEOUS:
                _await_one(running, statuses)
            process = os.fork()
            if process == 0:
                _run(run, output)
            running[process] = number
        while running:
            _await_one(running, statuses)
        return [
            {
                "status": statuses[number],
                "output": output.read_text(),
                "calls": output.with_suffix(".calls").read_text(),
            }
            for number, output in enumerate(outputs)
        ]


def _warm_up(line: list[str]) -> None:
    """Look at the ledger, so that a fork finds imported what a run imports late: four fifths of its processor time."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["migrate", "status", *line[1:]])


def _await_one(running: dict[int, int], statuses: dict[int, int]) -> None:
    process, status = os.wait()
    statuses[running.pop(process)] = os.waitstatus_to_exitcode(status)


def _run(run: dict[str, Any], output: Path) -> None:
    file = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    calls = output.with_suffix(".calls")
    calls.write_text("")
    _count(calls, run.get("kill_at"), is_before=run.get("is_before", False))
    status = 70
    try:
        status = main(run["line"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _count(file: Path, kill_at: int | None, *, is_before: bool) -> None:
    stock = Endpoint.call
    count = 0

    def call(self: Endpoint, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        nonlocal count
        count += 1
        with file.open("a") as lines:
            lines.write(f"{operation}\n")
        if count == kill_at:
            if not is_before:
                threading.Thread(target=stock, args=(self, operation, arguments), daemon=True).start()
                time.sleep(DURING_SECONDS)
            os.kill(os.getpid(), signal.SIGKILL)
        return stock(self, operation, arguments)

    Endpoint.call = call  # type: ignore[method-assign]


if __name__ == "__main__":
    del connection, runner  # imported for the forks
    json.dump(run_all(json.load(sys.stdin)), sys.stdout)
