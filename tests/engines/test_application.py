"""The application's promises, those of ABCI 2.0: what a proposal may hold, and nothing kept before commit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.bootstrap import open_for_writing
from prasasti.contracts.versions import ContractMismatch
from prasasti.core.admission import Inadmissible
from prasasti.core.envelope import Transaction
from prasasti.core.types import Bug
from tests.core.ledger import ACCEPTED, START, Ledger, key_of
from tests.core.rehearsal import thing_key
from tests.engines.world import OTHER, SENDER, WITH_REHEARSAL, found

DUE = START + 100


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path, WITH_REHEARSAL)) as ledger:
        yield ledger


def put(ledger: Ledger, key: str = "a", text: str = "one", **changes: object) -> bytes:
    return ledger.sign("rehearsal.put", {"texts": {key: text}}, SENDER, **changes)


def check(ledger: Ledger, *envelopes: bytes) -> list[Transaction]:
    """The transactions, which must all be admitted."""
    checked = [ledger.application.check_tx(envelope, ledger.time) for envelope in envelopes]
    assert all(isinstance(each, Transaction) for each in checked)
    return [each for each in checked if isinstance(each, Transaction)]


def process(ledger: Ledger, *envelopes: bytes, height: int = 1, time: int | None = None) -> bool:
    return ledger.application.process_proposal(height, ledger.time if time is None else time, envelopes)


def test_a_proposal_that_honest_nodes_accept(ledger: Ledger) -> None:
    """Of any size, none included; a transaction that the contract refuses belongs to it like any other."""
    assert process(ledger)
    assert process(ledger, put(ledger), put(ledger), put(ledger, text="refuse"))
    assert ledger.seal() == []
    assert process(ledger), "judging changed nothing"


def spoil(envelope: bytes) -> bytes:
    return envelope.replace(b"payload", b"pay1oad", 1)


PROPOSALS: dict[str, Callable[[Ledger], bool]] = {
    "the height after the next": lambda ledger: process(ledger, put(ledger), height=2),
    "the height again": lambda ledger: process(ledger, put(ledger), height=0),
    "a time before the last block's": lambda ledger: process(ledger, time=START - 1),
    "a time before the last block's, with transactions": lambda ledger: process(ledger, put(ledger), time=START - 1),
    "bytes that are no envelope": lambda ledger: process(ledger, put(ledger), b"{}"),
    "a spoilt envelope": lambda ledger: process(ledger, spoil(put(ledger))),
    "a transaction of another chain": lambda ledger: process(ledger, put(ledger), put(ledger, chain="0" * 32)),
    "an expired transaction": lambda ledger: process(ledger, put(ledger, expires=ledger.time)),
    "a transaction that expires too late": lambda ledger: process(ledger, put(ledger, expires=ledger.time + 86_401)),
    "an unknown key": lambda ledger: process(ledger, ledger.sign("rehearsal.put", {"texts": {}}, ("agency-1/nobody", "identity.holder"))),
    "one id twice": lambda ledger: process(ledger, *[put(ledger)] * 2),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_a_proposal_that_honest_nodes_refuse(ledger: Ledger, name: str) -> None:
    before = ledger.application.info()
    assert not PROPOSALS[name](ledger)
    assert ledger.application.info() == before
    assert process(ledger, put(ledger)), "the next one is judged for itself"


def test_a_proposal_with_a_recorded_id_is_refused(ledger: Ledger) -> None:
    envelope = put(ledger)
    assert ledger.seal(envelope) == [ACCEPTED]
    assert not process(ledger, envelope, height=2)
    ledger.restart()
    assert not process(ledger, envelope, height=2)


def test_transactions_wait_for_deadlines_that_fill_a_block(ledger: Ledger) -> None:
    """A block with transactions before all due deadlines ran is no honest one; the block of deadlines alone is."""
    deadlines = [(DUE, f"{number:03d}") for number in range(300)]
    assert ledger.do("rehearsal.schedule", {"deadlines": deadlines, "event_bytes": 250}, SENDER) == ACCEPTED
    assert process(ledger, put(ledger), height=2, time=DUE - 1)
    ledger.time = DUE
    assert not ledger.application.has_room(DUE)
    assert not process(ledger, put(ledger), height=2)
    assert process(ledger, height=2)
    ledger.seal()
    assert ledger.application.has_room(DUE)
    assert process(ledger, put(ledger), height=3), "what is left of them fits beside it"


def test_the_door_is_no_part_of_consensus(ledger: Ledger) -> None:
    """Another node may have let pass what this one's door refuses: its block stands."""
    envelope = put(ledger)
    ledger.door = lambda _: "not through here"
    assert ledger.check(envelope) == "admission.11"
    assert process(ledger, envelope)


def test_nothing_is_kept_before_the_commit(ledger: Ledger) -> None:
    """Everything answers from the block before; the same block again has the same app hash; the last one is committed."""
    ledger.seal(put(ledger, "old"))
    before = ledger.application.info()
    rows = ledger.records()
    application = ledger.application
    envelopes = [put(ledger, "old", "two"), put(ledger, "new"), put(ledger, text="refuse")]
    transactions = check(ledger, *envelopes)
    first = application.finalize_block(2, ledger.time, transactions)
    other = application.finalize_block(2, ledger.time + 1, transactions[:1])
    again = application.finalize_block(2, ledger.time, transactions)
    assert first.tip == again.tip
    assert len({first.tip.app_hash, other.tip.app_hash, before.app_hash}) == 3
    assert (application.info(), ledger.records()) == (before, rows)
    assert application.query(thing_key("new")) is None
    assert application.query(thing_key("old")) == b'{"text":"one"}'
    assert [ledger.check(envelope) for envelope in envelopes] == [ACCEPTED] * 3, "no id is used yet"
    assert application.process_proposal(2, ledger.time, envelopes)
    assert application.commit(ledger.time) == first.tip == application.info()
    assert application.query(thing_key("old")) == b'{"text":"two"}'
    assert [ledger.check(envelope) for envelope in envelopes] == ["admission.6"] * 3
    ledger.restart()
    assert ledger.application.info() == first.tip


