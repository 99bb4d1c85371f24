"""Providers that stay between the commands of Terraform, and show it the part of their schema that the tests use.

Four of the six seconds of processor time of a plan go into the schemas of 1,500 types of resources, which the provider
writes and Terraform reads for each command. Here the programs are the same; between them and Terraform every message
passes as it is, except that `GetSchema` answers for the types of `SERVICES` alone. Terraform refuses a configuration or
a state with any other type, by name.
"""

import atexit
import base64
import itertools
import json
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import grpc

SERVICES: Final = (
    "appautoscaling availability_zone backup caller_identity cloudwatch db ec2_managed_prefix_list eip iam "
    "instance internet_gateway kms lambda nat_gateway partition rds region route s3_bucket secretsmanager "
    "security_group service sns ssm subnet vpc"
).split()
"""What the names of the types begin with, after `aws_`."""

_SAYS_NOTHING: Final = {"PYTEST_CURRENT_TEST"}
"""Variables that change from test to test, and are no reason for another provider."""

# They live long enough to collect garbage: else each grows to the limit of the short-lived ones, 700 MB.
_MEMORY: Final = {"GOGC": "100"}

_COOKIE: Final = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}
_PROTOCOLS: Final = {"PLUGIN_PROTOCOL_VERSIONS": "5,6"}
# The provider ends with the pipe to it, also when the tests are killed.
_ENDS_WITH_PIPE: Final = '"$0" <&- & exec >&-; read -r _; kill -9 $!; wait'
_UNLIMITED: Final = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_CERTIFIED_NAME: Final = ("grpc.ssl_target_name_override", "localhost")
_TYPES_BY_NAME: Final = {2, 3, 8}  # of tfplugin5 and tfplugin6: resources, data sources, ephemeral resources
_SCHEMA: Final = {"GetSchema", "GetProviderSchema"}
_CONFIGURE: Final = {"Configure", "ConfigureProvider"}
_THREADS: Final = 64  # for each provider; Terraform asks for at most 30 things at once


