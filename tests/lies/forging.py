"""What a liar's hand needs: the entries of a log read, changed, linked anew, and written as a published folder."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import compute_origin, decode_genesis
from prasasti.core.state import init_chain
from prasasti.log.checkpoint import build_log_key, sign_checkpoint
from prasasti_verify.hashing import compute_app_hash, compute_root, extend_edge, fold_edge, hash_leaf
from tests.lies.world import LogSigner
from tests.log.worlds import build_naive_tiles

Entry = dict[str, Any]


def decode(entries: Sequence[bytes]) -> list[Entry]:
    """Entries as values to change."""
    return [json.loads(entry) for entry in entries]


def encode(entries: Sequence[Entry]) -> list[bytes]:
    """Entries as bytes."""
    return [encode_canonical(entry) for entry in entries]


def block_of(entries: Sequence[Entry], position: int) -> int:
    """Position of the block entry at the head of the block that a position belongs to."""
    return max(at for at in range(position + 1) if entries[at]["kind"] == "block")


def next_block(entries: Sequence[Entry], position: int) -> int:
    """Position of the first block entry after a position."""
    return next(at for at in range(position + 1, len(entries)) if entries[at]["kind"] == "block")


def link(genesis: bytes, entries: Sequence[Entry]) -> list[Entry]:
    """Entries whose positions, heights, counts and app hashes follow from their order; state roots stay as they are claimed.

    So careful a liar leaves the verifier nothing to find in how the entries hang together.
    """
    tip = init_chain(genesis).tip
    app_hash, edge, linked = tip.app_hash, tip.edge, list[Entry]()
    heads = [at for at, entry in enumerate(entries) if entry["kind"] == "block"]
    for height, (start, stop) in enumerate(zip(heads, [*heads[1:], len(entries)], strict=True), 1):
        head = entries[start] | {"height": height, "previous_app_hash": app_hash.hex(), "transaction_count": stop - start - 1}
        block = [head, *(entry | {"position": at, "time": head["time"]} for at, entry in enumerate(entries[start + 1 : stop], start + 1))]
        edge = extend_edge(edge, start, map(hash_leaf, encode(block)))
        app_hash = compute_app_hash(bytes.fromhex(head["state_root"]), fold_edge(edge))
        linked += block
    return linked


def write_tiles(folder: Path, entries: Sequence[bytes], size: int) -> None:
    """Put these entries in the place of the folder's tiles, as ``size`` many; what they are too few for is filled with nothing."""
    shutil.rmtree(folder / "tile")
    for path, data in build_naive_tiles(entries, (min(size, len(entries)),)).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def list_withheld(folder: Path, entries: Sequence[Entry]) -> None:
    """withheld.json as these entries call for it."""
    rows = []
    for at, entry in enumerate(entries):
        payload = json.loads(b64decode(entry["envelope"]["payload"])) if entry.get("envelope") else {}
        if payload.get("action") == "governance.withhold_document":
            rows.append({"entry": at, **payload["arguments"]})
    (folder / "withheld.json").write_bytes(encode_canonical(sorted(rows, key=lambda row: str(row["sha256"]))))


def sign(folder: Path, entries: Sequence[bytes], signer: LogSigner | None = None) -> None:
    """A checkpoint over these entries, signed by the log's key or another."""
    signer = signer or LogSigner()
    genesis = decode_genesis((folder / "genesis.json").read_bytes())
    key = build_log_key(compute_origin(genesis), signer.public_key)
    (folder / "checkpoint").write_bytes(sign_checkpoint(key, len(entries), compute_root([hash_leaf(entry) for entry in entries]), signer))


def flip(path: Path, at: int = 0) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def change(folder: Path, name: str, edit: Callable[[Any], Any]) -> None:
    """Change a JSON file of the folder."""
    path = folder / name
    path.write_bytes(encode_canonical(edit(json.loads(path.read_bytes()))))
