"""Logs to publish in tests: the worked example of the formats, and synthetic ones; and files that fail on demand."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

from prasasti.log.files import LocalFiles
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.publish import Progress, Published, PublishSettings, build_settings, publish
from prasasti.log.source import NamedDocument, Withheld
from prasasti_verify.hashing import compute_root, extend_edge, hash_leaf, sha256
from prasasti_verify.notes import parse_checkpoint

LOG_SEED = b"\x03" * 32


class SeedKey:
    """A signer from a seed."""

    def __init__(self, seed: bytes = LOG_SEED) -> None:
        self._key = SigningKey(seed)
        self.public_key = bytes(self._key.verify_key)
        self.signed: list[bytes] = []

    def sign(self, message: bytes) -> bytes:
        self.signed.append(message)
        return self._key.sign(message).signature


class MemoryLog:
    """A log in memory; every entry may end a block unless ``block_ends`` says otherwise."""

    def __init__(self, entries: Iterable[bytes] = (), block_ends: set[int] | None = None) -> None:
        self.rows: list[tuple[bytes, bytes]] = []
        self.edges: list[tuple[bytes, ...]] = [()]
        self.block_ends = block_ends
        self.append(entries)

    def append(self, entries: Iterable[bytes]) -> None:
        for entry in entries:
            self.edges.append(extend_edge(self.edges[-1], len(self.rows), [hash_leaf(entry)]))
            self.rows.append((hash_leaf(entry), entry))

    def alter(self, position: int, entry: bytes, *, leaf: bool = False, edges: bool = False) -> None:
        """Edit an entry as someone with the database would: the bytes, or also its leaf, or also all edges after it."""
        self.rows[position] = (hash_leaf(entry) if leaf or edges else self.rows[position][0], entry)
        if edges:
            rows, self.rows, self.edges = self.rows, [], [()]
            self.append(entry for _, entry in rows)

    def first(self, size: int) -> MemoryLog:
        """The log as it was at a size."""
        log = MemoryLog()
        log.rows, log.edges, log.block_ends = self.rows[:size], self.edges[: size + 1], self.block_ends
        return log

    def size(self) -> int:
        return len(self.rows)

    def edge(self, size: int) -> tuple[bytes, ...] | None:
        if size > len(self.rows) or (self.block_ends is not None and size not in self.block_ends):
            return None
        return self.edges[size]

    def entries(self, start: int, stop: int) -> Iterator[tuple[bytes, bytes]]:
        return iter(self.rows[start:stop])


class MemoryDocuments:
    """Documents by position of the entry that names them."""

    def __init__(self, tables: Sequence[bytes] = ()) -> None:
        self.store = {sha256(table).hex(): table for table in tables}
        self.by_entry: list[NamedDocument] = []
        self.gone: list[Withheld] = []

    def add(self, entry: int, data: bytes) -> str:
        name = sha256(data).hex()
        self.store[name] = data
        self.by_entry.append(NamedDocument(entry, name))
        return name

    def named(self, start: int, stop: int) -> Iterator[NamedDocument]:
        return (each for each in self.by_entry if each.entry is not None and start <= each.entry < stop)

    def read(self, sha256: str) -> bytes | None:
        return self.store.get(sha256)

    def withheld(self, size: int) -> Iterable[Withheld]:
        return [each for each in self.gone if each.entry < size]


class Fault(OSError):
    """The failure that a test asked for."""


class FailingFiles(LocalFiles):
    """Fails at one of the calls that change the disk, counted from 0, and at every later one: the process died there.

    ``persisted``: the failing call took effect all the same, as when only the answer was lost. ``log`` has each call and
    the path that it changes.
    """

    def __init__(self, fail_at: int, persisted: bool) -> None:
        self.log: list[tuple[str, str]] = []
        self.fail_at = fail_at
        self.persisted = persisted

    def _call(self, name: str, path: str, effect: Callable[[], Any]) -> Any:
        self.log.append((name, path))
        if len(self.log) <= self.fail_at:
            return effect()
        if len(self.log) == self.fail_at + 1 and self.persisted:
            done = effect()
            if name == "create":
                os.close(done)
        raise Fault(f"{name} {path}")

    def make_folder(self, path: str) -> None:
        self._call("make_folder", path, lambda: LocalFiles.make_folder(self, path))

    def create(self, path: str, data: bytes) -> int:
        return int(self._call("create", path, lambda: LocalFiles.create(self, path, data)))

    def sync(self, descriptor: int) -> None:
        try:
            self._call("sync", "", lambda: LocalFiles.sync(self, os.dup(descriptor)))
        finally:
            os.close(descriptor)

    def sync_folder(self, path: str) -> None:
        self._call("sync_folder", path, lambda: LocalFiles.sync_folder(self, path))

    def rename(self, source: str, target: str) -> None:
        if source.endswith("/absent"):  # The question whether renaming is possible changes nothing.
            LocalFiles.rename(self, source, target)
        self._call("rename", target, lambda: LocalFiles.rename(self, source, target))

    def remove(self, path: str) -> None:
        self._call("remove", path, lambda: LocalFiles.remove(self, path))

    def remove_folder(self, path: str) -> None:
        self._call("remove_folder", path, lambda: LocalFiles.remove_folder(self, path))


def read_tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if not path.is_dir()}


def build_genesis() -> bytes:
    """A small genesis of a training ledger, signed for by LOG_SEED; it founds nobody."""
    genesis = {
        "bucket_bits": 4,
        "consensus_parts": {"ed25519_verdicts": "00" * 32, "libsodium": "1", "msgspec": "1", "pynacl": "1", "python": ["3.11"]},
        "contracts": [{"name": "governance", "table": sha256(b"a table").hex(), "version": 1}],
        "domain": "ledger.example",
        "ledger": "synthetic",
        "log_key": SeedKey().public_key.hex(),
        "members": [],
        "organisations": [],
        "parameters": {"max_expiry_seconds": 1, "max_expiry_seconds_several": 1, "max_gap_seconds": 1},
        "time": 0,
        "training": True,
    }
    return json.dumps(genesis, sort_keys=True, separators=(",", ":")).encode()


class Workshop:
    """A ledger that publishes into ``root/log``, with its publisher's folder in ``root/publisher``."""

    def __init__(
        self,
        root: Path,
        log: MemoryLog | None = None,
        documents: MemoryDocuments | None = None,
        settings: PublishSettings | None = None,
        folder: str = "log",
    ) -> None:
        root.mkdir(exist_ok=True)
        self.root = root
        self.folder = root / folder
        self.kept = KeptCheckpoint(root / "publisher")
        self.log = log or MemoryLog(make_entries(300))
        self.documents = documents or MemoryDocuments([b"a table"])
        self.settings = settings or build_settings(build_genesis())
        self.signer = SeedKey()

    def publish(
        self,
        log: MemoryLog | None = None,
        *,
        settings: PublishSettings | None = None,
        files: LocalFiles | None = None,
        all_documents: bool = False,
        progress: Progress | None = None,
    ) -> Published:
        """Publish the log, or another in its place."""
        kept = self.kept if files is None else KeptCheckpoint(self.kept.folder, files)
        return publish(
            self.log if log is None else log,
            self.documents,
            self.folder,
            self.signer,
            settings or self.settings,
            kept,
            all_documents=all_documents,
            files=files,
            progress=progress,
        )

    def with_witnesses(self, witnesses: dict[str, str]) -> PublishSettings:
        """The settings with these witnesses."""
        return dataclasses.replace(self.settings, witnesses=witnesses)


