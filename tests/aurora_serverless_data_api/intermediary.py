"""An intermediary between the client and local AWS that does what those on the way to a real AWS do on a bad day.

It loses requests and answers, holds them up, delivers a request twice, cuts and garbles answers, and answers for
somebody else. A fault strikes the calls that a `Strike` names: of one operation or of all, the n-th of them or some by
chance. What is not struck goes to AWS and back as it is.
"""

import contextlib
import gzip
import http.client
import random
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from urllib.parse import urlsplit

from tests.local_server import LocalHandler, LocalServer

EVERY = "*"
OPERATIONS = {
    "/Execute": "execute",
    "/BatchExecute": "batch",
    "/BeginTransaction": "begin",
    "/CommitTransaction": "commit",
    "/RollbackTransaction": "rollback",
}
LATE_SECONDS = 2.5


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `raw` is written as it is, before the connection is closed."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def raw(self) -> bytes:
        """Return the bytes of the wire."""
        headers = {"Content-Length": str(len(self.body))} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode() + self.body


Write = Callable[[Answer], bytes]


@dataclass(frozen=True)
class Fault:
    """What happens to a call: how often it is delivered, when, and what comes back of the last (or first) answer."""

    write: Write | None  # None: the connection ends without a word
    deliveries: int = 1
    seconds_before: float = 0.0
    seconds_after: float = 0.0
    returns_first: bool = False
    resets: bool = False
    seconds_to_aws_answer: float | None = None  # which then follows on the same connection

    def without_delivery(self) -> "Fault":
        """Return the same, and AWS does not see the request."""
        return Fault(self.write, 0, self.seconds_before, self.seconds_after, resets=self.resets)


