"""Attacks on a member's witness: what one who may ask it anything takes of its disk, its memory and its patience."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

from prasasti.log.witness_documents import count_disk_bytes
from prasasti.services.witnessing import Witness
from prasasti.web.server import run
from prasasti.web.witness import DOCUMENTS_AT_ONCE, SMALL_TOGETHER, WitnessLimits, make_witness_app
from tests.log.worlds import make_entries
from tests.witness.worlds import START, SignedLog, run_witness

CHAIN = "89ebfe645d28383ab6a701e19662c368"
UNTIL = START + 86_400
LARGEST = 64 * 1_024
PATIENCE_SECONDS = 60.0
ATTACKER, OTHER = "127.1.0.1", "127.1.0.2"
LOG = SignedLog(make_entries(8))


@contextmanager
def serving(
    folder: Path, limits: WitnessLimits | None = None, *, largest_bytes: int = LARGEST, most_bytes: int = 2**20
) -> Iterator[tuple[int, Witness]]:
    """A witness that keeps documents, on a free port; the port."""
    listening, stop = Event(), Event()
    ports: list[int] = []

    def listen(address: str) -> None:
        ports.append(int(address.rpartition(":")[2]))
        listening.set()

    with run_witness(folder, chains=[CHAIN], largest_bytes=largest_bytes, most_bytes=most_bytes) as witness:
        arguments = (make_witness_app(witness, limits), "127.0.0.1", 0)
        thread = Thread(target=run, args=arguments, kwargs={"on_listening": listen, "stop": stop})
        thread.start()
        try:
            assert listening.wait(PATIENCE_SECONDS)
            yield ports[0], witness
        finally:
            stop.set()
            thread.join()


def ask(port: int, client: str, method: str, path: str, body: bytes | None = None) -> tuple[int, int]:
    """Ask from an address; the status, and after how many seconds to come again (0: nothing was said of that)."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS, source_address=(client, 0))) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        answer.read()
        return answer.status, int(answer.getheader("retry-after", "0"))


def path_of(data: bytes) -> str:
    return f"/documents/{sha256(data).hexdigest()}?chain={CHAIN}&keep_until={UNTIL}"


def put(port: int, client: str, data: bytes) -> tuple[int, int]:
    return ask(port, client, "PUT", path_of(data), data)


def list_kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "documents").glob("*/*") if len(path.name) == 64]


def test_one_address_does_not_fill_the_store(tmp_path: Path) -> None:
    with serving(tmp_path, WitnessLimits(document_bytes_a_day=4 * count_disk_bytes(10_000))) as (port, _):
        answers = [put(port, ATTACKER, bytes([number]) * 10_000) for number in range(8)]
        assert [status for status, _ in answers] == [200] * 4 + [429] * 4
        assert 0 < answers[-1][1] <= 86_400, "it says when"
        assert put(port, OTHER, b"another's")[0] == 200
        assert ask(port, ATTACKER, "GET", path_of(bytes(10_000)))[0] == 200, "reading goes on"
    assert len(list_kept(tmp_path)) == 5


def test_by_default_one_address_has_a_tenth_of_the_store_a_day(tmp_path: Path) -> None:
    with serving(tmp_path, most_bytes=20 * count_disk_bytes(1)) as (port, _):
        assert [put(port, ATTACKER, bytes([number]))[0] for number in range(4)] == [200, 200, 429, 429]


def test_many_addresses_fill_no_more_than_the_store(tmp_path: Path) -> None:
    """Tiny documents count with the blocks that they take, so that the disk holds what was allowed."""
    most = 10 * count_disk_bytes(1)
    with serving(tmp_path, WitnessLimits(document_bytes_a_day=2**30), most_bytes=most) as (port, witness):
        statuses = [put(port, f"127.1.0.{number}", bytes([number]))[0] for number in range(1, 16)]
        assert statuses == [200] * 10 + [507] * 5
        assert witness.documents is not None
        assert witness.documents.most_bytes == most
    assert len(list_kept(tmp_path)) == 10
    with serving(tmp_path, most_bytes=most) as (port, _):
        assert put(port, OTHER, b"after a restart")[0] == 507


def test_what_is_refused_uses_up_nothing(tmp_path: Path) -> None:
    with serving(tmp_path, WitnessLimits(document_bytes_a_day=count_disk_bytes(1))) as (port, _):
        for _ in range(3):
            assert ask(port, ATTACKER, "PUT", path_of(b"a"), b"b")[0] == 400
            assert put(port, ATTACKER, b"x" * (LARGEST + 1))[0] == 413
        assert put(port, ATTACKER, b"a")[0] == 200


