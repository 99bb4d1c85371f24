"""Connects jsii to one Node process, to which Python sends ahead what needs no answer yet.

Where stock waits until Node has loaded a package, here Python goes on importing and waits for the first answer that it
needs. And as Python imports the class of a resource, Node reads its own.
"""

import functools
import json
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attr
import jsii
from cdktf_fast_start.node_process import NodeProcess
from jsii import _reference_map
from jsii._kernel import types
from jsii._kernel.providers.process import ProcessProvider, _CompleteRequest, _unstructure_ref, jdefault, ohook
from jsii.errors import ErrorType, JavaScriptError, JSIIError

Message = Mapping[str, Any]

_API: Final[Mapping[type, str]] = {
    types.LoadRequest: "load",
    types.GetScriptCommandRequest: "getBinScriptCommand",
    types.CreateRequest: "create",
    types.DeleteRequest: "del",
    types.GetRequest: "get",
    types.StaticGetRequest: "sget",
    types.SetRequest: "set",
    types.StaticSetRequest: "sset",
    types.InvokeRequest: "invoke",
    types.StaticInvokeRequest: "sinvoke",
    types.BeginRequest: "begin",
    types.StaticBeginRequest: "sbegin",
    types.EndRequest: "end",
    types.CallbacksRequest: "callbacks",
    types.CompleteRequest: "complete",
    types.StatsRequest: "stats",
}
"""What Node calls each request."""

MOST_UNANSWERED: Final = 32
"""How many requests may be sent ahead: their answers must fit into the socket, or both sides would wait for ever."""

NODE_ENDED: Final = "Node ended before it answered; what it said is on stderr"


class KernelConnection:
    """Takes the place of jsii's `_NodeProcess`: writes requests to Node, reads answers and errors.

    Serializes them by itself, because stock does it through cattrs, at a third of what a request costs Python.
    """

    def __init__(self, node: NodeProcess) -> None:
        """Expect Node's greeting, and its answers to what it was told to load."""
        self._node = node
        self._channel = node.channel
        self._checks: deque[Callable[[Message], None]] = deque([_check_greeting, *[_check_loaded] * len(node.sent)])

    def send(self, request: Any, response_type: type) -> Any:
        """Send `request` and wait for its answer: a `response_type`, or a callback that Node wants answered first."""
        self._write(request)
        try:
            self._settle(unanswered=0)
        except Exception:
            # The answer to this request is still to come, and nobody will be there for it.
            self._checks.append(_check_nothing)
            raise
        message = self._read()
        if "ok" in message:
            return _response(message["ok"], response_type)
        if "callback" in message:
            return _callback(message["callback"])
        raise _error(message)

    def send_ahead(self, request: Any, check: Callable[[Message], None]) -> None:
        """Send `request`, and have its answer checked before the next one that somebody waits for."""
        if _plain(request) in self._node.sent:
            return
        self._settle(unanswered=MOST_UNANSWERED - 1)
        self._write(request)
        self._checks.append(check)

    def last_words(self) -> str:
        """Return, in a line, why Node has ended."""
        return self._node.last_words()

    def _settle(self, *, unanswered: int) -> None:
        """Read and check answers to requests that were sent ahead, until only so many are outstanding."""
        while len(self._checks) > unanswered:
            check = self._checks.popleft()
            check(self._read())

    def _write(self, request: Any) -> None:
        line = json.dumps(request, default=_plain).encode() + b"\n"
        try:
            self._channel.write(line)
            self._channel.flush()
        except (OSError, ValueError):  # closed, or ended
            raise JSIIError(NODE_ENDED) from None

    def _read(self) -> Message:
        try:
            line = self._channel.readline()
        except OSError:
            raise JSIIError(NODE_ENDED) from None
        if not line.endswith(b"\n"):
            raise JSIIError(NODE_ENDED)
        message: Message = json.loads(line, object_hook=ohook)
        return message