def make_entries(count: int, tag: bytes = b"entry") -> list[bytes]:
    """Short entries, each different."""
    return [b"%s %d" % (tag, number) for number in range(count)]


def check_published(folder: Path) -> int:
    """Assert that all lies there that the folder's checkpoint covers, and hashes to its root; the size."""
    checkpoint = parse_checkpoint((folder / "checkpoint").read_bytes(), "checkpoint")
    tree = read_tree(folder)
    entries: list[bytes] = []
    for first in range(0, checkpoint.size, 256):
        width = min(256, checkpoint.size - first)
        entries += split_bundle(tree[f"tile/entries/{first // 256:03d}" + (f".p/{width}" if width < 256 else "")])
    assert compute_root([hash_leaf(entry) for entry in entries]) == checkpoint.root
    assert build_naive_tiles(entries, (checkpoint.size,)).items() <= tree.items()
    return checkpoint.size


def split_bundle(bundle: bytes) -> list[bytes]:
    """Entries of a bundle."""
    entries = []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:end])
        bundle = bundle[end:]
    return entries


def build_naive_tiles(entries: Sequence[bytes], sizes: Iterable[int]) -> dict[str, bytes]:
    """Every tile and bundle of these sizes, each hash by RFC 6962's definition from the leaves beneath it."""
    leaves = [hash_leaf(entry) for entry in entries]
    tiles: dict[str, bytes] = {}
    for size in sizes:
        for index in range((size + 255) // 256):
            bundle = entries[index * 256 : min(size, index * 256 + 256)]
            suffix = "" if len(bundle) == 256 else f".p/{len(bundle)}"
            tiles[f"tile/entries/{index:03d}{suffix}"] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        level, span = 0, 1
        while size >= span:
            for index in range((size // span + 255) // 256):
                numbers = range(index * 256, min(size // span, index * 256 + 256))
                suffix = "" if len(numbers) == 256 else f".p/{len(numbers)}"
                roots = [compute_root(leaves[number * span : (number + 1) * span]) for number in numbers]
                tiles[f"tile/{level}/{index:03d}{suffix}"] = b"".join(roots)
            level, span = level + 1, span * 256
    return tiles
