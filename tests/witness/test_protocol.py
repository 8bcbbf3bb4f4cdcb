"""What a witness answers (C2SP tlog-witness): each refusal, growth, and consistency proofs against a second judge."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.log.proofs import nodes_from_source, prove_consistency
from prasasti.log.witness import Answer, Request, format_request, format_signature_line, is_consistent, parse_request
from prasasti_verify.hashing import EMPTY_ROOT, fold_edge
from tests.log.worlds import MemoryLog, SeedKey, make_entries
from tests.verify import consistency
from tests.witness.worlds import LOG_KEY, START, Clock, SignedLog, make_fork, read_cosignature, run_witness

LOG = SignedLog(make_entries(40))
FORK = make_fork(5, 40)
ROTATED = SignedLog(make_entries(40), b"\x05" * 32)
STRANGER = SignedLog(make_entries(40), b"\x06" * 32)

# The example in C2SP tlog-witness, byte for byte.
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()


def test_the_example_of_the_protocol_is_read() -> None:
    request = parse_request(EXAMPLE)
    assert isinstance(request, Request)
    assert (request.old_size, len(request.proof), request.checkpoint.size) == (20852014, 4, 20852163)
    assert request.checkpoint.origin == "example.com/behind-the-sofa"
    assert len(request.checkpoint.lines) == 2
    assert format_request(request.old_size, request.proof, request.note) == EXAMPLE


def test_it_cosigns_a_log_that_grows(tmp_path: Path) -> None:
    clock = Clock()
    with run_witness(tmp_path, clock) as witness:
        for old, new in [(0, 0), (0, 3), (3, 3), (3, 8), (8, 40)]:
            clock.now += 7
            note = LOG.note(new)
            assert read_cosignature(witness.add_checkpoint(LOG.request(old, new)), note.partition(b"\n\n")[0] + b"\n") == clock.now


def break_request(kind: str) -> bytes:
    good = LOG.request(8, 16)
    note = LOG.note(16)
    other_note = note.replace(b"prasasti-training", b"prasasti")
    signature = bytearray(note)
    signature[-10] ^= 1
    broken: dict[str, bytes] = {
        "nothing": b"",
        "no empty line": good.replace(b"\n\n", b"\n"),
        "no old size": good.removeprefix(b"old 8\n"),
        "old size with zeros": good.replace(b"old 8", b"old 08"),
        "negative": good.replace(b"old 8", b"old -8"),
        "proof that is no base64": format_request(8, (), note).replace(b"old 8\n", b"old 8\n***\n"),
        "proof of 31 bytes": format_request(8, [b"x" * 31], note),
        "proof of 64 lines": format_request(8, [b"x" * 32] * 64, note),
        "no text": b"old 8\n\xff\n\n" + note,
        "extension line": LOG.request(8, 16, note.replace(b"\n\n", b"\nmore\n\n", 1)),
        "two lines by one key": good + note.partition(b"\n\n")[2],
        "old size above": format_request(17, (), note),
        "other origin": format_request(8, (), other_note),
        "no known signature": format_request(8, (), STRANGER.note(16)),
        "no signature that verifies": format_request(8, (), bytes(signature)),
        "known signature broken beside a good one": format_request(
            8, prove_consistency(LOG.nodes, 8, 16), ROTATED.note(16) + bytes(signature).partition(b"\n\n")[2]
        ),
        "rollback": format_request(16, (), LOG.note(4)),
        "rollback, well told": LOG.request(4, 4),
        "old size below": LOG.request(4, 16),
        "no proof": format_request(8, (), note),
        "wrong proof": format_request(8, [b"\0" * 32], note),
        "proof too long": format_request(8, [*prove_consistency(LOG.nodes, 8, 16), b"\0" * 32], note),
        "fork": FORK.request(8, 16),
        "fork at the same size": FORK.request(8, 8),
        "same size with a proof": format_request(8, [b"\0" * 32], LOG.note(8)),
    }
    return broken[kind]


ANSWERS = {
    "nothing": 400, "no empty line": 400, "no old size": 400, "old size with zeros": 400, "negative": 400,
    "proof that is no base64": 400, "proof of 31 bytes": 400, "proof of 64 lines": 400, "no text": 400, "extension line": 400,
    "two lines by one key": 400, "old size above": 400, "other origin": 404, "no known signature": 403,
    "no signature that verifies": 403, "known signature broken beside a good one": 403, "rollback": 400, "rollback, well told": 409,
    "old size below": 409, "no proof": 422, "wrong proof": 422, "proof too long": 422, "fork": 422, "fork at the same size": 422,
    "same size with a proof": 422,
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_refusal_has_its_status_and_leaves_the_state(tmp_path: Path, kind: str) -> None:
    with run_witness(tmp_path, logs=(LOG_KEY, ROTATED.key)) as witness:
        assert witness.add_checkpoint(LOG.request(0, 8)).status == 200
        before = {path: path.read_bytes() for path in tmp_path.rglob("checkpoint")}
        answer = witness.add_checkpoint(break_request(kind))
        assert answer.status == ANSWERS[kind], answer
        if answer.status == 409:
            assert (answer.body, answer.content_type) == (b"8\n", "text/x.tlog.size")
        assert {path: path.read_bytes() for path in tmp_path.rglob("checkpoint")} == before
        assert witness.add_checkpoint(LOG.request(8, 16)).status == 200


def test_a_first_checkpoint_comes_without_a_proof(tmp_path: Path) -> None:
    with run_witness(tmp_path) as witness:
        assert witness.add_checkpoint(format_request(0, [b"\0" * 32], LOG.note(8))).status == 422
        assert witness.add_checkpoint(format_request(3, [b"\0" * 32], LOG.note(8))) == Answer(409, b"0\n", "text/x.tlog.size")
        empty = SignedLog([])
        body = empty.note(0).replace(b64encode(EMPTY_ROOT), b64encode(b"\1" * 32)).partition(b"\n\n")[0] + b"\n"
        wrong = body + b"\n" + format_signature_line(LOG_KEY, SeedKey().sign(body))
        assert witness.add_checkpoint(format_request(0, (), wrong)).status == 422


def test_two_signed_histories_are_kept_as_evidence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with run_witness(tmp_path) as witness:
        assert witness.add_checkpoint(LOG.request(0, 8)).status == 200
        assert witness.add_checkpoint(FORK.request(8, 8)).status == 422
    [record] = caplog.records
    # With the log's signature: without it, the text proves nothing.
    assert record.__dict__["facts"]["checkpoint"].encode() == FORK.note(8)


def test_lines_by_unknown_keys_are_ignored_and_not_kept(tmp_path: Path) -> None:
    foreign = "— somebody.example/w AAAAAAAAAAA=\n".encode()
    with run_witness(tmp_path) as witness:
        answer = witness.add_checkpoint(LOG.request(0, 8, LOG.note(8) + foreign))
        read_cosignature(answer, LOG.note(8).partition(b"\n\n")[0] + b"\n")
        latest = witness.read_latest(next(tmp_path.glob("log/*")).name)
        assert latest == Answer(200, LOG.note(8) + answer.body)
        assert witness.read_latest("0" * 64).status == 404
        assert witness.read_latest("../log").status == 404


def test_a_log_whose_key_was_rotated_is_one_log(tmp_path: Path) -> None:
    with run_witness(tmp_path) as witness:
        assert witness.add_checkpoint(LOG.request(0, 8)).status == 200
        assert witness.add_checkpoint(ROTATED.request(8, 16)).status == 403
    with run_witness(tmp_path, logs=(LOG_KEY, ROTATED.key)) as witness:
        assert witness.add_checkpoint(ROTATED.request(0, 16)).status == 409
        assert witness.add_checkpoint(ROTATED.request(8, 16)).status == 200
        assert witness.add_checkpoint(LOG.request(8, 16)).status == 409
    with run_witness(tmp_path, logs=(ROTATED.key,)) as witness:  # Once nobody uses the old key any more.
        assert witness.add_checkpoint(ROTATED.request(16, 20)).status == 200
        assert witness.add_checkpoint(LOG.request(20, 24)).status == 403


def test_logs_are_kept_apart(tmp_path: Path) -> None:
    other = LOG_KEY._replace(name="other.example/log")
    with run_witness(tmp_path, logs=(LOG_KEY, other)) as witness:
        assert witness.add_checkpoint(LOG.request(0, 8)).status == 200
        assert witness.add_checkpoint(LOG.request(0, 8, LOG.note(8).replace(LOG_KEY.name.encode(), b"other.example/log"))).status == 403


def test_a_clock_that_runs_back_makes_no_cosignature(tmp_path: Path) -> None:
    clock = Clock()
    with run_witness(tmp_path, clock) as witness:
        assert witness.add_checkpoint(LOG.request(0, 8)).status == 200
        clock.now -= 1
        assert witness.add_checkpoint(LOG.request(8, 16)).status == 503
        clock.now = START
        assert witness.add_checkpoint(LOG.request(8, 16)).status == 200


@given(st.integers(0, 40), st.integers(0, 40), st.data())
def test_consistency_is_judged_as_the_second_judge_does(old_size: int, size: int, data: st.DataObject) -> None:
    proof: tuple[bytes, ...] = ()
    if old_size <= size:
        proof = prove_consistency(LOG.nodes, old_size, size)
        assert is_consistent(old_size, LOG.root(old_size), size, LOG.root(size), proof)
    changes: list[Callable[[tuple[bytes, ...]], tuple[bytes, ...]]] = [
        lambda proof: proof,
        lambda proof: proof[1:],
        lambda proof: proof[:-1],
        lambda proof: (*proof, LOG.root(1)),
        lambda proof: tuple(reversed(proof)),
        lambda proof: proof[:1] * 2 + proof[1:],
    ]
    changed = data.draw(st.sampled_from(changes))(proof)
    old_root = data.draw(st.sampled_from([LOG.root(old_size), LOG.root(size), EMPTY_ROOT, FORK.root(old_size)]))
    root = data.draw(st.sampled_from([LOG.root(size), FORK.root(size)]))
    claimed = data.draw(st.integers(0, 80))  # A checkpoint may sign any size beside its root.
    assert is_consistent(old_size, old_root, claimed, root, changed) == consistency.is_consistent(
        old_size, old_root, claimed, root, changed
    )
    assert is_consistent(old_size, old_root, size, root, changed) == consistency.is_consistent(old_size, old_root, size, root, changed)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for body in (data, b"old 0\n\n" + data, b"old 8\n" + data + b"\n\n" + LOG.note(16)):
        parsed = parse_request(body)
        assert isinstance(parsed, Request) or parsed.status == 400


def test_a_size_that_is_not_the_roots_is_refused() -> None:
    proof = prove_consistency(LOG.nodes, 4, 8)
    assert is_consistent(4, LOG.root(4), 8, LOG.root(8), proof)
    assert not any(is_consistent(4, LOG.root(4), size, LOG.root(8), proof) for size in (9, 16, 32, 1 << 40))


def test_large_trees_are_proved_and_judged() -> None:
    log = MemoryLog(make_entries(700))
    nodes = nodes_from_source(log)
    for old_size, size in [(1, 700), (255, 256), (256, 257), (511, 700), (512, 700), (699, 700)]:
        proof = prove_consistency(nodes, old_size, size)
        assert is_consistent(old_size, fold_edge(log.edges[old_size]), size, fold_edge(log.edges[size]), proof)
        assert not is_consistent(old_size, fold_edge(log.edges[old_size]), size, fold_edge(log.edges[size - 1]), proof)