def test_a_process_that_dies_before_the_commit_begins_anew(ledger: Ledger) -> None:
    """CometBFT hands it the block once more, and it comes out the same."""
    transactions = check(ledger, put(ledger), put(ledger, text="refuse"))
    first = ledger.application.finalize_block(1, ledger.time, transactions)
    ledger.restart()
    assert ledger.application.info().height == 0
    again = ledger.application.finalize_block(1, ledger.time, transactions)
    assert again.tip == first.tip
    assert again.entries == first.entries
    ledger.application.commit(ledger.time)


@pytest.mark.parametrize(("height", "seconds"), [(0, 0), (2, 0), (1, -1_000)])
def test_a_block_out_of_turn_is_a_bug(ledger: Ledger, height: int, seconds: int) -> None:
    with pytest.raises(Bug, match="does not follow"):
        ledger.application.finalize_block(height, ledger.time + seconds, [])


def test_a_commit_without_a_block_is_a_bug(ledger: Ledger) -> None:
    with pytest.raises(Bug):
        ledger.application.commit(ledger.time)
    ledger.seal(put(ledger))
    with pytest.raises(Bug):
        ledger.application.commit(ledger.time)


def test_a_block_without_entries_changes_nothing(ledger: Ledger) -> None:
    """The app hash included: else CometBFT would make empty blocks for ever."""
    before = ledger.application.info()
    result = ledger.application.finalize_block(1, ledger.time, [])
    assert (result.entries, result.buckets) == ((), {})
    assert (result.tip.app_hash, result.tip.state_root, result.tip.size) == (before.app_hash, before.state_root, before.size)


@contextmanager
def two_nodes() -> Iterator[tuple[Ledger, Ledger]]:
    with (
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
        closing(Ledger(Path(first), WITH_REHEARSAL)) as proposer,
        closing(Ledger(Path(second), WITH_REHEARSAL)) as follower,
    ):
        yield proposer, follower


KINDS = st.sampled_from(["put", "remove", "refuse", "expired", "unsigned", "foreign", "nothing", "twice", "recorded", "schedule", "end"])


def make_envelopes(ledger: Ledger, kinds: list[str], recorded: list[bytes]) -> list[bytes]:
    """Envelopes of those kinds, good and bad."""
    made: list[bytes] = []
    for number, kind in enumerate(kinds):
        key = f"k-{number % 3}"
        made += {
            "put": [put(ledger, key, f"{number}")],
            "remove": [put(ledger, key, "")],
            "refuse": [put(ledger, key, "refuse")],
            "expired": [put(ledger, expires=ledger.time)],
            "unsigned": [spoil(put(ledger))],
            "foreign": [put(ledger, chain="0" * 32)],
            "nothing": [b""],
            "twice": [put(ledger, key)] * 2,
            "recorded": recorded[:1],
            "schedule": [
                ledger.sign("rehearsal.schedule", {"deadlines": [(ledger.time + 7 * number, f"d-{ledger.time}-{number}")]}, SENDER)
            ],
            "end": [ledger.sign("identity.end_key", {"key": key_of(OTHER[0])}, OTHER)],
        }[kind]
    return made


@given(blocks=st.lists(st.lists(KINDS, max_size=6), min_size=1, max_size=4))
@settings(max_examples=25)
def test_honest_proposals_are_accepted_and_lead_to_one_app_hash(blocks: list[list[str]]) -> None:
    """Whatever was sent: what prepare_proposal leaves, another node accepts, and both reach the same state and log."""
    with two_nodes() as (proposer, follower):
        recorded: list[bytes] = []
        for kinds in blocks:
            sent = make_envelopes(proposer, kinds, recorded)
            checked = [proposer.application.check_tx(envelope, proposer.time) for envelope in sent]
            admitted = [each for each in checked if isinstance(each, Transaction)]
            time = proposer.time + 5
            prepared = proposer.application.prepare_proposal(admitted, time)
            block = [each for each in prepared if not isinstance(each, Inadmissible)]
            height = proposer.application.info().height + 1
            envelopes = [transaction.envelope_json for transaction in block]
            assert follower.application.process_proposal(height, time, envelopes)
            assert len({transaction.id for transaction in block}) == len(block)
            hashes = set()
            for node in (proposer, follower):
                decoded = [node.application.check_tx(envelope, time) for envelope in envelopes]
                result = node.application.finalize_block(height, time, [each for each in decoded if isinstance(each, Transaction)])
                assert len(result.receipts) == len(envelopes), "one result a transaction"
                hashes.add(node.application.commit(time))
            assert len(hashes) == 1
            recorded = envelopes or recorded
            proposer.time = follower.time = time + 10
        assert proposer.records() == follower.records()
        follower.restart()
        assert follower.application.info() == proposer.application.info()


def test_a_contract_version_that_is_not_at_hand(tmp_path: Path) -> None:
    """A program that lacks what genesis names does not open the ledger, and says what it lacks."""
    folder = found(tmp_path / "ledger")
    with pytest.raises(ContractMismatch, match="rehearsal version 1"), open_for_writing(folder):
        pass
