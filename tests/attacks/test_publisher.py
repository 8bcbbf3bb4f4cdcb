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


NONSENSE = {
    "a list": b"[]",
    "no JSON": b"not json",
    "an empty object": b"{}",
    "nested without end": b'{"tender":' * 5_000 + b"1" + b"}" * 5_000,
    "lists without end": b"[" * 100_000,
    "half a character": b'{"buyer":{"id":"\\ud800"},"date":"2026-01-01T00:00:00Z"}',
    "fields of other types": b'{"buyer":[],"parties":{"a":1},"awards":[{"suppliers":[1,null,{"id":[]}]}],"date":5,"tag":{}}',
    "numbers without end": b'{"date":"2026-01-01T00:00:00Z","value":{"amount":1e400},"id":' + b"9" * 5_000 + b"}",
    "no UTF-8": b"\xff\xfe",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_one_document_spoils_no_other(name: str, tmp_path: Path) -> None:
    """Whatever a publisher attests, under whatever date: every command goes on, and what others recorded is still to be read."""
    (tmp_path / "release.json").write_bytes(BODY)
    (tmp_path / "nonsense.json").write_bytes(body := NONSENSE[name])
    ledger, key = tmp_path / "ledger", tmp_path / "ledger/keys/publisher-1.training.seed"
    run("init", ledger, "--training", "--bucket-bits", "4")
    digest = sha256(body).hexdigest()
    document = {"media_type": "application/json", "sha256": digest, "size": len(body)}
    nonsense = HONEST | {"date": 2**53 - 1, "document": document, "ocid": "ocds-abc123-2"}
    for file, arguments in (("nonsense.json", nonsense), ("release.json", HONEST)):
        signing = ("-s", f"procurement.publisher={key}", "-d", tmp_path / file, "--ledger", ledger)
        run("submit", "procurement.attest_release", "-a", json.dumps(arguments), *signing)
    for ocid in (HONEST["ocid"], nonsense["ocid"]):
        assert ocid in run("show", ocid, "--ledger", ledger)
    assert HONEST["ocid"] in run("show", "--ledger", ledger)
    run("export", "ocds", "--output", tmp_path / "package.json", "--ledger", ledger)
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    assert digest in run("audit", tmp_path / "public", expect=1)
