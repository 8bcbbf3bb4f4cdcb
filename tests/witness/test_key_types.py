"""Numbered types of keys: one that is not verified yet is ignored among a checkpoint's lines, refused elsewhere, trusted nowhere."""

from __future__ import annotations

from base64 import b64encode
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from prasasti.contracts import CONTRACTS
from prasasti.core.admission import Inadmissible, decode_transaction
from prasasti.core.key_types import KEY_TYPES, describe_key_type
from prasasti.log.checkpoint import read_checkpoint, read_vkey
from prasasti.log.proofs import prove_consistency
from prasasti.log.witness_client import Reply
from prasasti.log.witness_policy import WitnessListProblem, parse_witness_list
from prasasti.log.witness_store import WitnessStateProblem
from prasasti.services.witnessing import read_log_key
from prasasti_verify.notes import COSIGNATURE, ED25519, parse_checkpoint
from prasasti_verify.strict import Wrong
from tests.core.examples import NEW_KEY, REGISTRAR, registration
from tests.core.ledger import Ledger as CoreLedger
from tests.log.worlds import make_entries
from tests.verify.ledger import LOG as LOG_SEED
from tests.verify.ledger import build_example, vkey
from tests.verify.running import check, find_wrong, run
from tests.witness.worlds import LOG_KEY, NAME, Consortium, SignedLog, read_cosignature, run_witness

ML_DSA_44 = KEY_TYPES[0x06]
SEED, WITNESS = 31, "one.example/w"
AT = 1767225730  # Ten seconds after the worked example's last block.
UNVERIFIED = [number for number, each in KEY_TYPES.items() if not each.is_verified]
LOG = SignedLog(make_entries(8))


def make_key_id(name: str, kind: int, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public_key).digest()[:4]


def format_post_quantum_line(name: str, filling: int = 1) -> bytes:
    """A cosignature line of the form that C2SP tlog-cosignature gives ML-DSA-44; its signature is nothing."""
    public_key, signature = bytes([filling]) * (ML_DSA_44.public_key_bytes or 0), bytes([filling]) * ((ML_DSA_44.signature_bytes or 0) - 8)
    return f"— {name} ".encode() + b64encode(make_key_id(name, 0x06, public_key) + AT.to_bytes(8, "big") + signature) + b"\n"


def format_vkey_of_type(name: str, kind: int, public_key: bytes) -> str:
    return f"{name}+{make_key_id(name, kind, public_key).hex()}+{b64encode(bytes([kind]) + public_key).decode()}"


def test_what_is_verified_is_what_the_table_says() -> None:
    assert [number for number, each in KEY_TYPES.items() if each.is_verified] == [ED25519, COSIGNATURE]
    assert describe_key_type(6) == "06 (ML-DSA-44 cosignature)"
    assert describe_key_type(0xFE) == "fe (unknown)"


# Readers ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 14])  # With the two that count: 16, which any reader takes (C2SP signed-note).
def test_a_published_folder_verifies_beside_post_quantum_lines(tmp_path: Path, count: int) -> None:
    witnesses = [("w", WITNESS, SEED)]
    folder = build_example().publish(tmp_path / "log", witnesses=witnesses, quorum="w", cosignatures=[(WITNESS, SEED, AT)])
    before = check(folder)
    with (folder / "checkpoint").open("ab") as file:
        for number in range(count):
            file.write(format_post_quantum_line(WITNESS if number == 0 else f"w{number}.example/w", number))
    assert check(folder) == before


@pytest.mark.parametrize("length", [64, 72])
def test_a_strangers_line_of_a_verified_length_is_still_wrong(tmp_path: Path, length: int) -> None:
    """In a published folder every Ed25519 signature has to be accounted for; only another type is passed over."""
    folder = build_example().publish(tmp_path / "log")
    with (folder / "checkpoint").open("ab") as file:
        file.write(f"— {WITNESS} ".encode() + b64encode(bytes(4 + length)) + b"\n")
    assert "whom nothing here makes known" in find_wrong(folder)


def test_a_post_quantum_line_counts_towards_no_quorum(tmp_path: Path) -> None:
    folder = build_example().publish(tmp_path / "log", witnesses=[("w", WITNESS, SEED)], quorum="w")
    with (folder / "checkpoint").open("ab") as file:
        file.write(format_post_quantum_line(WITNESS))
    assert "has 0 cosignatures, which do not meet the quorum w" in find_wrong(folder)


