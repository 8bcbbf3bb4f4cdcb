"""Attacks of a publisher, whose documents the ledger's rules cannot read: an entry that says other things than its document."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from prasasti.cli import prasasti

RELEASE = {"date": "2026-01-01T00:00:00Z", "id": "real-1", "ocid": "ocds-abc123-1", "tag": ["award", "contract"]}
BODY = json.dumps(RELEASE).encode()
HONEST: dict[str, Any] = {
    "buyer": "",
    "date": 1_767_225_600,
    "document": {"media_type": "application/json", "sha256": sha256(BODY).hexdigest(), "size": len(BODY)},
    "ocid": "ocds-abc123-1",
    "publisher": "publisher-1",
    "redaction_version": 1,
    "release_id": "real-1",
    "suppliers": [],
    "tag": ["award", "contract"],
}


def run(*arguments: object, expect: int = 0) -> str:
    result = CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)])
    assert result.exit_code == expect, result.output
    return result.output


def attest_and_audit(folder: Path, expect: int, **changes: Any) -> str:
    (folder / "release.json").write_bytes(BODY)
    ledger, key = folder / "ledger", folder / "ledger/keys/publisher-1.training.seed"
    run("init", ledger, "--training", "--bucket-bits", "4")
    signing = ("-s", f"procurement.publisher={key}", "-d", folder / "release.json", "--ledger", ledger)
    run("submit", "procurement.attest_release", "-a", json.dumps(HONEST | changes), *signing)
    return run("audit", "--ledger", ledger, expect=expect)


@pytest.mark.parametrize(
    ("name", "lie"),
    [("ocid", "ocds-abc123-2"), ("release_id", "fake-1"), ("date", 1_767_225_601), ("tag", ["award"])],
)
def test_the_audit_finds_what_the_document_contradicts(name: str, lie: object, tmp_path: Path) -> None:
    # A contract stood in another process's story, under another id or day, and every check agreed.
    output = attest_and_audit(tmp_path, 1, **{name: lie})
    assert f"document {HONEST['document']['sha256']}, {name}: " in output


@pytest.mark.parametrize("release_id", ["real-1", HONEST["document"]["sha256"][:32]])
def test_the_audit_agrees_with_an_honest_entry(release_id: str, tmp_path: Path) -> None:
    attest_and_audit(tmp_path, 0, release_id=release_id)
