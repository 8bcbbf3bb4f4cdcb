"""Reading a published folder as any outsider can, with the standard library and RFC 6962's files alone.

Imports nothing of the product: what these functions find is compared with what the product says.
"""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

TILE_WIDTH = 256


def parse(data: bytes | str) -> Any:
    """JSON whose numbers are decimals, never doubles."""
    return json.loads(data, parse_float=Decimal, parse_int=Decimal)


def read_size(folder: Path) -> int:
    """How many entries the checkpoint covers."""
    return int((folder / "checkpoint").read_text(encoding="utf-8").splitlines()[1])


def read_entries(folder: Path) -> list[dict[str, Any]]:
    """Every entry that the checkpoint covers, parsed (logs of fewer than 256,000 entries)."""
    size = read_size(folder)
    entries: list[dict[str, Any]] = []
    for number in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        name = f"{number:03}" if width == TILE_WIDTH else f"{number:03}.p/{width}"
        bundle = (folder / "tile" / "entries" / name).read_bytes()
        at = 0
        while at < len(bundle):
            length = int.from_bytes(bundle[at : at + 2], "big")
            entries.append(json.loads(bundle[at + 2 : at + 2 + length]))
            at += 2 + length
    assert len(entries) == size
    return entries


def read_payload(entry: dict[str, Any]) -> dict[str, Any]:
    """The payload of an accepted transaction's entry."""
    payload: dict[str, Any] = json.loads(base64.b64decode(entry["envelope"]["payload"]))
    return payload


def list_attestations(folder: Path) -> list[dict[str, Any]]:
    """Arguments of each accepted ``attest_release`` in the log's order, with its ``event``'s name."""
    found = []
    for entry in read_entries(folder):
        if entry["kind"] != "transaction" or entry["envelope"] is None:
            continue
        payload = read_payload(entry)
        if payload["action"] == "procurement.attest_release":
            events = [event["event"].removeprefix("procurement.release_") for event in entry["events"]]
            found.append({**payload["arguments"], "event": events[0] if events else None})
    return found


def read_document(folder: Path, digest: str) -> bytes:
    """A document's bytes, which must have the hash that names them."""
    data = (folder / "documents" / "sha256" / digest[:2] / digest).read_bytes()
    assert sha256(data).hexdigest() == digest
    return data


def read_releases(folder: Path) -> list[dict[str, Any]]:
    """The recorded releases in the log's order, as their documents tell them."""
    return [parse(read_document(folder, attestation["document"]["sha256"])) for attestation in list_attestations(folder)]


def hash_files(folder: Path) -> dict[str, str]:
    """Path within a folder → SHA-256 of each file."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }
