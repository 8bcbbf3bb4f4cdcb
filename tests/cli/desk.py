"""Everybody's desk: keys, papers, and the commands that people give in a selection, on a ledger's folder or through a node."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from click.testing import Result

from prasasti import bootstrap
from prasasti.core.encoding import encode_canonical
from prasasti.integrations.signers import create_training_key
from tests.cli.conftest import Run
from tests.contracts.selection import COMMITTEE, DAY, LOT, PLAN, PROCESS, TERMS, found, lot, tender

PDF = b"%PDF-1.7 minutes\n"
PRICES = {"bidder-1": "2900000", "bidder-2": "2800000"}


class Desk:
    """Everybody's keys in one place, and the commands that they give; with an ``address``, through the node that listens there."""

    def __init__(self, folder: Path, run: Run, address: str = "", **parameters: Any) -> None:
        self.folder = folder / "ledger"
        if not self.folder.exists():
            found_ledger(folder, **parameters)
        self.keys = folder / "keys"
        self.keys.mkdir(exist_ok=True)
        self.run = run
        # Through a node a command has no folder of a ledger: what it reads there would fail.
        self.where = ("--node", address, "--ledger", folder / "elsewhere") if address else ("--ledger", self.folder)
        self.paper = folder / "minutes.pdf"
        self.paper.write_bytes(PDF)

    def key(self, name: str) -> Path:
        path = self.keys / f"{name.replace('/', '-')}.training.seed"
        if not path.exists():
            create_training_key(path, sha256(f"a test's key: {name}".encode()).digest())
        return path

    def __call__(self, *words: str | Path, signers: tuple[str, ...], expect: int = 0, yes: bool = True, stdin: str | None = None) -> Result:
        named = [each for name in signers for each in ("-s", self.key(name if "/" in name else f"agency-1/{name}"))]
        return self.run(*words, *named, *self.where, *(["--yes"] if yes else []), expect=expect, stdin=stdin)

    def write(self, name: str, value: Any) -> Path:
        path = self.folder.parent / name
        path.write_text(json.dumps(value))
        return path

    def wait(self, seconds: int) -> None:
        self.run(
            "submit", "governance.advance_clock", "-a", json.dumps({"seconds": seconds}), *self.where,
            "-s", f"governance.officer={self.key('auditor-1/officer')}",
        )  # fmt: skip

    def now(self) -> int:
        with bootstrap.open_for_reading(self.folder) as ledger:
            return ledger.now()

    def lot(self) -> Any:
        from prasasti.contracts.procurement.process import get_lot

        with bootstrap.open_for_reading(self.folder) as ledger:
            return get_lot(ledger.state, PROCESS, LOT)


def found_ledger(folder: Path, **parameters: Any) -> bytes:
    """A ledger of the test's organisations below a folder; its genesis.json."""
    genesis = encode_canonical(
        msgspec.json.decode(found(folder, **parameters).genesis_bytes) | {"consensus_parts": msgspec.to_builtins(bootstrap.allowed_parts())}
    )
    bootstrap.create_ledger(folder / "ledger", genesis)
    return genesis


def announce(desk: Desk, kind: str = "goods") -> None:
    """Budget and plan line."""
    desk(
        "treasury", "budget", "2026-parks", "--amount", "9000000", "--currency", "IDR", "--account", "532111", "--programme", "parks",
        "--unit", "agency-1", "--year", "2026", signers=("treasury-1/budget",),
    )  # fmt: skip
    desk(
        "plan", "announce", PLAN, "--title", "Benches", "--unit", "parks", "--kind", kind, "--method", "open", "--family", "5610",
        "--currency", "IDR", "--estimate", "3000000", "--budgets", '[{"amount": "300000000", "line": "2026-parks"}]',
        signers=("authority", "officer"),
    )  # fmt: skip


def publish(desk: Desk, kind: str = "goods", **changes: Any) -> None:
    """Budget, plan line, request."""
    announce(desk, kind)
    asked = tender(desk.now() + 300, lots=[lot(amount=300_000_000)], **changes)
    for name in ("deadline", "opening", "valid_until", "process"):
        del asked[name]
    asked["documents"] = [{"document": {"file": "minutes.pdf"}, "title": title} for title in ("Request", "Draft")]
    start = desk.now() + 300
    times = [str(start + days * DAY) for days in (14, 15, 120)]
    desk(
        "tender", "publish", PROCESS, "--from", desk.write("request.json", asked), "--deadline", times[0], "--opening", times[1],
        "--valid-until", times[2], signers=("officer", *COMMITTEE[:2]),
    )  # fmt: skip


def make_contents(desk: Desk, bidder: str) -> str:
    """What a bidder offers, at its price."""
    price = PRICES[bidder] + "00"
    return json.dumps({"items": [[f"{LOT}-bench", str(int(price) // 40)]], "price": price, "valid_until": desk.now() + 100 * DAY})


def propose(desk: Desk, bidder: str, expect: int = 0) -> Result:
    """A bidder's proposal."""
    contents = make_contents(desk, bidder)
    return desk(
        "proposal", "submit", PROCESS, LOT, "--slot", "proposal", "--contents", contents, signers=(f"{bidder}/bidder",), expect=expect,
    )  # fmt: skip


def open_all(desk: Desk) -> None:
    """The deadline and the opening pass, two trustees share."""
    desk.wait(14 * DAY + 600)
    desk.wait(DAY)
    for trustee in ("auditor-1", "citizens-1"):
        desk("trustee", "share", PROCESS, LOT, signers=(f"{trustee}/trustee",))


def decide(desk: Desk, bidders: Iterable[str] = PRICES) -> None:
    """Interests, requirements, votes."""
    for name in (*COMMITTEE, "officer", "inspector"):
        desk("committee", "declare", PROCESS, signers=(name,))
    minutes = {"document": {"file": "minutes.pdf"}, "page": 1, "pass": True, "reason": "met", "requirement": "licence"}
    outcomes = desk.write("outcomes.json", {"outcomes": [{"bidder": bidder} | minutes for bidder in bidders]})
    desk("committee", "check", PROCESS, LOT, "--from", outcomes, signers=COMMITTEE[:2])
    for name in COMMITTEE:
        desk("committee", "vote", PROCESS, LOT, *"--ballot 1 --ranking 1 --choice adopt --reason agreed".split(), signers=(name,))


def draft(desk: Desk, terms: Mapping[str, Any] = TERMS, items: Sequence[Mapping[str, str]] = ()) -> None:
    """The contract of the award, in two halves, each with the items."""
    given = {
        "bill": [{"item": f"{LOT}-bench", "unit_price": "7000000"}],
        "milestones": [
            {"amount": "140000000", "due": desk.now() + days * DAY, "id": name, "items": list(items), "title": name}
            for name, days in (("half", 30), ("rest", 60))
        ],
        "terms": dict(terms),
        "years": [{"amount": "280000000", "line": "2026-parks"}],
    }
    desk(
        "contract", "draft", "contract-1", "--process", PROCESS, "--lot", LOT, "--award", "award-1", "--price", "2800000", "--document",
        desk.paper, "--from", desk.write("draft.json", given), signers=("officer",),
    )  # fmt: skip
