"""Attacks on what is sealed: copies, replays, shares that are early, another's or for something else, contents that break a reader."""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.process import DUE, MALFORMED, OPENED
from prasasti.contracts.procurement.proposal.checks import find_fate
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, ShareRecord, envelope_key, share_key
from prasasti.contracts.procurement.sealing.contents import decode_contents, decode_scores
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_context, compute_envelope_id, compute_round
from prasasti.contracts.procurement.sealing.plain import PlainSealer
from prasasti.contracts.procurement.sealing.sealer import Malformed
from tests.contracts.procurement_evaluation_rows import RATED, Evaluation
from tests.contracts.procurement_proposal_rows import Bench, bidder_of
from tests.contracts.selection import BUYER, COMMITTEE, DAY, LOT, MILLION, PROCESS, TRUSTEES, found, lot, proposal, round_of, seal, signer
from tests.core.ledger import ACCEPTED, key_of

SCORES = {"delivery": [800_000, 700_000, 900_000], "design": [900_000, 700_000, 600_000]}


def envelope_of(bench: Bench | Evaluation, envelope: str) -> EnvelopeRecord:
    record = bench.ledger.application.state.view.get(envelope_key(envelope), EnvelopeRecord)
    assert record is not None
    return record


def opening(folder: Path, *bidders: str) -> Bench:
    """Proposals of bidders, and their opening has begun."""
    bench = Bench(found(folder))
    assert bench.ask() == ACCEPTED
    for bidder in bidders:
        assert bench.submit(bidder) == ACCEPTED
    bench.wait_until(bench.process().deadline)
    bench.wait_until(bench.process().opening)
    return bench


# Copies and replays.


def test_a_copied_envelope_is_another_and_opens_apart(tmp_path: Path) -> None:
    """Suite 00 hides nothing, so bytes can be copied; what they are sealed for makes the id: shares for one open no other."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    arguments, original = bench.arguments("bidder-1", "proposal")
    assert bench.do("procurement.submit_sealed", arguments, bidder_of("bidder-1")) == ACCEPTED
    assert bench.do("procurement.submit_sealed", arguments, bidder_of("bidder-2")) == ACCEPTED
    context = compute_context(bytes.fromhex(arguments["round"]), LOT, "proposal", "bidder-2")
    copy = compute_envelope_id(context, base64.b64decode(arguments["sealed"])).hex()
    assert copy != original
    bench.wait_until(bench.process().deadline)
    bench.wait_until(bench.process().opening)
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee, original) == ACCEPTED
    assert [envelope_of(bench, each).state for each in (original, copy)] == [OPENED, "sealed"]
    assert bench.lot().state == "opening"
    for trustee in TRUSTEES[1:]:
        assert bench.give(trustee, copy) == ACCEPTED
    secrets = {envelope_of(bench, each).secret for each in (original, copy)}
    assert secrets == {sha256(base64.b64decode(arguments["sealed"])).hexdigest()}


@pytest.mark.parametrize(
    "change",
    [{"round": "00" * 32}, {"slot": "technical"}, {"lot": "lot-9"}, {"process": "ocds-213czf-other"}],
    ids=lambda change: next(iter(change)),
)
def test_an_envelope_is_taken_nowhere_else(tmp_path: Path, change: dict[str, str]) -> None:
    bench = Bench(found(tmp_path))
    assert bench.ask(lots=[lot(), lot("lot-2", 100 * MILLION)]) == ACCEPTED
    arguments, _ = bench.arguments("bidder-1", "proposal")
    assert bench.do("procurement.submit_sealed", arguments | change, bidder_of("bidder-1")) == "procurement.00.2"


def test_a_ballot_round_takes_no_proposal_nor_the_other_way_round(tmp_path: Path) -> None:
    evaluation = Evaluation(found(tmp_path))
    evaluation.begin(**RATED)
    evaluation.declare_all()
    proposals = compute_round(*round_of(evaluation.ledger)).hex()
    assert evaluation.score(COMMITTEE[0], SCORES, round=proposals) == "procurement.00.2"
    ballots = compute_round(*evaluation.ballot_round()).hex()
    assert evaluation.propose("bidder-1", MILLION, round=ballots) == "procurement.08.1"


def test_the_same_bytes_again_are_one_envelope_that_opens_once(tmp_path: Path) -> None:
    """Sent, withdrawn and sent again: its slot is full or empty, and the lot waits for one envelope."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    plaintext = proposal(bench.ledger, 280 * MILLION)
    for step in ("submit", "submit", "withdraw", "submit"):
        answer = bench.withdraw("bidder-1") if step == "withdraw" else bench.submit("bidder-1", plaintext=plaintext)
        assert answer == ACCEPTED
    assert bench.lot().complete == 1
    bench.wait_until(bench.process().deadline)
    bench.wait_until(bench.process().opening)
    assert bench.lot().due == 1
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee) == ACCEPTED
    assert (bench.lot().state, bench.lot().live) == ("evaluating", 1)