def said(status: int, body: bytes | str, content_type: str = "text/html", **headers: str) -> Fault:
    """Return the fault that this comes in place of AWS's answer."""
    content = body if isinstance(body, bytes) else body.encode()
    named = {"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(lambda _: Answer(status, named, content).raw)


def changed(change: Callable[[Answer], bytes]) -> Fault:
    """Return the fault that AWS's answer comes changed."""
    return Fault(change)


PAGE = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"
JSON = "application/json"
_as_it_is: Write = lambda answer: answer.raw  # noqa: E731

# Each is an answer that says nothing of the call, whether it was delivered or not.
NO_ANSWERS: dict[str, Fault] = {
    "silence": Fault(None),
    "reset": Fault(None, resets=True),
    "200 page": said(200, PAGE),
    "200 other JSON": said(200, '{"status": "ok"}', JSON),
    "200 empty object": said(200, "{}", JSON),
    "200 nothing": said(200, b"", JSON),
    "200 null": said(200, "null", JSON),
    "200 list": said(200, "[]", JSON),
    "200 number": said(200, "1", JSON),
    "200 no UTF-8": said(200, b'{"numberOfRecordsUpdated": 1, "\xff\xfe": 1}', JSON),
    "200 wrong types": said(
        200,
        '{"transactionId": 7, "transactionStatus": ["Transaction Committed"], "numberOfRecordsUpdated": "many", '
        '"records": "none", "columnMetadata": 1, "updateResults": {}}',
        JSON,
    ),
    "200 empty members": said(
        200, '{"transactionId": "", "transactionStatus": "", "numberOfRecordsUpdated": -1, "updateResults": []}', JSON
    ),
    "200 nested deeply": said(200, b"[" * 100_000, JSON),
    "200 error of AWS": said(200, '{"message": "no"}', JSON, x_amzn_ErrorType="BadRequestException"),
    "202": said(202, "", JSON),
    "204": Fault(lambda _: b"HTTP/1.1 204 No Content\r\n\r\n"),
    "102": Fault(lambda _: b"HTTP/1.1 102 Processing\r\n\r\n"),
    "206 part": changed(lambda answer: Answer(206, answer.headers, answer.body).raw),
    "301": said(301, "", Location="https://example.com/"),
    "302 to itself": said(302, PAGE, Location="/Execute"),
    "307": said(307, PAGE, Location="/Execute"),
    "400 page": said(400, PAGE),
    "400 like PostgreSQL": said(400, "ERROR: it is there; SQLState: 23505", "text/plain"),
    "401 page": said(401, PAGE, WWW_Authenticate="Basic"),
    "403 page": said(403, PAGE),
    "403 JSON": said(403, '{"code": "blocked", "message": "by policy"}', JSON),
    "403 odd JSON": said(403, '{"code": {"a": 1}, "message": ["b"]}', JSON),
    "404 page": said(404, PAGE),
    "407 page": said(407, PAGE),
    "408": said(408, ""),
    "413 page": said(413, PAGE),
    "429 page": said(429, PAGE),
    "499 list": said(499, "[1]", JSON),
    "500 page": said(500, PAGE),
    "502 page": said(502, PAGE),
    "503 list": said(503, "[1]", JSON),
    "504 error of AWS": said(504, '{"message": "no"}', JSON, x_amzn_ErrorType="DatabaseErrorException"),
    "cut head": changed(lambda answer: answer.raw[:20]),
    "cut body": changed(lambda answer: answer.raw[:-5]),
    "cut body that fits": changed(lambda answer: Answer(200, {}, answer.body[:-5]).raw),
    "length too small": changed(lambda answer: Answer(200, {"Content-Length": "8"}, answer.body).raw),
    "length no number": changed(lambda answer: Answer(200, {"Content-Length": "many"}, answer.body[:-1]).raw),
    "cut chunks": Fault(lambda _: Answer(200, {"Content-Length": "", "Transfer-Encoding": "chunked"}, b"ff\r\n{").raw),
    "compressed": changed(lambda answer: Answer(200, {"Content-Encoding": "gzip"}, gzip.compress(answer.body)).raw),
    "compressed garbage": said(200, b"\x1f\x8b\x08\x00garbage", JSON, Content_Encoding="gzip"),
    "another protocol": Fault(lambda _: b"SSH-2.0-OpenSSH_9.6\r\n"),
}
FOLLOWED_BY_AWS = {
    "102": Fault(lambda _: b"HTTP/1.1 102 Processing\r\n\r\n", seconds_to_aws_answer=0.1),
    "503": Fault(lambda _: b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", seconds_to_aws_answer=0.1),
}
ANSWERED_TWICE = Fault(lambda answer: answer.raw, seconds_to_aws_answer=0.1)
LATE = Fault(_as_it_is, seconds_after=LATE_SECONDS)
LATE_DELIVERY = Fault(_as_it_is, seconds_before=LATE_SECONDS)
DOUBLE = Fault(_as_it_is, deliveries=2)
DOUBLE_FIRST = Fault(_as_it_is, deliveries=2, returns_first=True)

FAULTS: dict[str, Fault] = (
    {f"{name}, delivered": fault for name, fault in NO_ANSWERS.items()}
    | {f"{name}, not delivered": fault.without_delivery() for name, fault in NO_ANSWERS.items()}
    | {"late answer": LATE, "late delivery": LATE_DELIVERY}
)
"""What loses the answer of a call that was done once or not at all."""


@dataclass
class Strike:
    """Which calls a fault strikes: those of `operation`, the `number`-th of them (from 1), or each with a chance."""

    fault: Fault
    operation: str = EVERY
    number: int | None = None
    probability: float = 1.0
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311  # repeatable

    def strikes(self, operation: str, number: int) -> bool:
        """Return whether it strikes the call with this number among those that this strike could mean."""
        if self.operation not in {EVERY, operation}:
            return False
        return number == self.number if self.number is not None else self.chance.random() < self.probability


class Intermediary(LocalServer):
    """Listens on `url`. `calls` counts what came, `delivered` what reached AWS, by operation."""

    def __init__(self, upstream_url: str) -> None:
        self.calls: Counter[str] = Counter()
        self.delivered: Counter[str] = Counter()
        self._strikes: list[Strike] = []
        self._lock = threading.Lock()
        self._busy = 0
        self._upstream = urlsplit(upstream_url).netloc
        super().__init__(type("Handler", (_Handler,), {"intermediary": self}))

    @contextlib.contextmanager
    def striking(self, *strikes: Strike) -> Iterator[None]:
        """Let faults strike, with calls counted from 1; at the end, wait until what was held up has arrived."""
        with self._lock:
            self.calls.clear()
            self.delivered.clear()
            self._strikes = list(strikes)
        try:
            yield
        finally:
            self._strikes = []
            while self._busy:
                time.sleep(0.01)

    def handle(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[Fault, Answer]:
        """Pass a request on as its fault wants it."""
        operation = OPERATIONS.get(path, path)
        with self._lock:
            self._busy += 1
            self.calls.update([operation, EVERY])
            struck = (each for each in self._strikes if each.strikes(operation, self.calls[each.operation]))
            fault = next((each.fault for each in struck), Fault(_as_it_is))
        try:
            time.sleep(fault.seconds_before)
            answers = [self._deliver(operation, path, body, headers) for _ in range(fault.deliveries)] or [Answer()]
            time.sleep(fault.seconds_after)
        finally:
            with self._lock:
                self._busy -= 1
        return fault, answers[0 if fault.returns_first else -1]

    def _deliver(self, operation: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        with self._lock:
            self.delivered[operation] += 1
        connection = http.client.HTTPConnection(self._upstream, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower().startswith(("content-type", "x-amzn"))
            }
            return Answer(answer.status, kept, answer.read())
        except (OSError, http.client.HTTPException):  # local AWS lost an answer on purpose
            return Answer(200, {}, b"")
        finally:
            connection.close()


class _Handler(LocalHandler):
    intermediary: Intermediary

    def do_POST(self) -> None:  # noqa: N802  # the name of http.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}}
        fault, answer = self.intermediary.handle(self.path, body, headers)
        self.close_connection = fault.write is not _as_it_is
        if fault.resets:
            self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        if fault.write is not None:
            with contextlib.suppress(OSError):
                self.wfile.write(fault.write(answer))
                self.wfile.flush()
                if fault.seconds_to_aws_answer is not None:
                    self.close_connection = False
                    time.sleep(fault.seconds_to_aws_answer)
                    self.wfile.write(answer.raw)
                    self.wfile.flush()
