"""An example for each command, made up from its message's own fields."""

from __future__ import annotations

import click

from prasasti.cli.procuring.table import TIMES, Row, get_message
from prasasti.services import selecting
from prasasti.services.selecting import Field

SAMPLES = {
    "account": "532111", "bidder": "bidder-1", "contract": "contract-1", "currency": "IDR", "family": "5610", "kind": "goods",
    "line": "2026-parks", "lot": "lot-1", "method": "open", "orders": "contract-1-1",
    "organisation": "bidder-1", "plan": "benches", "process": "ocds-213czf-benches",
    "programme": "parks", "reason": "other", "ground": "other", "title": "Benches", "unit": "agency-1", "year": "2026", "ballot": "1",
    "certificate": "certificate-1", "invoice": "invoice-1", "milestone": "half",
    "ranking": "1", "size": "1000", "count": "1", "t": "2",
}  # fmt: skip


SEALED_SAMPLES = {
    "amendment": ["--amendment amendment-1", "--due half=2027-01-31", "--reason schedule", "--document addendum.pdf"],
    "evidence": ["--photo benches.jpg", "--place ID-JK", "--taken 2026-12-31T10:00", "--subcontractors-paid"],
    "inspection": ["--outcome part", "--quantity bench=12.5", "--reason incomplete", "--document minutes.pdf"],
    "report": ["--contract contract-1", "--document report.pdf"],
    "sample": [
        "--listed procurement/contracts/bidder-1", "--size 1000", "--log-root 5a…5a", "--count 20", "--examined 20", "--differing 1",
        "--findings findings.pdf",
    ],
    "account": ["--bank BMRIIDJA", "--export for-the-treasury.json"], "file": ["--bank https://bank.example/payments"],
    "scores": ["--scores @scores.json"], "statement": ["statement.xml"],
    "submission": ["--slot proposal", "--contents @proposal.json"], "verification": ["--account for-the-treasury.json"],
}  # fmt: skip


def write_example(formatter: click.HelpFormatter, row: Row) -> None:
    """One way to give the command, in lines that fit."""
    message = get_message(row.action)
    fields = [field for field in selecting.list_fields(message.arguments) if field.name not in row.hidden]
    needed = [field for field in fields if row.needs(field) and field.name not in row.positional]
    words = [" ".join(filter(None, ("prasasti", row.group, row.name))), *(SAMPLES.get(name, f"{name}-1") for name in row.positional)]
    words += SEALED_SAMPLES.get(row.sealed) or [_sample_option(field) for field in needed if field.kind != "json"]
    words += ["--from arguments.json"] if not row.sealed and any(field.kind == "json" for field in needed) else []
    words += [f"-s {role.partition('.')[2]}.age" for role in message.roles[-message.minimum_signers :]]
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) + 3 > formatter.width - 4:
            lines[-1] += " \\"
            lines.append("   ")
        lines[-1] += f" {word}"
    formatter.write("\n" + "".join(f"  {line}\n" for line in lines))


def _sample_option(field: Field) -> str:
    flag = f"--{field.name.replace('_', '-')}"
    if field.kind == "flag":
        return flag
    samples = {
        "change": "-280000",
        "document": "minutes.pdf", "money": "280000000", "number": "2026-12-31" if field.name in TIMES else "0", "texts": "lot-1",
        "text": f"{field.name}-1",
    }  # fmt: skip
    return f"{flag} {SAMPLES.get(field.name) or (field.choices[0] if field.choices else samples[field.kind])}"
