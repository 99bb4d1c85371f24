"""Connects jsii to one Node process, to which Python sends ahead what needs no answer yet.

Where stock waits until Node has loaded a package, here Python goes on importing and waits for the first answer that it
needs. And as Python imports the class of a resource, Node reads its own.

With `send_ahead` it does not wait for Node to make an object either: which name Node gives it can be told beforehand,
and the answer is held against it when it comes. So an error of Node's is raised by a later call than the one that it is
about, and says which that was.
"""

import functools
import json
import re
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
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

_FIELDS: Final = {
    kind: tuple(field.name for field in attr.fields(kind)) for kind in (*_API, types.Override, _CompleteRequest)
}
_OBJECT: Final = "Object"
"""What Node calls an object of Python's own."""

MOST_UNANSWERED: Final = 100
MOST_UNANSWERED_BYTES: Final = 48 * 1024
"""How much may be sent ahead: what fits into the socket, or both sides would wait for each other to read."""

FIRST_NUMBER: Final = 10_000
"""What Node's kernel puts behind the `@` of the first object's name; each further object has the next number."""

ONLY_NOTED: Final = frozenset({"addMetadata", "addOverride", "overrideLogicalId", "setContext"})
"""Methods that answer nothing and do nothing but remember what they are given."""

_TOKEN: Final = re.compile(r"\$\{TfToken\[TOKEN\.\d+\]\}")
_VOID: Final = b'{"ok":{}}\n'
_BINDINGS: Final = ("cdktf", "cdktn", "constructs", "jsii")
"""What the names of modules begin with whose calls are made for somebody else."""

AFTER_AN_ERROR: Final = "nothing can be asked of Node after an object that could not be made"
NODE_ENDED: Final = "Node ended before it answered; what it said is on stderr"