@pytest.mark.parametrize("kind", UNVERIFIED)
def test_a_policy_that_names_another_type_is_refused_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: int) -> None:
    """Passed over, the line would leave a quorum of fewer than its members meant."""
    ledger = build_example()
    folder = ledger.publish(tmp_path / "log")
    other = format_vkey_of_type(WITNESS, kind, bytes(KEY_TYPES[kind].public_key_bytes or 65))
    policy = tmp_path / "policy"
    policy.write_text(f"log {vkey(ledger.origin, 1, LOG_SEED)}\nwitness w {other}\nquorum none\n")
    reason = f"policy, line 2: is no vkey of type 01 or 04 (Ed25519): {kind:02x}"
    with pytest.raises(SystemExit, match="2"):
        run(folder, "--policy", policy)
    assert reason in capsys.readouterr().err
    (folder / "policy").write_bytes(policy.read_bytes())
    assert find_wrong(folder) == reason


def test_the_log_reads_its_own_checkpoint_beside_them() -> None:
    checkpoint = read_checkpoint(LOG.note(8) + format_post_quantum_line(NAME), LOG_KEY, "checkpoint")
    assert (checkpoint.size, len(checkpoint.lines)) == (8, 2)
    forged = parse_checkpoint(LOG.note(8), "checkpoint").body + b"\n" + format_post_quantum_line(LOG_KEY.name)
    with pytest.raises(Wrong, match="bears no signature by the log's key"):
        read_checkpoint(forged, LOG_KEY, "checkpoint")


# Witnesses and who asks them --------------------------------------------------------------------------------------------------------


def test_a_witness_cosigns_beside_them_and_keeps_none(tmp_path: Path) -> None:
    note = LOG.note(8) + b"".join(format_post_quantum_line(f"w{number}.example/w", number) for number in range(15))
    with run_witness(tmp_path) as witness:
        answer = witness.add_checkpoint(LOG.request(0, 8, note))
        read_cosignature(answer, LOG.note(8).partition(b"\n\n")[0] + b"\n")
        assert witness.read_latest(next(tmp_path.glob("log/*")).name).body == LOG.note(8) + answer.body


@pytest.mark.parametrize("with_its_own", [True, False])
def test_of_an_answer_only_the_verified_line_is_shown(tmp_path: Path, with_its_own: bool) -> None:
    """A witness that has both kinds of keys may answer two lines."""
    with ExitStack() as stack:
        consortium = Consortium(stack, tmp_path, ("agency",))
        line = format_post_quantum_line(consortium.listed[0].key.name)

        def answer(path: str, body: bytes | None) -> Reply:
            if body is None:
                return Reply(404, "text/plain", b"")
            own = consortium.served["agency"].add_checkpoint(body).body
            return Reply(200, "text/plain", line + own if with_its_own else line)

        consortium.instead["agency"] = answer
        collected = consortium.cosigners().collect(LOG.note(8), lambda old_size: prove_consistency(LOG.nodes, old_size, 8))
    lines = parse_checkpoint(collected.note, "checkpoint").lines
    assert [name for name, _, _ in lines] == ([LOG_KEY.name, "agency.example/w"] if with_its_own else [LOG_KEY.name])
    assert line not in collected.note
    assert dict(collected.missing) == ({} if with_its_own else {"agency": "answered no cosignature by the key in its vkey"})


@pytest.mark.parametrize("kind", [*UNVERIFIED, 0x00, 0x03, 0xFF])
def test_a_vkey_of_another_type_is_refused_by_its_number(kind: int) -> None:
    known = KEY_TYPES.get(kind)
    text = format_vkey_of_type(WITNESS, kind, bytes((known and known.public_key_bytes) or 32))
    said = f"is a vkey of type {kind:02x} \\({known.what if known else 'unknown'}\\)"
    with pytest.raises(WitnessListProblem, match=said):
        parse_witness_list(f'[[witness]]\nname = "w"\nurl = "https://w.example"\nvkey = "{text}"\n', "witnesses.toml")
    with pytest.raises(WitnessStateProblem, match=said):
        read_log_key(text)


def test_a_plus_sign_within_a_key_is_not_its_end() -> None:
    key = format_vkey_of_type(WITNESS, 0x06, b"\xfb" * 1_312)
    assert key.count("+") > 2
    with pytest.raises(Wrong, match="type 06"):
        read_vkey(f"{key}\n".encode(), "vkey")


# Keys in messages -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["81:" + "ab" * 1_312, "06:" + "ab" * 1_312, "81:" + "ab" * 32, "01:" + "ab" * 32, "ab" * 1_312])
def test_a_key_of_another_type_is_never_bound(tmp_path: Path, key: str) -> None:
    ledger = CoreLedger(tmp_path)
    try:
        envelope = ledger.sign("identity.register_key", registration(key=key), REGISTRAR, NEW_KEY)
        refused = decode_transaction(envelope, {contract.name: contract for contract in CONTRACTS})
        assert isinstance(refused, Inadmissible)
        assert refused.code == "admission.3"
        assert "key" in refused.found
        records = ledger.records()
        assert ledger.check(envelope) == "admission.3"
        assert ledger.records() == records
    finally:
        ledger.close()