def test_who_asks_too_often_is_told_when_to_come_again(tmp_path: Path) -> None:
    with serving(tmp_path, WitnessLimits(requests_per_second=1, burst_seconds=3)) as (port, _):
        answers = [ask(port, ATTACKER, "GET", "/health") for _ in range(5)]
        assert [status for status, _ in answers[:3]] == [200] * 3
        assert answers[-1][0] == 429
        assert answers[-1][1] >= 1
        assert ask(port, OTHER, "POST", "/add-checkpoint", LOG.request(0, 8))[0] == 200


def start_put(stack: ExitStack, port: int, client: str, data: bytes, sent: bytes) -> socket.socket:
    """A document of which only a part is sent."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS, source_address=(client, 0)))
    connection.sendall(f"PUT {path_of(data)} HTTP/1.1\r\nhost: witness\r\ncontent-length: {len(data)}\r\n\r\n".encode() + sent)
    return connection


def wait_for_status(port: int, client: str, data: bytes, status: int) -> int:
    """Put until that is answered: what others began, or ended, comes to the witness when it comes; seconds to wait that it says."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := put(port, client, data))[0] != status:
        assert time.monotonic() < until, found
        time.sleep(0.05)
    return found[1]


def test_documents_that_never_end_hold_one_address_part_of_the_memory(tmp_path: Path) -> None:
    patient = WitnessLimits(wait_seconds=PATIENCE_SECONDS, grace_seconds=PATIENCE_SECONDS, document_bytes_a_day=2**30)
    data = b"never" * 1_000
    at_once = DOCUMENTS_AT_ONCE * SMALL_TOGETHER // 2
    with serving(tmp_path, patient) as (port, _):
        with ExitStack() as stack:
            for _ in range(at_once):
                start_put(stack, port, ATTACKER, data, data[:1])
            assert wait_for_status(port, ATTACKER, b"one more", 429) >= 1
            assert put(port, OTHER, b"another's")[0] == 200
            for number in range(at_once):
                start_put(stack, port, f"127.1.1.{number + 1}", data, data[:1])
            assert wait_for_status(port, "127.1.0.3", b"a third's", 503) >= 1
            assert ask(port, OTHER, "POST", "/add-checkpoint", LOG.request(0, 8))[0] == 200, "checkpoints do not wait for documents"
        wait_for_status(port, ATTACKER, b"they went away", 200)


def test_a_slow_document_is_given_up(tmp_path: Path) -> None:
    with serving(tmp_path, WitnessLimits(wait_seconds=PATIENCE_SECONDS, grace_seconds=0.3)) as (port, _), ExitStack() as stack:
        data = b"x" * LARGEST
        connection = start_put(stack, port, ATTACKER, data, b"")
        connection.settimeout(0.1)
        answer = b""
        for _ in range(int(PATIENCE_SECONDS / 0.1)):
            try:
                answer = connection.recv(1_000)
                break
            except TimeoutError:
                connection.sendall(b"x")
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_readers_that_read_nothing_hold_one_address_part_of_the_memory(tmp_path: Path) -> None:
    data = bytes(8 * 2**20)  # More than the machine's own buffers take from the witness.
    limits = WitnessLimits(document_bytes_a_day=2**30, grace_seconds=PATIENCE_SECONDS)
    with serving(tmp_path, limits, largest_bytes=len(data), most_bytes=2**30) as (port, _):
        assert put(port, OTHER, data)[0] == 200
        with ExitStack() as stack:
            held = [stack.enter_context(reading_nothing(port, data)) for _ in range(DOCUMENTS_AT_ONCE // 2)]
            assert [connection.recv(9) for connection in held] == [b"HTTP/1.1 "] * len(held)
            status, seconds = ask(port, ATTACKER, "GET", path_of(data))
            assert (status, seconds > 0) == (429, True)
            assert ask(port, OTHER, "GET", path_of(data))[0] == 200
            assert put(port, ATTACKER, b"and putting goes on")[0] == 200
        until = time.monotonic() + PATIENCE_SECONDS
        while ask(port, ATTACKER, "GET", path_of(data))[0] != 200:
            assert time.monotonic() < until, "what they held is given back when they are gone"


@contextmanager
def reading_nothing(port: int, data: bytes) -> Iterator[socket.socket]:
    """A connection that asked for a document, and has room for little of it."""
    with socket.socket() as connection:
        connection.settimeout(PATIENCE_SECONDS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.bind((ATTACKER, 0))
        connection.connect(("127.0.0.1", port))
        connection.sendall(f"GET {path_of(data)} HTTP/1.1\r\nhost: witness\r\n\r\n".encode())
        yield connection
