"""A log and witnesses of it in one process: what the publisher sends reaches a witness's own code without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from prasasti.log.checkpoint import build_log_key, format_body
from prasasti.log.files import Files
from prasasti.log.proofs import Nodes, nodes_from_source, prove_consistency
from prasasti.log.witness import Answer, build_witness_key, format_request, format_signature_line
from prasasti.log.witness_client import Cosigners, Reply, Send
from prasasti.log.witness_policy import Witness as Listed
from prasasti.services.witnessing import Witness, open_witness
from prasasti_verify.hashing import fold_edge
from prasasti_verify.notes import Checkpoint, Key, parse_checkpoint, read_signature
from tests.log.worlds import LOG_SEED, MemoryLog, SeedKey, make_entries

ORIGIN = "ledger.example/prasasti-training/synthetic"
LOG_KEY = build_log_key(ORIGIN, SeedKey(LOG_SEED).public_key)
WITNESS_SEED = b"\x21" * 32
NAME = "witness.example/one"
START = 1_800_000_000


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


class SignedLog:
    """A log whose checkpoints are signed by a seed, and its proofs."""

    def __init__(self, entries: Sequence[bytes], seed: bytes = LOG_SEED) -> None:
        self.source = MemoryLog(entries)
        self.signer = SeedKey(seed)
        self.key = build_log_key(ORIGIN, self.signer.public_key)
        self.nodes: Nodes = nodes_from_source(self.source)

    def root(self, size: int) -> bytes:
        return fold_edge(self.source.edges[size])

    def note(self, size: int) -> bytes:
        body = format_body(ORIGIN, size, self.root(size))
        return body + b"\n" + format_signature_line(self.key, self.signer.sign(body))

    def request(self, old_size: int, size: int, note: bytes | None = None) -> bytes:
        return format_request(old_size, prove_consistency(self.nodes, old_size, size), note or self.note(size))


def make_fork(at: int, size: int) -> SignedLog:
    """The log as another history from an entry on, signed by the same key."""
    return SignedLog(make_entries(at) + make_entries(size, b"other")[at:])


@contextmanager
def run_witness(
    folder: Path,
    clock: Clock | None = None,
    *,
    name: str = NAME,
    seed: bytes = WITNESS_SEED,
    logs: Sequence[Key] = (LOG_KEY,),
    files: Files | None = None,
    chains: Sequence[str] = (),
    largest_bytes: int = 1_000,
    most_bytes: int = 20_000,
) -> Iterator[Witness]:
    """A witness on a folder, with everything by default."""
    with open_witness(
        folder, name, SeedKey(seed), logs, clock or Clock(), chains=chains, largest_bytes=largest_bytes, most_bytes=most_bytes, files=files
    ) as witness:
        yield witness


def read_cosignature(answer: Answer, body: bytes, key: Key | None = None) -> int:
    """Assert that an answer is the witness's cosignature on a checkpoint's body; its time."""
    assert answer.status == 200, answer
    checkpoint: Checkpoint = parse_checkpoint(body + b"\n" + answer.body, "cosigned")
    seconds = read_signature(checkpoint, key or build_witness_key(NAME, SeedKey(WITNESS_SEED).public_key), "cosigned")
    assert seconds is not None
    return seconds


class Consortium:
    """Several witnesses under a folder, each reached by an address that ends with its name."""

    def __init__(
        self, stack: ExitStack, root: Path, names: Sequence[str], clock: Clock | None = None, logs: Sequence[Key] = (LOG_KEY,)
    ) -> None:
        self.clock = Clock()
        self.away: set[str] = set()
        self.instead: dict[str, Callable[[str, bytes | None], Reply]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.served: dict[str, Witness] = {}
        self.listed: list[Listed] = []
        for number, name in enumerate(names):
            seed = bytes((0x40 + number,)) * 32
            opened = run_witness(root / name, self.clock, name=f"{name}.example/w", seed=seed, logs=logs)
            self.served[name] = stack.enter_context(opened)
            self.listed.append(Listed(name, f"http://{name}.example", self.served[name].key))

    def send(self, method: str, url: str, body: bytes | None, seconds: float) -> Reply:
        """Every request by method and path, answered as HTTP would be."""
        host, _, path = url.removeprefix("http://").partition("/")
        name = host.removesuffix(".example")
        self.asked.append((name, method, path))
        if name in self.away:
            raise ConnectionRefusedError("nobody is there")
        if name in self.instead:
            return self.instead[name](path, body)
        witness = self.served[name]
        answer = witness.add_checkpoint(body or b"") if method == "POST" else witness.read_latest(path.removesuffix("/checkpoint"))
        return Reply(answer.status, answer.content_type, answer.body)

    def cosigners(self, send: Send | None = None, wait_seconds: float = 60.0) -> Cosigners:
        return Cosigners(self.listed, [LOG_KEY], wait_seconds, send or self.send)