class _Program:
    """One running provider."""

    def __init__(self, executable: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["sh", "-c", _ENDS_WITH_PIPE, executable],
            env={**environment, **_MEMORY, **_COOKIE, **_PROTOCOLS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline().strip()
        if said.count("|") < 4:
            self._process.communicate()
            raise RuntimeError(f"{executable.name} does not start: it said {said!r}")
        # https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md; a certificate only if it wants TLS.
        _, self.protocol, network, address, _, *rest = said.split("|")
        target = f"unix:{address}" if network == "unix" else address
        if certificate := "".join(rest[:1]):
            der = base64.b64decode(certificate + "=" * (-len(certificate) % 4))
            credentials = grpc.ssl_channel_credentials(ssl.DER_cert_to_PEM_cert(der).encode())
            self._channel = grpc.secure_channel(target, credentials, [*_UNLIMITED, _CERTIFIED_NAME])
        else:
            self._channel = grpc.insecure_channel(target, _UNLIMITED)

    def call(self, method: str, request: bytes) -> bytes:
        answer: bytes = self._channel.unary_unary(method)(request)
        return answer

    def end(self) -> None:
        self._channel.close()
        self._process.communicate()


class _Provider(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """A server that passes the calls of Terraform on, to a program for each configuration: there may be several."""

    def __init__(self, executable: Path, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._programs = [_Program(executable, environment)]
        self._is_configured = False
        self._configured: dict[bytes, _Program] = {}
        self._of_connection: dict[str, _Program] = {}
        self._executable = executable
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(_THREADS), handlers=[self], options=_UNLIMITED)
        self._port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def reattach(self) -> dict[str, Any]:
        """Return what TF_REATTACH_PROVIDERS says of this provider."""
        return {
            "Protocol": "grpc",
            "ProtocolVersion": int(self._programs[0].protocol),
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{self._port}"},
        }

    def service(self, details: Any) -> Any:
        """Return how a call is answered; go-plugin's own services are left out, as an old plugin may."""
        method = details.method
        if not method.startswith("/tfplugin"):
            return None
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self._answer(method, request, context))

    def _answer(self, method: str, request: bytes, context: Any) -> bytes:
        name = method.rpartition("/")[2]
        try:
            if name in _SCHEMA:
                return self._schema_in_use(method, request)
            if name in _CONFIGURE:
                return self._configure(method, request, context.peer())
            return self._of_connection.get(context.peer(), self._programs[0]).call(method, request)
        except grpc.RpcError as error:
            context.abort(error.code(), error.details())
            raise

    def _schema_in_use(self, method: str, request: bytes) -> bytes:
        with self._lock:
            if self._executable not in _SCHEMAS:
                _SCHEMAS[self._executable] = types_in_use(self._programs[0].call(method, request))
            return _SCHEMAS[self._executable]

    def _configure(self, method: str, request: bytes, connection: str) -> bytes:
        with self._lock:
            if request in self._configured:
                self._of_connection[connection] = self._configured[request]
                return b""
            if self._is_configured:
                self._programs.append(_Program(self._executable, self._environment))
            self._is_configured = True
            program = self._of_connection[connection] = self._programs[-1]
            answer = program.call(method, request)
            if not answer:  # else there are errors or warnings, which the next command shall see too
                self._configured[request] = program
            return answer

    def end(self) -> None:
        self._server.stop(None)
        for program in self._programs:
            program.end()


@dataclass
class _Kept:
    """The providers of an environment, by the path of their program."""

    providers: dict[Path, _Provider] = field(default_factory=dict)
    users: int = 0

    def end(self) -> None:
        for provider in self.providers.values():
            provider.end()


_SCHEMAS: dict[Path, bytes] = {}
_KEPT: dict[frozenset[tuple[str, str]], _Kept] = {}
_LOCK: Final = threading.RLock()


@contextmanager
def kept_providers(folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Return the environment of a command in a folder: with the providers that `terraform init` installed there, kept.

    A provider reads its environment when it is configured, so that each environment has providers of its own. They end
    when Terraform runs in another one: tests go from one local AWS to the next, and a provider takes 200 MB.
    """
    installed = {
        "/".join(executable.parts[-6:-3]): executable.resolve()
        for executable in (folder / ".terraform" / "providers").glob("*/*/*/*/*/terraform-provider-*")
    }
    key = frozenset((name, value) for name, value in environment.items() if name not in _SAYS_NOTHING)
    with _LOCK:
        kept = _KEPT.setdefault(key, _Kept())
        kept.users += 1
        for other in [other for other, of in _KEPT.items() if of.users == 0]:
            _KEPT.pop(other).end()
        for executable in installed.values():
            if executable not in kept.providers:
                kept.providers[executable] = _Provider(executable, environment)
    try:
        reattach = {address: kept.providers[path].reattach for address, path in installed.items()}
        yield {**environment, "TF_REATTACH_PROVIDERS": json.dumps(reattach)} if installed else dict(environment)
    finally:
        with _LOCK:
            kept.users -= 1


@atexit.register
def _end_all() -> None:
    for kept in _KEPT.values():
        kept.end()


def types_in_use(schema: bytes) -> bytes:
    """Return the answer to GetSchema without the types of other services, and otherwise as it is."""
    return b"".join(
        schema[start:end]
        for number, start, content, end in _fields(schema)
        if number not in _TYPES_BY_NAME or _is_used(_name(schema[content:end]))
    )


def _is_used(type_: str) -> bool:
    return not type_.startswith("aws_") or type_.removeprefix("aws_").startswith(tuple(SERVICES))


def _name(entry: bytes) -> str:
    """Return the key of an entry of a map."""
    return next(entry[content:end].decode() for number, _, content, end in _fields(entry) if number == 1)


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Return each field of a Protocol Buffers message: number, and where it starts, its content starts, and it ends.

    https://protobuf.dev/programming-guides/encoding/; these messages have fields with a length and numbers only.
    """
    position = 0
    while position < len(message):
        start = position
        tag, position = _varint(message, position)
        value, content = _varint(message, position)
        position = content + value if tag & 7 == 2 else content
        yield tag >> 3, start, content, position


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in itertools.count(0, 7):
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
    return value, position
