"""A TCP port of this machine that leads to the PostgreSQL of a cluster, for psql and what else speaks its protocol.

PostgreSQL itself listens on a socket only: so a connection wakes a paused cluster, as on Aurora, and the port stays
open while PostgreSQL sleeps.
"""

import contextlib
import socket
import threading
from collections.abc import Callable

from local_aws.data_api.errors import DataApiError
from local_aws.errors import LocalAwsError
from local_aws.ports import listen

_CHUNK_BYTES = 65_536


class TcpPort:
    """Listens until `close`. Raises LocalAwsError where it cannot; `number` 0 takes a free one.

    `dial` returns a connection to PostgreSQL and what is called when that has ended.
    """

    def __init__(self, number: int, dial: Callable[[], tuple[socket.socket, Callable[[], None]]]) -> None:
        self._dial = dial
        self._listening = listen(number)
        self.number: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._clients: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and end all connections."""
        # A thread that waits for the next connection is not woken by the end of the socket alone.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            _shut(client, socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._clients.add(client)
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server, hang_up = self._dial()
        except (LocalAwsError, DataApiError, OSError):
            self._drop(client)
            return
        back = threading.Thread(target=_pump, args=(server, client), daemon=True)
        back.start()
        _pump(client, server)
        back.join()
        server.close()
        hang_up()
        self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        with self._lock:
            self._clients.discard(client)
        client.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes until one side ends, which the other is told."""
    buffer = bytearray(_CHUNK_BYTES)
    view = memoryview(buffer)
    try:
        while count := source.recv_into(buffer):
            target.sendall(view[:count])
    except OSError:
        _shut(source, socket.SHUT_RDWR)
    _shut(target, socket.SHUT_WR)


def _shut(connection: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(how)