def test_a_sheet_is_its_signers_whoever_it_was_sealed_for(tmp_path: Path) -> None:
    """A member who sends a colleague's sheet seals their own by it: the colleague's stays, and each counts once."""
    evaluation = Evaluation(found(tmp_path))
    evaluation.begin(**RATED)
    evaluation.declare_all()
    round_ = evaluation.ballot_round()
    assert evaluation.score(COMMITTEE[0], SCORES) == ACCEPTED
    first = envelope_of(evaluation, evaluation.sheets[COMMITTEE[0]])
    copied = {"lot": LOT, "process": PROCESS, "round": compute_round(*round_).hex(), "sealed": first.sealed}
    assert evaluation.do("procurement.submit_scores", copied, signer(COMMITTEE[1], "committee")) == ACCEPTED
    assert envelope_of(evaluation, evaluation.sheets[COMMITTEE[0]]).sealer == f"{BUYER}:{COMMITTEE[0]}"
    context = compute_context(compute_round(*round_), LOT, "scores", f"{BUYER}:{COMMITTEE[1]}")
    second = compute_envelope_id(context, base64.b64decode(first.sealed)).hex()
    assert envelope_of(evaluation, second).sealer == f"{BUYER}:{COMMITTEE[1]}"


# Shares.


def test_no_share_comes_early_or_is_anothers(tmp_path: Path) -> None:
    """What is early, or for what is not due, never reaches the log; what is another's is refused."""
    bench = Bench(found(tmp_path))
    assert bench.ask(lots=[lot(), lot("lot-2", 100 * MILLION)]) == ACCEPTED
    assert bench.submit("bidder-1") == ACCEPTED
    assert bench.submit("bidder-2", lot_name="lot-2") == ACCEPTED
    first, second = (bench.envelopes[bidder, "proposal"] for bidder in ("bidder-1", "bidder-2"))
    blocks = len(bench.ledger.results)
    assert bench.give(TRUSTEES[0], first) == "admission.10"
    assert len(bench.ledger.results) == blocks
    bench.ledger.time = bench.process().deadline
    assert bench.give(TRUSTEES[0], first) == "admission.10"
    bench.wait_until(bench.process().opening)
    for envelope in (second, "00" * 32):
        assert bench.give(TRUSTEES[0], envelope) == "admission.10"
    assert bench.give(TRUSTEES[0], first, index=2) == "procurement.10.3"
    assert bench.give(TRUSTEES[0], first, index=16) == "procurement.10.3"
    assert bench.give("trustees-1", first, index=1) == "procurement.10.3"
    assert bench.give(TRUSTEES[0], first, point="ab") == "procurement.10.4"


def test_one_trustee_is_one_share(tmp_path: Path) -> None:
    """Neither twice in a message, in a block, nor in two."""
    bench = opening(tmp_path, "bidder-1")
    envelope = bench.envelopes["bidder-1", "proposal"]
    share = {"envelope": envelope, "index": 1, "point": "", "proof": ""}
    arguments = {"lot": LOT, "process": PROCESS, "shares": [share]}
    trustee = (f"{TRUSTEES[0]}/trustee", "procurement.trustee")
    assert bench.do("procurement.publish_opening_shares", arguments | {"shares": [share, share]}, trustee) == "admission.3"
    answers = bench.ledger.seal(*(bench.ledger.sign("procurement.publish_opening_shares", arguments, trustee) for _ in range(2)))
    assert answers == [ACCEPTED, "procurement.10.5"]
    assert bench.give(TRUSTEES[0]) == "procurement.10.5"
    assert find_fate(bench.ledger.application.state.view, bench.lot(), envelope_of(bench, envelope)) == DUE


