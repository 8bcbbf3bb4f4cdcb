"""Listening: one process that serves an ASGI application over HTTP/1.1, with TLS if asked for, until it is told to stop.

Owns the socket, patience with slow or endless requests before the application sees them, and a clean stop: on SIGTERM
or SIGINT nothing new is taken, what was taken is answered, then ``run`` returns. Knows no route.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import resource
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from prasasti.web.files import COPYING
from prasasti.web.limits import Budget, name_client
from prasasti.web.problems import Problem

HEAD_SECONDS = 10.0
MAX_HEAD_BYTES = 16_384
# What may come beside the body itself: the sizes of its chunks. A body in chunks of one byte has five for each.
FRAMING_PER_BODY_BYTE = 8
IDLE_SECONDS = 15
# A client that reads less than the transport's buffer (64 kB) in this time is not waited for.
UNREAD_SECONDS = 60.0
# Of a file that is copied past that buffer, what a slow client is to read in the same time, and what a fast one has at once.
LEAST_READ_BYTES = 262_144
COPIED_TOGETHER_BYTES = 2**20
CAN_COPY = sys.platform == "linux"
MAX_CONNECTIONS = 1_000
OTHER_FILES = 1_000
STOP_SECONDS = 30
BACKLOG = 2_048

CROWDED_BODY = b'{"type":"/v1/problems/crowded","title":"Too many connections; try again.","status":503,"code":"crowded"}'
CROWDED = b"\r\n".join(
    (
        b"HTTP/1.1 503 Service Unavailable", b"content-type: application/problem+json", b"retry-after: 5", b"connection: close",
        b"content-length: %d" % len(CROWDED_BODY), b"", CROWDED_BODY,
    )
)  # fmt: skip

Application = Callable[..., Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class CannotListen(Exception):
    """The address cannot be listened on, or the certificate not be used; the message says why and what to do."""


def run(
    app: Application,
    host: str,
    port: int,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    trusted_proxies: tuple[str, ...] = (),
    max_connections: int = MAX_CONNECTIONS,
    stop_seconds: int = STOP_SECONDS,
    on_listening: Callable[[str], None] = lambda _: None,
    on_stopping: Callable[[], None] = lambda: None,
    stop: threading.Event | None = None,
) -> None:
    """Serve an ASGI 3 application until SIGTERM, SIGINT or the event ``stop``; CannotListen.

    ``port`` 0 takes a free one. ``on_listening`` is told the address, such as ``http://127.0.0.1:8080``, once requests are
    taken; ``on_stopping`` is called on the loop's thread before those under way are waited for, ``stop_seconds`` long.
    Of ``trusted_proxies`` alone (addresses or networks) X-Forwarded-For and X-Forwarded-Proto are believed.
    """
    _check_tls(tls_cert, tls_key)
    seats = Seats(max_connections, _read_proxies(trusted_proxies))
    _allow_files(2 * max_connections + OTHER_FILES)  # As many again wait to be told that there is no seat for them.
    listener = _listen(host, port)
    protocol = type("Protocol", (PatientProtocol,), {"seats": seats})
    config = uvicorn.Config(
        send_files(app), http=protocol, ws="none", loop="asyncio", lifespan="off", interface="asgi3",
        log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(trusted_proxies), forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=IDLE_SECONDS, timeout_graceful_shutdown=stop_seconds,
        ssl_certfile=tls_cert, ssl_keyfile=tls_key,
    )  # fmt: skip
    server = _Server(config, on_listening, on_stopping, stop)
    with listener:
        server.run(sockets=[listener])


def _check_tls(tls_cert: Path | None, tls_key: Path | None) -> None:
    if (tls_cert is None) != (tls_key is None):
        raise CannotListen("TLS needs both, the certificate (with its chain) and its key")
    if tls_cert is None or tls_key is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(tls_cert, tls_key, password=_refuse_passphrase)
    except (OSError, ValueError) as problem:  # ssl.SSLError is an OSError
        raise CannotListen(f"{tls_cert} and {tls_key} are no certificate and its key, in PEM: {problem}") from problem


def _refuse_passphrase() -> str:
    raise ValueError("the key is encrypted, and nobody is there to ask when the node starts; give a file that only its user can read")


def _allow_files(count: int) -> None:
    """Raise this process's limit of open files, as far as it may: connections that run into it would keep it from its own files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (count if hard == resource.RLIM_INFINITY else min(hard, count), hard))


def _read_proxies(words: Sequence[str]) -> list[Network]:
    """Networks of proxies, as uvicorn reads them: what one takes for a proxy and the other does not would have no limits."""
    try:
        return [ipaddress.ip_network(each) for each in words]
    except ValueError as problem:
        raise CannotListen(f"a trusted proxy is an address, or a network such as 192.0.2.0/24: {problem}") from problem


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except BaseException:
            listener.close()
            raise
    except OSError as problem:
        reason = f"{host} port {port} cannot be listened on: {problem.strerror}"
        raise CannotListen(f"{reason}; choose another with --host or --port") from problem
    return listener


class _Server(uvicorn.Server):
    """uvicorn's server, whose signals end ``run`` and not the process: what stands behind the application ends after it."""

    def __init__(
        self, config: uvicorn.Config, on_listening: Callable[[str], None], on_stopping: Callable[[], None], stop: threading.Event | None
    ) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._on_stopping = on_stopping
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            host, port, *_ = listener.getsockname()
            scheme = "https" if self.config.ssl else "http"
            self._on_listening(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or (self._stop is not None and self._stop.is_set())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.should_exit = True
        self._on_stopping()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)