class KernelConnection:
    """Takes the place of jsii's `_NodeProcess`: writes requests to Node, reads answers and errors.

    Serializes them by itself, because stock does it through cattrs, at a third of what a request costs Python.
    """

    def __init__(self, node: NodeProcess, *, makes_ahead: bool = False) -> None:
        """Expect Node's greeting, and its answers to what it was told to load."""
        self._node = node
        self._channel = node.channel
        expected = [_check_greeting, *[_check_loaded] * len(node.sent)]
        self._checks: deque[tuple[int, Callable[[bytes], None]]] = deque((0, check) for check in expected)
        self._unanswered_bytes = 0
        self._makes_ahead = makes_ahead
        self._next_number = FIRST_NUMBER
        self._error: Exception | None = None
        self._tokens: dict[str, dict[str, str]] = {}
        self._asked_for: dict[str, dict[str, None]] = {}
        self._decode = json.JSONDecoder(object_hook=self._noted if makes_ahead else ohook).decode

    def create(self, request: types.CreateRequest) -> Any:
        """Have Node make an object, and return what it is called before Node has said so."""
        if request.overrides or request.fqn == _OBJECT:
            # Node will call Python back, in the middle of whatever it is doing then: nothing can be told beforehand.
            self._makes_ahead = False
        if not self._makes_ahead:
            return self.send(request, types.CreateResponse)
        reference = f"{request.fqn}@{self._next_number}"
        expected = b'{"ok":{"$jsii.byref":"%s"' % reference.encode()
        self._append(request, functools.partial(self._check_made, expected, _caller()))
        self._next_number += 1
        return types.CreateResponse(ref=reference)

    def note(self, request: Any, response: Any) -> Any:
        """Have Node remember something, and return its `response` before it has come."""
        self._tokens.pop(request.objref.ref, None)
        if not self._makes_ahead:
            return self.send(request, type(response))
        self._append(request, functools.partial(_check_expected, _VOID, _caller()))
        return response

    def get(self, request: types.GetRequest) -> Any:
        """Ask Node for a property, unless it was a token before: another one would stand for the same value.

        Other tokens that were asked for of another object of its class are asked for at once: most programs make the
        same thing again, and a token has no effect, once something has been asked of its object.
        """
        if not self._makes_ahead:
            return self.send(request, types.GetResponse)
        reference, name = request.objref.ref, request.property
        tokens = self._tokens.setdefault(reference, {})
        if name not in tokens:
            of_class = self._asked_for.setdefault(reference.rpartition("@")[0], {})
            if name in of_class:
                for other in [each for each in of_class if each not in tokens]:
                    further = types.GetRequest(objref=request.objref, property=other)
                    self._append(further, functools.partial(_note_token, tokens, other))
                self._flush()
                self._settle(unanswered=0)
        if name not in tokens:
            response = self.send(request, types.GetResponse)
            if type(response) is not types.GetResponse or not _is_token(response.value):
                return response
            tokens[name] = response.value
            of_class[name] = None
        return types.GetResponse(value=tokens[name])

    def invoke(self, request: types.InvokeRequest) -> Any:
        """Have Node call a method, and wait for its answer."""
        self._tokens.pop(request.objref.ref, None)
        if self._makes_ahead:
            # It may write files: not if what went before has failed.
            self._flush()
            self._settle(unanswered=0)
        return self.send(request, types.InvokeResponse)

    def send(self, request: Any, response_type: type) -> Any:
        """Send `request` and wait for its answer: a `response_type`, or a callback that Node wants answered first."""
        self._write(request)
        self._flush()
        try:
            self._settle(unanswered=0)
        except Exception:
            # The answer to this request is still to come, and nobody will be there for it.
            self._checks.append((0, _check_nothing))
            raise
        message = self._decode(self._read().decode())
        if "ok" in message:
            return _response(message["ok"], response_type)
        if "callback" in message:
            return _callback(message["callback"])
        raise _error(message)

    def send_ahead(self, request: Any, check: Callable[[bytes], None]) -> None:
        """Send `request`, and have its answer checked before the next one that somebody waits for."""
        if _plain(request) in self._node.sent:
            return
        self._append(request, check)
        self._flush()

    def _append(self, request: Any, check: Callable[[bytes], None]) -> None:
        """Send `request` with the next one that cannot wait, and have its answer checked then."""
        if len(self._checks) >= MOST_UNANSWERED or self._unanswered_bytes >= MOST_UNANSWERED_BYTES:
            self._flush()
            self._settle(unanswered=MOST_UNANSWERED // 2)
        size = self._write(request)
        self._unanswered_bytes += size
        self._checks.append((size, check))

    def end_node(self) -> None:
        """Ask Node to end, and do not wait for it."""
        self._node.ask_to_end()

    def last_words(self) -> str:
        """Return, in a line, why Node has ended."""
        return self._node.last_words()

    def _check_made(self, expected: bytes, caller: str, line: bytes) -> None:
        """Check that Node has made an object, and calls it so; else all that was made after it has a wrong name."""
        try:
            _check_expected(expected, caller, line)
        except Exception as error:
            self._error = error
            raise

    def _settle(self, *, unanswered: int) -> None:
        """Read and check answers to requests that were sent ahead, until only so many are outstanding."""
        while len(self._checks) > unanswered or self._unanswered_bytes >= MOST_UNANSWERED_BYTES:
            size, check = self._checks.popleft()
            self._unanswered_bytes -= size
            check(self._read())

    def _noted(self, decoded: dict[str, Any]) -> Any:
        """Return what stock makes of an object in an answer, and note the number of one that is new here."""
        value = ohook(decoded)  # type: ignore[no-untyped-call]
        if type(value) is types.ObjRef:
            number = value.ref.rpartition("@")[2]
            self._next_number = max(self._next_number, int(number or 0) + 1)
        return value

    def _write(self, request: Any) -> int:
        """Write `request` to what is flushed later, and return its size in bytes."""
        if self._error is not None:
            raise JSIIError(f"{AFTER_AN_ERROR}: {self._error}") from self._error
        line = _encode(request).encode() + b"\n"
        try:
            self._channel.write(line)
        except (OSError, ValueError):  # closed, or ended
            raise JSIIError(NODE_ENDED) from None
        return len(line)

    def _flush(self) -> None:
        try:
            self._channel.flush()
        except (OSError, ValueError):  # closed, or ended
            raise JSIIError(NODE_ENDED) from None

    def _read(self) -> bytes:
        try:
            line = self._channel.readline()
        except OSError:
            raise JSIIError(NODE_ENDED) from None
        if not line.endswith(b"\n"):
            raise JSIIError(NODE_ENDED)
        return line


def end_node() -> None:
    """Let Node end, for a program that needs it no more, while the program goes on."""
    provider = jsii.kernel.provider
    if isinstance(provider, DirectProvider):
        provider.end_node()


def why_node_ended() -> str:
    """Return, in a line, why Node has ended; what it said is then not said on stderr."""
    provider = jsii.kernel.provider
    return provider.last_words() if isinstance(provider, DirectProvider) else "it did not say why"


class DirectProvider(ProcessProvider):
    """What jsii asks for a kernel: stock, but for the connection above."""

    def __init__(self, jsii_folder: Path, nodes: Sequence[NodeProcess], *, makes_ahead: bool = False) -> None:
        """Use the first of `nodes`, or start one when something is asked."""
        self._folder = jsii_folder
        self._node = nodes[0] if nodes else None
        self._makes_ahead = makes_ahead
        self.further_nodes = nodes[1:]

    @functools.cached_property
    def _process(self) -> KernelConnection:
        return KernelConnection(self._node or NodeProcess(self._folder), makes_ahead=self._makes_ahead)

    def on(self, node: NodeProcess) -> "DirectProvider":
        """Return what this is, but for another Node."""
        return DirectProvider(self._folder, [node], makes_ahead=self._makes_ahead)

    def start_node(self) -> NodeProcess:
        """Start one more like the further ones."""
        return NodeProcess(self._folder, self.further_nodes[0].sent)

    def end_node(self) -> None:
        """Ask each Node to end, and do not wait for it."""
        self._process.end_node()
        for node in self.further_nodes:
            node.ask_to_end()

    def last_words(self) -> str:
        """Return, in a line, why Node has ended."""
        return self._process.last_words()

    def load(self, request: types.LoadRequest) -> types.LoadResponse:
        """Have Node load a package; how many types it has, in which nobody is interested, is not known yet."""
        self._process.send_ahead(request, _check_loaded)
        return types.LoadResponse(assembly=request.name, types=0)

    def create(self, request: types.CreateRequest) -> Any:
        """Have Node make an object."""
        return self._process.create(request)

    def get(self, request: types.GetRequest) -> Any:
        """Ask Node for a property."""
        return self._process.get(request)

    def set(self, request: types.SetRequest) -> Any:
        """Have Node set a property, and do not wait for it."""
        return self._process.note(request, types.SetResponse())

    def invoke(self, request: types.InvokeRequest) -> Any:
        """Have Node call a method, and wait for its answer if it has one."""
        if request.method in ONLY_NOTED:
            return self._process.note(request, types.InvokeResponse(result=None))
        return self._process.invoke(request)

    def read_class(self, class_fqn: str) -> None:
        """Have Node read the module of a resource, by asking for a constant that every resource has."""
        request = types.StaticGetRequest(fqn=class_fqn, property="tfResourceType")
        self._process.send_ahead(request, _check_nothing)


def enable(jsii_folder: Path, nodes: Sequence[NodeProcess], *, send_ahead: bool = False) -> None:
    """Have jsii use one Node process: the first of `nodes`, or one that is started when jsii needs it."""
    jsii.kernel.provider = DirectProvider(jsii_folder, nodes, makes_ahead=send_ahead)
    stock = _reference_map.register_type
    if stock.__module__ == __name__:
        return

    def register_type(klass: Any) -> None:
        stock(klass)
        if "TF_RESOURCE_TYPE" in vars(klass) and isinstance(jsii.kernel.provider, DirectProvider):
            jsii.kernel.provider.read_class(klass.__jsii_type__)

    _reference_map.register_type = register_type


def further_nodes() -> Sequence[NodeProcess]:
    """Return the Nodes that were started for forks of this process, which ends them; none where jsii uses its own."""
    provider = jsii.kernel.provider
    return provider.further_nodes if isinstance(provider, DirectProvider) else ()


def start_node() -> NodeProcess:
    """Start one more like the `further_nodes`, of which there are some."""
    provider = jsii.kernel.provider
    assert isinstance(provider, DirectProvider)  # noqa: S101 (whose further Nodes they are)
    return provider.start_node()


def use_node(node: NodeProcess) -> None:
    """Have jsii use one of the `further_nodes`, in a fork of a process that has made no object yet."""
    provider = jsii.kernel.provider
    if isinstance(provider, DirectProvider):
        jsii.kernel.provider = provider.on(node)


def _plain(value: Any) -> Any:
    """Return what JSON can say of a request, or of an object in one."""
    if isinstance(value, types.ObjRef):
        return _unstructure_ref(value)  # type: ignore[no-untyped-call]
    kind = type(value)
    names = _FIELDS.get(kind)
    if names is not None:
        fields = {name: getattr(value, name) for name in names}
        if kind in _API:
            fields["api"] = _API[kind]
        return fields
    return jdefault(value)  # type: ignore[no-untyped-call]


_encode: Final = json.JSONEncoder(default=_plain, check_circular=False).encode


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


def _check_greeting(line: bytes) -> None:
    message = json.loads(line)
    expected = f"@jsii/runtime@{jsii.__jsii_runtime_version__}"
    if message.get("hello") != expected:
        raise JSIIError(f"expected a greeting from {expected}, got {message!r}")


def _check_loaded(line: bytes) -> None:
    message = json.loads(line)
    if "ok" not in message:
        raise _error(message)


def _check_nothing(_line: bytes) -> None:
    """Take an answer in which nobody is interested."""


def _check_expected(expected: bytes, caller: str, line: bytes) -> None:
    if line.startswith(expected):
        return
    message = json.loads(line)
    unexpected = "error" not in message
    error = JSIIError(f"expected {expected.decode()} from Node, got {message!r}") if unexpected else _error(message)
    error.add_note(f"Node answers so to {caller}; with CDKTF_FAST_START=off this error is raised there")
    raise error


def _note_token(tokens: dict[str, str], name: str, line: bytes) -> None:
    value = json.loads(line).get("ok", {}).get("value")
    if _is_token(value):
        tokens[name] = value


def _is_token(value: Any) -> bool:
    return type(value) is str and _TOKEN.fullmatch(value) is not None


def _caller() -> str:
    """Return the place of the call that bindings make a request for."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_BINDINGS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