def test_a_trustees_new_key_opens_nothing_that_was_sealed_to_the_old_one(tmp_path: Path) -> None:
    """Rounds are pinned to keys; a key that ended counts as lost, and t others open."""
    bench = opening(tmp_path, "bidder-1")
    office = {"key": key_of(f"{TRUSTEES[0]}/trustee"), "role": "procurement.trustee"}
    assert bench.do("identity.end_office", office, (f"{TRUSTEES[0]}/registrar", "identity.registrar")) == ACCEPTED
    assert bench.give(TRUSTEES[0]) == "admission.9"
    new = {"key": key_of(f"{TRUSTEES[0]}/officer"), "role": "procurement.trustee", "until": bench.ledger.time + 90 * DAY}
    assert bench.do("identity.grant_office", new, (f"{TRUSTEES[0]}/registrar", "identity.registrar")) == ACCEPTED
    assert bench.give(TRUSTEES[0], key=f"{TRUSTEES[0]}/officer") == "procurement.10.3"
    for trustee in TRUSTEES[1:]:
        assert bench.give(trustee) == ACCEPTED
    assert bench.lot().state == "evaluating"


def test_nobody_reveals_alone_and_a_failed_opening_tells_nothing(tmp_path: Path) -> None:
    """With fewer than t shares at the end of the grace the lot has failed: no share counts any more, and nothing more is read."""
    bench = opening(tmp_path, "bidder-1", "bidder-2")
    first, second = (bench.envelopes[bidder, "proposal"] for bidder in ("bidder-1", "bidder-2"))
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee, first) == ACCEPTED
    assert bench.give(TRUSTEES[0], second) == ACCEPTED
    bench.wait_until(bench.lot().grace_ends)
    assert (bench.lot().state, bench.lot().failure) == ("failed", "j")
    assert bench.give(TRUSTEES[1], second) == "admission.10"
    assert envelope_of(bench, second).secret == ""
    assert bench.do("procurement.publish_opening_shares", {
        "lot": LOT, "process": PROCESS, "shares": [{"envelope": second, "index": 1, "point": "", "proof": ""}]},
        bidder_of("bidder-2")) == "admission.9"  # fmt: skip


def test_an_opened_envelope_leaves_no_share_behind(tmp_path: Path) -> None:
    bench = opening(tmp_path, "bidder-1")
    envelope = bench.envelopes["bidder-1", "proposal"]
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee, envelope) == ACCEPTED
    view = bench.ledger.application.state.view
    assert [view.get(share_key(envelope, index), ShareRecord) for index in (1, 2, 3)] == [None, None, None]
    assert bench.give(TRUSTEES[2], envelope) == "admission.10"


# Contents made to break whoever opens them.