def why_node_ended() -> str:
    """Return, in a line, why Node has ended; what it said is then not said on stderr."""
    provider = jsii.kernel.provider
    return provider.last_words() if isinstance(provider, DirectProvider) else "it did not say why"


class DirectProvider(ProcessProvider):
    """What jsii asks for a kernel: stock, but for the connection above."""

    def __init__(self, jsii_folder: Path, node: NodeProcess | None) -> None:
        """Use `node`, or start one when something is asked."""
        self._folder = jsii_folder
        self._node = node

    @functools.cached_property
    def _process(self) -> KernelConnection:
        return KernelConnection(self._node or NodeProcess(self._folder))

    def last_words(self) -> str:
        """Return, in a line, why Node has ended."""
        return self._process.last_words()

    def load(self, request: types.LoadRequest) -> types.LoadResponse:
        """Have Node load a package; how many types it has, in which nobody is interested, is not known yet."""
        self._process.send_ahead(request, _check_loaded)
        return types.LoadResponse(assembly=request.name, types=0)

    def read_class(self, class_fqn: str) -> None:
        """Have Node read the module of a resource, by asking for a constant that every resource has."""
        request = types.StaticGetRequest(fqn=class_fqn, property="tfResourceType")
        self._process.send_ahead(request, _check_nothing)


def enable(jsii_folder: Path, node: NodeProcess | None) -> None:
    """Have jsii use one Node process: `node`, or one that is started when jsii needs it."""
    jsii.kernel.provider = DirectProvider(jsii_folder, node)
    stock = _reference_map.register_type
    if stock.__module__ == __name__:
        return

    def register_type(klass: Any) -> None:
        stock(klass)
        if "TF_RESOURCE_TYPE" in vars(klass) and isinstance(jsii.kernel.provider, DirectProvider):
            jsii.kernel.provider.read_class(klass.__jsii_type__)

    _reference_map.register_type = register_type


def _plain(value: Any) -> Any:
    """Return what JSON can say of a request, or of an object in one."""
    if isinstance(value, types.ObjRef):
        return _unstructure_ref(value)  # type: ignore[no-untyped-call]
    kind = type(value)
    if kind in _API or kind is types.Override or kind is _CompleteRequest:
        fields = {field.name: getattr(value, field.name) for field in attr.fields(kind)}
        return {**fields, "api": _API[kind]} if kind in _API else fields
    return jdefault(value)  # type: ignore[no-untyped-call]


def _response(answer: Any, response_type: type) -> Any:
    if isinstance(answer, types.ObjRef):
        return types.CreateResponse(ref=answer.ref)
    if response_type is types.CallbacksResponse:
        return types.CallbacksResponse(callbacks=[_callback(callback) for callback in answer["callbacks"]])
    return _made(response_type, answer)


def _callback(answer: Message) -> types.Callback:
    requests = {"invoke": types.InvokeRequest, "get": types.GetRequest, "set": types.SetRequest}
    return types.Callback(
        cbid=answer["cbid"],
        cookie=answer["cookie"],
        **{name: _made(kind, answer[name]) for name, kind in requests.items() if answer.get(name)},
    )


def _made(kind: type, values: Message) -> Any:
    """Make a `kind` from those of `values` that it has a field for."""
    names = [field.name for field in attr.fields(kind)]
    return kind(**{name: values[name] for name in names if name in values})


def _error(message: Message) -> Exception:
    fault = message.get("name") == ErrorType.JSII_FAULT.value
    error = (JSIIError if fault else RuntimeError)(message.get("error"))
    error.__cause__ = JavaScriptError(message.get("stack"))  # type: ignore[no-untyped-call]
    return error


def _check_greeting(message: Message) -> None:
    expected = f"@jsii/runtime@{jsii.__jsii_runtime_version__}"
    if message.get("hello") != expected:
        raise JSIIError(f"expected a greeting from {expected}, got {message!r}")


def _check_loaded(message: Message) -> None:
    if "ok" not in message:
        raise _error(message)


def _check_nothing(_message: Message) -> None:
    """Take an answer in which nobody is interested."""
