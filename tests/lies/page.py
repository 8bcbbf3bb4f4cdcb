"""``docs/table-of-lies.md`` from the table that the tests run; ``python -m tests.lies`` writes it."""

from __future__ import annotations

from pathlib import Path

from tests.lies.table import ANYONE, AUDIT, DISPUTE, KEPT, LIES, LOG_KEY, PUBLISHING, VERIFIER, Lie

PAGE = Path(__file__).resolve().parents[2] / "docs" / "table-of-lies.md"
WORDS = {
    "entry": "N", "block": "N", "next": "N", "end": "N", "height": "H", "digest": "HASH", "kept": "the kept checkpoint",
    "path": "documents/sha256/…", "tile": "tile/…/000.p/W", "bundle": "tile/entries/001.p/W",
}  # fmt: skip
LIARS = {
    ANYONE: "Lies of whoever serves the files",
    LOG_KEY: "Lies of whoever holds the log's key",
    PUBLISHING: "Lies of a publisher",
}
REMARKS = {
    ANYONE: "A web server, a mirror, somebody on the way. Every byte is theirs to rewrite, save that they cannot sign a checkpoint.",
    LOG_KEY: "The operator, or a thief of the key. What they show is signed; signatures of others they cannot forge.",
    PUBLISHING: "The ledger recorded these by its rules, which cannot read documents; the audit reads them.",
}
TOP = """# Table of lies

What somebody who publishes, serves or writes a ledger can try, and who finds it. Each row is told about a real ledger by
a test (`tests/lies`), which compares what each finder says with this page; `python -m tests.lies` writes the page anew.

- **verify**: `prasasti-verify FOLDER --key log.vkey --genesis SHA256`, key and hash had another way than from the folder.
- **kept**: the same with `--previous CHECKPOINT`, one that this reader kept from an earlier day or had from another reader.
- **audit**: `prasasti audit FOLDER`, which runs every rule again from genesis.

A cell says how the finder's message begins; N is the position of an entry in the log, H the height of its block, W a
tile's width. A dash: this one cannot find it. What verify finds, it finds with a kept checkpoint too.
"""
BOTTOM = """
## What follows from it

- Who lacks the log's key is found by verify alone, save where an older state is shown as the newest: keep checkpoints.
- Who has it cannot act with the keys of others, nor with keys that no entry binds: verify finds it. What only a contract's
  own rules forbid, the audit finds: among it a key that a registrar bound for an organisation not its own.
- Another history that keeps every rule is found only where two views meet: a kept checkpoint, another reader's, or
  witnesses' cosignatures, which a policy can demand.
- A refusal leaves no envelope on the ledger. Who was refused wrongly keeps theirs: `prasasti audit --envelope FILE`.
"""


def render() -> str:
    """The page."""
    sections = []
    for liar, title in LIARS.items():
        rows = [_render_row(lie) for lie in LIES if lie.liar == liar]
        head = ["| lie | what is done | verify | kept | audit |", "|---|---|---|---|---|"]
        sections.append("\n".join([f"## {title}", "", REMARKS[liar], "", *head, *rows]))
    return "\n".join([TOP, "\n\n".join(sections), BOTTOM])


def _render_row(lie: Lie) -> str:
    kept = "as verify" if VERIFIER in lie.found else _render_place(lie, KEPT)
    audit = _render_place(lie, AUDIT) if DISPUTE not in lie.found else f"{_render_place(lie, DISPUTE)}, given the sender's envelope"
    return f"| {lie.name} | {lie.done} | {_render_place(lie, VERIFIER)} | {kept} | {audit} |"


def _render_place(lie: Lie, judge: str) -> str:
    return f"`{lie.found[judge].format(**WORDS)}`" if judge in lie.found else "–"