DEPTH = 13_000
HOSTILE: dict[str, bytes] = {
    "nested deep": b"[" * 2 * DEPTH,
    "nested deep, closed": b"[" * DEPTH + b"]" * DEPTH,
    "objects nested deep": b'{"price":' * 3_000 + b"1" + b"}" * 3_000,
    "a number without end": b'{"price":' + b"9" * 25_000 + b"}",
    "no number": b'{"price":NaN}',
    "infinite": b'{"price":1e999}',
    "a key twice": b'{"files":[],"files":[]}',
    "half a character": b'{"files":"\\ud800"}',
    "no UTF-8": b"\xff\xfe{}",
    "a byte order mark": b'\xef\xbb\xbf{"files":[]}',
    "nothing": b"",
    "zeros": b"\x00" * 100,
    "padding within": b"\x80\x00\x80",
    "null": b"null",
    "a string": b'"' + b"a" * 20_000 + b'"',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_contents_break_nobody(tmp_path: Path, name: str) -> None:
    """They are malformed, the same for all; the others of the lot go on."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    assert bench.submit("bidder-1", plaintext=HOSTILE[name]) == ACCEPTED
    assert bench.submit("bidder-2") == ACCEPTED
    bench.wait_until(bench.process().deadline)
    bench.wait_until(bench.process().opening)
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee) == ACCEPTED
    assert envelope_of(bench, bench.envelopes["bidder-1", "proposal"]).state == MALFORMED
    assert (bench.lot().state, bench.lot().live) == ("evaluating", 1)


@given(st.one_of(st.binary(max_size=600), st.sampled_from(list(HOSTILE.values()))))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_where_contents_are_read(plaintext: bytes) -> None:
    for slot in ("financial", "proposal", "qualification", "technical"):
        contents = decode_contents(slot, plaintext, "IDR", ["bench"])
        assert isinstance(contents, Malformed) or slot == "qualification"
    assert isinstance(decode_scores(plaintext, ["design"], [False]), Malformed)


@given(st.binary(max_size=9_000))
@settings(max_examples=60, deadline=None)
def test_no_sealed_bytes_raise_where_they_are_checked_or_opened(sealed: bytes) -> None:
    sealer, round_ = PlainSealer(), round_of_nobody()
    if sealer.check(round_, bytes(32), sealed) is None:
        shares = [sealer.share(round_, bytes(32), sealed, index, bytes(32), bytes(64)) for index in (1, 2)]
        sealer.open(round_, bytes(32), sealed, shares)


def round_of_nobody() -> Round:
    return Round("test", "proposal", PROCESS, 1, 2, tuple(Trustee(f"t-{number}", "key", bytes(32)) for number in range(3)))


@pytest.mark.parametrize("sealed", ["AA==", "AAAA\n", "AAA", "AB==", "!!!!", "-_-_", "/w==" + "A" * 5_460])
def test_what_is_no_envelope_is_not_taken(tmp_path: Path, sealed: str) -> None:
    """Loose bits, white space, another alphabet, another length, an unknown suite."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    assert bench.submit("bidder-1", sealed=sealed) in ("admission.3", "procurement.08.6")


def test_a_proposal_of_the_last_second_counts_and_one_of_the_next_does_not(tmp_path: Path) -> None:
    """In the deadline's block the schedule runs first, whoever proposed the block's order."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    deadline = bench.process().deadline
    bench.ledger.time = deadline - 1
    assert bench.submit("bidder-1") == ACCEPTED
    bench.ledger.time = deadline
    assert bench.submit("bidder-2") == "procurement.08.1"
    assert bench.withdraw("bidder-1") == "procurement.09.1"
    assert bench.lot().due == 1


def test_a_sheet_of_a_member_who_left_is_read_by_nobody(tmp_path: Path) -> None:
    """Also one that has a share already: it is withdrawn with its member, and what the seat waits for is its next holder's."""
    evaluation = Evaluation(found(tmp_path))
    evaluation.begin(**RATED)
    evaluation.declare_all()
    assert evaluation.declare("alternate-1", "committee") == ACCEPTED
    evaluation.score_all(SCORES)
    evaluation.close_scoring()
    left = evaluation.sheets[COMMITTEE[0]]
    assert evaluation.share(TRUSTEES[0], left) == ACCEPTED
    assert evaluation.take_seat("committee", COMMITTEE[0], "alternate-1") == ACCEPTED
    assert evaluation.share(TRUSTEES[1], left) == "admission.10"
    evaluation.count(*COMMITTEE[1:])
    assert envelope_of(evaluation, left).secret == ""
    evaluation.wait_until(evaluation.ledger.time + 1)
    assert (evaluation.lot().ranking, evaluation.lot().scored) == (0, False)


def test_a_file_that_was_had_is_not_missed_again(tmp_path: Path) -> None:
    """One member would suspend a lot over and over."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    assert bench.submit("bidder-1", files=[bench.file()]) == ACCEPTED
    bench.wait_until(bench.process().deadline)
    bench.wait_until(bench.process().opening)
    for trustee in TRUSTEES[:2]:
        assert bench.give(trustee) == ACCEPTED
    bench.declare_all()
    assert [bench.report(), bench.confirm(name=COMMITTEE[1]), bench.report()] == [ACCEPTED, ACCEPTED, "procurement.00.2"]
    assert bench.lot().suspended == []
    bench.wait_until(bench.ledger.time + 30 * DAY)
    assert bench.lot().state == "evaluating"


def test_an_envelope_of_another_process_is_not_opened_with_this_ones_shares(tmp_path: Path) -> None:
    """Two processes with the same trustees, lots and bidders: a round's process is part of what is sealed."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    other = round_of(bench.ledger)._replace(process="ocds-213czf-other")
    ids = {seal(each, b"{}", LOT, "proposal", "bidder-1")[1] for each in (round_of(bench.ledger), other)}
    assert len(ids) == 2
