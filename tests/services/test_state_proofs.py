"""State proofs and list proofs: the worked example's bytes, and what the verifier reads in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prasasti.core.encoding import encode_canonical
from prasasti.log.checkpoint import build_log_key, sign_checkpoint
from prasasti.log.proofs import ProofProblem
from prasasti.services.state_proofs import format_list_proof, format_state_proof
from prasasti_verify.hashing import fold_edge
from prasasti_verify.proofs import check_state_proof, find_list, find_record
from prasasti_verify.strict import Wrong
from tests.core.ledger import ACCEPTED, Ledger, key_of
from tests.core.worked_example import OFFICER
from tests.core.worked_example import key_of as key_of_example
from tests.judges import shared
from tests.log.worlds import SeedKey
from tests.services.example import build_example

PUBLISHER = ("publisher-1/publisher", "procurement.publisher")


def sign_tip(ledger: Ledger) -> bytes:
    """A checkpoint of the ledger's newest block."""
    tip = ledger.application.info()
    signer = SeedKey()
    return sign_checkpoint(build_log_key("ledger.example/prasasti-training/test", signer.public_key), tip.size, fold_edge(tip.edge), signer)


def attest(ledger: Ledger, number: int, buyer: str = "ID-1") -> bytes:
    """An attestation of a release of its own process."""
    arguments = {
        "buyer": buyer,
        "date": 1_767_225_600,
        "document": {"media_type": "application/json", "sha256": f"{number:064x}", "size": 2},
        "ocid": f"ocds-abc123-{number}",
        "publisher": "publisher-1",
        "redaction_version": 1,
        "release_id": f"release-{number}",
        "suppliers": [f"ID-{number % 7}"],
        "tag": ["contract"],
    }
    return ledger.sign("procurement.attest_release", arguments, PUBLISHER)


def make_ledger(folder: Path, releases: int, **changes: Any) -> Ledger:
    ledger = Ledger(folder, **changes)
    for first in range(0, releases, 100):
        outcomes = ledger.seal(*(attest(ledger, number) for number in range(first, min(first + 100, releases))))
        assert set(outcomes) == {ACCEPTED}
    return ledger


def test_proof_is_the_example(tmp_path: Path) -> None:
    database = build_example(tmp_path)
    note = shared("worked-example", "log", "checkpoint").read_bytes()
    proof = format_state_proof(database, note, f"identity/key/{key_of_example(OFFICER)}")
    assert proof == shared("worked-example", "state-proof.json").read_bytes()
    assert len(proof) == 1468


def test_an_older_checkpoint_proves_nothing_of_today(tmp_path: Path) -> None:
    database = build_example(tmp_path)
    note = shared("worked-example", "checkpoint-2").read_bytes()
    with pytest.raises(ProofProblem, match="covers 2 entries and the ledger has 4"):
        format_state_proof(database, note, "identity/key/a")


@pytest.mark.parametrize("name", ["identity/key", "identity//a", "identity/key/a/", "identity/key/ä", "x" * 500])
def test_what_is_no_key_is_refused(tmp_path: Path, name: str) -> None:
    database = build_example(tmp_path)
    note = shared("worked-example", "log", "checkpoint").read_bytes()
    with pytest.raises(ProofProblem, match="is no key of the state"):
        format_state_proof(database, note, name)
    with pytest.raises(ProofProblem, match="is no list"):
        format_list_proof(database, note, name)


@pytest.mark.parametrize("bucket_bits", [4, 9])
def test_presence_and_absence_at_every_size(tmp_path: Path, bucket_bits: int) -> None:
    ledger = make_ledger(tmp_path, 0, bucket_bits=bucket_bits)
    for number in range(12):
        assert set(ledger.seal(*(attest(ledger, 10 * number + each) for each in range(1 + number % 3)))) == {ACCEPTED}
        note = sign_tip(ledger)
        for key, value in ledger.records().items():
            proof = check_state_proof(format_state_proof(ledger.database, note, key), "proof")
            assert encode_canonical(find_record(proof, key, "proof")) == value
        for key in (f"identity/key/{key_of('nobody')}", "procurement/buyer/ID-1/absent"):
            proof = check_state_proof(format_state_proof(ledger.database, note, key), "proof")
            assert find_record(proof, key, "proof") is None


@pytest.mark.parametrize("releases", [1, 255, 256, 257, 600])
def test_lists_are_whole(tmp_path: Path, releases: int) -> None:
    ledger = make_ledger(tmp_path, releases)
    note = sign_tip(ledger)
    listed = find_list(check_state_proof(format_list_proof(ledger.database, note, "procurement/buyer/ID-1"), "proof"), "proof")
    assert listed == [{"ocid": f"ocds-abc123-{number}", "publisher": "publisher-1"} for number in range(releases)]
    empty = format_list_proof(ledger.database, note, "procurement/buyer/ID-2")
    assert find_list(check_state_proof(empty, "proof"), "proof") == []


def test_a_list_with_an_item_taken_out_is_found(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, 30)
    proof = format_list_proof(ledger.database, sign_tip(ledger), "procurement/publisher/publisher-1")
    assert len(find_list(check_state_proof(proof, "proof"), "proof")) == 30
    shown = json.loads(proof)
    bucket = next(bucket for bucket in shown["buckets"] if any(record["key"].endswith("/7") for record in bucket["records"]))
    position = next(at for at, record in enumerate(bucket["records"]) if record["key"].endswith("/7"))
    del bucket["records"][position]
    with pytest.raises(Wrong):
        check_state_proof(encode_canonical(shown), "proof")


def test_a_checkpoint_of_another_log_is_refused(tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path, 3)
    tip = ledger.application.info()
    signer = SeedKey()
    note = sign_checkpoint(build_log_key("ledger.example/prasasti-training/test", signer.public_key), tip.size, b"\x00" * 32, signer)
    with pytest.raises(ProofProblem, match="does not lead to the root of the checkpoint"):
        format_state_proof(ledger.database, note, "identity/key/a")


def test_no_entry_no_proof(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    with pytest.raises(ProofProblem, match="no entry yet"):
        format_state_proof(ledger.database, sign_tip(ledger), "identity/key/a")