def send_files(app: Application) -> Application:
    """An application that may hand over a file to be sent: ASGI's extension ``http.response.zerocopysend``, without ``offset``.

    The system copies it from its cache to the socket: nothing of it lies in this process, or in a thread, for a client that
    is slow. With TLS, which is this process's to write, it is not offered.
    """

    async def call(scope: Any, receive: Any, send: Any) -> None:
        cycle = getattr(send, "__self__", None)
        if not CAN_COPY or not isinstance(cycle, RequestResponseCycle):
            await app(scope, receive, send)
            return
        if cycle.transport.get_extra_info("sslcontext") is not None:
            await app(scope, receive, send)
            return

        async def send_or_copy(event: Any) -> None:
            if event["type"] == COPYING:
                await _copy(cycle, event["file"], event["count"])
            else:
                await cycle.send(event)

        scope.setdefault("extensions", {})[COPYING] = {}
        await app(scope, receive, send_or_copy)

    return call


async def _copy(cycle: RequestResponseCycle, file: FileIO, count: int) -> None:
    """Send so many bytes from a file's position as part of a body; EOFError where it has fewer."""
    transport, left = cycle.transport, count
    try:
        while left > 0 and not cycle.disconnected and not transport.is_closing():
            sent = _copy_now(transport, file, min(left, COPIED_TOGETHER_BYTES))
            if sent is None:
                sent = await _copy_in_time(transport, file, min(left, LEAST_READ_BYTES))
            if not sent:
                raise EOFError("the file became shorter while it was sent")
            cycle.expected_content_length -= sent
            left -= sent
            if left:
                await asyncio.sleep(0)  # Others have their turn.
    except OSError:  # The client went away, or did not read in time: TimeoutError is one, too.
        transport.abort()
    if left:
        cycle.disconnected = True  # What follows is for nobody.


def _copy_now(transport: asyncio.Transport, file: FileIO, count: int) -> int | None:
    """Bytes that the socket takes at once, which of a fast client is most of a file; None where it takes none so."""
    if transport.get_write_buffer_size():
        return None
    try:
        return os.sendfile(transport.get_extra_info("socket").fileno(), file.fileno(), None, count)
    except OSError:
        return None  # Nothing for now (BlockingIOError), never, or not on this file system: the next step finds out.


async def _copy_in_time(transport: asyncio.Transport, file: FileIO, count: int) -> int:
    """Bytes that a client reads in time; TimeoutError. What a file system cannot copy, asyncio reads."""
    async with asyncio.timeout(UNREAD_SECONDS):
        return await asyncio.get_running_loop().sendfile(transport, file, file.tell(), count)


class Seats:
    """Which connections are served: so many in all, and of one client half of these, so that nobody shuts out the others.

    Behind a trusted proxy is everybody: its connections count in all alone.
    """

    def __init__(self, count: int, proxies: Sequence[Network] = ()) -> None:
        self.count = count
        self._taken = Budget(count, max(1, count // 2), "crowded", "crowded")
        self._proxies = proxies

    @property
    def taken(self) -> int:
        """Connections that have one."""
        return self._taken.held

    def take(self, address: str, port: int) -> str | None:
        """Whose seat a new connection has; None where there is none for it."""
        owner = f"{address} {port}" if self._is_proxy(address) else name_client(address)
        try:
            self._taken.add(owner, 1)
        except Problem:
            return None
        return owner

    def leave(self, owner: str) -> None:
        """The connection is over."""
        self._taken.give_back(owner, 1)

    def _is_proxy(self, address: str) -> bool:
        if not self._proxies:
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._proxies)


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 with an end to patience: with a head that is slow or endless, with who does not read, with too many at once.

    The parser keeps a head, or a trailer, in memory until it is whole; without these limits that memory is the sender's.
    """

    seats = Seats(MAX_CONNECTIONS)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._seat: str | None = None
        self._framing_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._is_head_whole = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client is not None:
            self.client = (_unmap(self.client[0]), self.client[1])
        self._await_head()
        self._seat = self.seats.take(*self.client) if self.client is not None else None
        # Who has no seat is told so, and of these there are no more than there are seats.
        if self._seat is None and len(self.connections) - self.seats.taken > self.seats.count:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._seat is not None:
            self.seats.leave(self._seat)
            self._seat = None
        self._stop_timer()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread_timer is None:
            self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        # A closed transport waits until its last bytes are read, which may be never.
        self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._seat is None:
            self.transport.write(CROWDED)
            self.transport.close()
            return
        self._framing_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._framing_bytes > MAX_HEAD_BYTES:
            self._refuse_head()
        elif self._head_timer is None and self._is_between_requests():
            self._await_head()

    def on_message_begin(self) -> None:
        self._is_head_whole = False
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        # A trailer, which nothing here reads.
        if not self._is_head_whole:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_head_whole = True
        self._framing_bytes = 0
        self._stop_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._framing_bytes = max(0, self._framing_bytes - FRAMING_PER_BODY_BYTE * len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._framing_bytes = 0
        super().on_message_complete()

    def _is_between_requests(self) -> bool:
        """Whether bytes came, such as empty lines, that begin no request and yet ended the wait for one."""
        return self.timeout_keep_alive_task is None and self.cycle.response_complete and not self.cycle.more_body

    def _await_head(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_head_up)

    def _give_head_up(self) -> None:
        if not getattr(self.cycle, "response_complete", True):  # None, before the first request.
            # It came behind a request that is being answered, and an answer has a patience of its own. A copy whose socket is
            # closed under it would end later, in asyncio's books, the connection that has the socket's number since.
            self._await_head()
        else:
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse_head(self) -> None:
        if not self._is_head_whole:
            self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


def _unmap(address: str) -> str:
    """An address of IPv4 as such, also where it comes mapped into IPv6's: a listener on ``::`` has both."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return address
