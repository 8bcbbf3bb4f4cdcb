"""A ledger with all that makes restoring hard: refused entries, a withheld document, a clock that was moved, two publications."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.acceptance.commands import import_files, make_ledger, publish, run, run_json
from tests.acceptance.published import read_entries, read_payload
from tests.acceptance.synthetic import make_release, write_package

RELEASES = 40
MORE = 30


@dataclass(frozen=True)
class World:
    """``early`` and ``early_published`` were copied before the last entries came; ``withheld`` is a document's bytes."""

    ledger: Path
    published: Path
    early: Path
    early_published: Path
    withheld: bytes
    app_hash: str

    @property
    def withheld_digest(self) -> str:
        """SHA-256 of it, in hex."""
        return sha256(self.withheld).hexdigest()


def build_world(folder: Path) -> World:
    """The story, told by commands."""
    ledger, published = make_ledger(folder / "ledger"), folder / "published"
    import_files(ledger, write_package(folder / "first.json", map(make_release, range(RELEASES))))
    submit(ledger, "governance.advance_clock", {"seconds": 3_600}, "governance.officer=agency-1-officer")
    publish(ledger, published)
    arguments = read_attestation(published)
    withheld = (published / document_path(arguments["document"]["sha256"])).read_bytes()
    submit(ledger, "procurement.attest_release", arguments | {"tag": ["rumour"]}, "procurement.publisher=publisher-1", expect=1)
    withhold = {"legal_basis": "court order 7/2026", "sha256": arguments["document"]["sha256"]}
    submit(ledger, "governance.withhold_document", withhold, "governance.officer=publisher-1", "governance.auditor=auditor-1-auditor")
    early, early_published = (shutil.copytree(source, folder / f"early-{source.name}") for source in (ledger, published))
    import_files(ledger, write_package(folder / "second.json", map(make_release, range(RELEASES, RELEASES + MORE))))
    publish(ledger, published)
    app_hash = run_json("audit", "--ledger", ledger)["app_hash"]
    return World(ledger, published, early, early_published, withheld, app_hash)


def submit(ledger: Path, action: str, arguments: dict[str, Any], *signers: str, expect: int = 0) -> None:
    """A message of a training ledger's founders, each ``role=handle``."""
    keys = [f"{role}={ledger / 'keys' / handle}.training.seed" for role, _, handle in (signer.partition("=") for signer in signers)]
    named = [part for key in keys for part in ("-s", key)]
    run("submit", action, "-a", json.dumps(arguments), *named, "--ledger", ledger, expect=expect)


def read_attestation(published: Path) -> dict[str, Any]:
    """Arguments of the first attestation."""
    entries = (entry for entry in read_entries(published) if entry["kind"] == "transaction")
    arguments: dict[str, Any] = read_payload(next(entries))["arguments"]
    return arguments


def document_path(digest: str) -> str:
    """Where a document is published."""
    return f"documents/sha256/{digest[:2]}/{digest}"


def read_tables(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names}  # noqa: S608


def read_ledger(ledger: Path) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[tuple[Any, ...]]]]:
    """Every row of a ledger's database and of its documents."""
    return read_tables(ledger / "ledger.sqlite"), read_tables(ledger / "documents.sqlite")


def list_files(folder: Path) -> set[str]:
    """Paths within a folder; locks, and what SQLite keeps beside a file that is read, say nothing."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {path for path in paths if not path.endswith(("lock", "-wal", "-shm"))}


def lose(world: World, folder: Path, *, with_checkpoint: bool = True) -> Path:
    """A ledger's folder of which only the keys, and the kept checkpoint, survived."""
    shutil.copytree(world.ledger / "keys", folder / "keys")
    if with_checkpoint:
        (folder / "publisher").mkdir()
        shutil.copy(world.ledger / "publisher/checkpoint", folder / "publisher/checkpoint")
    return folder
