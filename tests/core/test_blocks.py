"""Blocks at random: replay equals live, a refusal leaves no trace in the state, every hash follows from the rows."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.core.encoding import encode_canonical
from prasasti.core.state import SCHEDULE_PREFIX
from prasasti.core.types import Bug
from tests.core import reference
from tests.core.examples import AUDITOR, DOCUMENT, OFFICER, PUBLISHER, PUBLISHERS_OFFICER, REGISTRAR, release
from tests.core.ledger import ACCEPTED, START, Ledger, Signer, key_of, sign
from tests.core.rehearsal import REHEARSAL

WITH_REHEARSAL = (*CONTRACTS, REHEARSAL)
BITS = 6
Step = tuple[str, dict[str, Any], tuple[Signer, ...]]

HASHES = st.sampled_from([f"{number:064x}" for number in range(2)])
NAMES = st.sampled_from(
    ["agency-1/new-1", "agency-1/new-2", "publisher-1/new-1", "operator-1/new-1", "agency-1/officer", "publisher-1/publisher"]
)
ROLES = st.lists(
    st.sampled_from(["governance.officer", "identity.registrar", "procurement.publisher", "some.role"]), min_size=1, max_size=2, unique=True
).map(sorted)
REGISTRARS = st.sampled_from([REGISTRAR, ("agency-1/new-1", "identity.registrar"), ("operator-1/registrar", "identity.registrar")])


@st.composite
def registrations(draw: st.DrawFn) -> Step:
    name = draw(NAMES)
    arguments = {"handle": "h", "key": key_of(name), "organisation": name.partition("/")[0], "roles": draw(ROLES)}
    return "identity.register_key", arguments, (draw(REGISTRARS), (name, "identity.new_key"))


@st.composite
def ends(draw: st.DrawFn) -> Step:
    name = draw(NAMES | st.just(REGISTRAR[0]))
    return "identity.end_key", {"key": key_of(name)}, (draw(REGISTRARS | st.just((name, "identity.holder"))),)


@st.composite
def releases(draw: st.DrawFn) -> Step:
    arguments = release(
        draw(st.integers(1, 2)),
        buyer=draw(st.sampled_from(["", "b"])),
        document=DOCUMENT | {"sha256": draw(HASHES), "media_type": draw(st.sampled_from(["application/json", "text/csv"]))},
        redaction_version=draw(st.integers(1, 3)),
        release_id=draw(st.sampled_from(["r1", "\U0001e4ee\U0001e4ec"])),
        suppliers=draw(st.sampled_from([[], ["b"], ["b", "c"]])),
        tag=[draw(st.sampled_from(["award", "contract", "gift"]))],
    )
    return "procurement.attest_release", arguments, (draw(st.sampled_from([PUBLISHER, ("publisher-1/new-1", "procurement.publisher")])),)


@st.composite
def others(draw: st.DrawFn) -> Step:
    kind = draw(st.sampled_from(["withhold", "advance", "put", "schedule"]))
    if kind == "withhold":
        second = draw(st.sampled_from([AUDITOR, ("citizens-1/officer", "governance.officer")]))
        return "governance.withhold_document", {"legal_basis": "\u1e4e", "sha256": draw(HASHES)}, (PUBLISHERS_OFFICER, second)
    if kind == "advance":
        return "governance.advance_clock", {"seconds": draw(st.integers(0, 2))}, (draw(st.sampled_from([OFFICER, PUBLISHERS_OFFICER])),)
    holder: Signer = ("operator-1/officer", "identity.holder")
    if kind == "put":
        texts = draw(st.dictionaries(st.sampled_from(["a", "b/x", "b/y", "c"]), st.sampled_from(["", "x", "refuse"]), min_size=1))
        return "rehearsal.put", {"texts": texts}, (holder,)
    return "rehearsal.schedule", {"deadlines": [[START + draw(st.integers(60, 100)), draw(st.sampled_from("abc"))]]}, (holder,)


BLOCKS = st.lists(
    st.tuples(st.integers(0, 15), st.lists(registrations() | ends() | releases() | others(), max_size=5)), min_size=1, max_size=8
)


def check_rows(ledger: Ledger) -> None:
    """State root, log root, app hash and the chain of block entries, all from the rows by the second set of formulas."""
    tip = ledger.application.info()
    rows = list(ledger.database.entries(0, tip.size))
    leaves = [reference.log_leaf(entry) for _, entry in rows]
    assert [leaf for leaf, _ in rows] == leaves
    assert tip.state_root == reference.state_root(ledger.records(), BITS)
    assert tip.app_hash == reference.app_hash(tip.state_root, reference.tree_root(leaves))
    previous = reference.app_hash(ledger.roots[0], reference.tree_root([]))
    position = 0
    for height, result in enumerate(ledger.results, 1):
        head, *bodies = [json.loads(entry) for _, entry in rows[position : position + len(result.entries)]]
        assert (head["kind"], head["height"], head["previous_app_hash"]) == ("block", height, previous.hex())
        assert head["transaction_count"] == len(bodies) == len(result.receipts)
        assert [body["position"] for body in bodies] == list(range(position + 1, position + 1 + len(bodies)))
        for body, receipt in zip(bodies, result.receipts, strict=True):
            assert (body["envelope"] is None) == (body["refusal"] is not None) == (receipt.refusal is not None)
            assert (body["id"], body["position"], body["time"]) == (receipt.id, receipt.position, result.tip.time)
        position += len(result.entries)
        previous = reference.app_hash(bytes.fromhex(head["state_root"]), reference.tree_root(leaves[:position]))
        assert previous == result.tip.app_hash
        assert all(encode_canonical(json.loads(entry)) == entry for _, entry in result.entries)
    assert position == tip.size


@given(blocks=BLOCKS)
@settings(max_examples=40)
def test_replay_equals_live(blocks: list[tuple[int, list[Step]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live = Ledger(folder, WITH_REHEARSAL, bucket_bits=BITS)
        sealed: list[tuple[int, list[bytes], list[str]]] = []
        live_roots: list[bytes] = []
        for wait, steps in blocks:
            live.time += wait
            envelopes = [live.sign(action, arguments, *signers) for action, arguments, signers in steps]
            outcomes = live.seal(*envelopes)
            live_roots.append(live.root)
            admitted = [(envelope, outcome) for envelope, outcome in zip(envelopes, outcomes, strict=True) if "admission" not in outcome]
            sealed.append((live.time, [envelope for envelope, _ in admitted], [outcome for _, outcome in admitted]))
        check_rows(live)
        check_rights(live)

        # The same blocks again, by a node that starts anew before each of them and judges them as another's proposal.
        replayed = Ledger(folder, WITH_REHEARSAL, bucket_bits=BITS)
        for time, envelopes, outcomes in sealed:
            replayed.restart()
            replayed.time = time
            assert replayed.application.process_proposal(replayed.application.info().height + 1, time, envelopes)
            assert replayed.seal(*envelopes) == outcomes
        assert replayed.application.info() == live.application.info()
        assert [result.entries for result in replayed.results] == [result.entries for result in live.results]
        assert replayed.records() == live.records()

        # Once more without what was refused: the state is the same after every block.
        accepting = Ledger(folder, WITH_REHEARSAL, bucket_bits=BITS)
        roots = []
        for time, envelopes, outcomes in sealed:
            accepting.time = time
            accepting.seal(*[envelope for envelope, outcome in zip(envelopes, outcomes, strict=True) if outcome == ACCEPTED])
            roots.append(accepting.root)
        assert roots == live_roots
        assert accepting.records() == live.records()
        for ledger in (live, replayed, accepting):
            ledger.close()


def check_rights(ledger: Ledger) -> None:
    """What must hold of every state that transactions can reach."""
    records = {key: json.loads(value) for key, value in ledger.records().items()}
    keys = [record for key, record in records.items() if key.startswith("identity/key/")]
    for organisation in ("agency-1", "auditor-1", "citizens-1", "operator-1"):
        registrars = [key for key in keys if key["organisation"] == organisation and "identity.registrar" in key["roles"]]
        assert any("until" not in key for key in registrars), "each member keeps a registrar"
    assert all(sorted(set(key["roles"])) == key["roles"] for key in keys)
    assert ledger.database.list_deadlines() == sorted(
        (int(key.split("/")[2]), key.split("/")[3]) for key in records if key.startswith(SCHEDULE_PREFIX)
    )


def test_a_block_of_nothing_changes_nothing(tmp_path: Path) -> None:
    """Neither entry nor app hash, or a chain that makes blocks on change would never rest; but its height counts."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    ledger.do("governance.advance_clock", {"seconds": 1}, OFFICER)
    before = ledger.application.info()
    ledger.application.finalize_block(2, ledger.time + 5, [])
    after = ledger.application.commit(ledger.time + 5)
    assert (after.app_hash, after.state_root, after.size) == (before.app_hash, before.state_root, before.size)
    assert (after.height, after.time) == (2, ledger.time + 5)
    ledger.restart()
    assert ledger.application.info() == after


def test_a_block_of_refusals_changes_the_log_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    before = ledger.application.info()
    assert ledger.do("governance.advance_clock", {"seconds": 0}, OFFICER) == "governance.02.2"
    after = ledger.application.info()
    assert after.state_root == before.state_root
    assert (after.size, after.app_hash != before.app_hash) == (2, True)
    entry = next(ledger.database.entries(1, 2))[1]
    assert b"seconds" not in entry, "the arguments of what was refused are not kept"


def test_nothing_is_kept_before_the_commit(tmp_path: Path) -> None:
    """Between finalize and commit everything answers from the block before; a new process knows nothing of it."""
    ledger = Ledger(tmp_path)
    envelope = ledger.sign("governance.advance_clock", {"seconds": 1}, OFFICER)
    transactions = ledger.application.prepare_proposal([ledger.application.check_tx(envelope, ledger.time)], ledger.time)  # type: ignore[list-item]
    before = ledger.application.info()
    tips = []
    for _ in range(2):
        result = ledger.application.finalize_block(1, ledger.time, transactions)  # type: ignore[arg-type]
        tips.append(result.tip)
        assert result.tip.app_hash != before.app_hash
        assert ledger.application.info() == before
        assert ledger.application.query("governance/clock/offset_seconds") is None
        assert ledger.check(envelope) == ACCEPTED
    ledger.restart()
    assert ledger.application.info() == before
    assert ledger.seal(envelope) == [ACCEPTED]
    assert tips == [ledger.application.info()] * 2


def test_a_block_that_was_dropped_leaves_nothing(tmp_path: Path) -> None:
    """A proposal can be computed and another one committed instead: what is kept in memory must be the committed one's."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL, bucket_bits=BITS)
    holder: Signer = (OFFICER[0], "identity.holder")
    assert ledger.do("rehearsal.put", {"texts": {"a": "first", "b": "first"}}, holder) == ACCEPTED
    put = [ledger.sign("rehearsal.put", {"texts": {name: "second"}}, holder) for name in ("a", "b")]
    dropped = ledger.application.check_tx(put[0], ledger.time)
    ledger.application.finalize_block(2, ledger.time, [dropped])  # type: ignore[list-item]
    assert ledger.seal(put[1]) == [ACCEPTED]
    assert ledger.application.query("rehearsal/thing/a") == b'{"text":"first"}'
    assert ledger.application.query("rehearsal/thing/b") == b'{"text":"second"}'
    assert ledger.root == reference.state_root(ledger.records(), BITS)
    assert ledger.seal(put[0]) == [ACCEPTED]
    assert ledger.root == reference.state_root(ledger.records(), BITS)


def test_a_bug_keeps_nothing_of_its_block(tmp_path: Path) -> None:
    """A contradiction raises; what came before it in the same block is not kept either."""
    ledger = Ledger(tmp_path, WITH_REHEARSAL)
    before = ledger.application.info()
    good = ledger.sign("rehearsal.put", {"texts": {"a": "x"}}, (OFFICER[0], "identity.holder"))
    bad = ledger.sign("rehearsal.break_down", {}, (OFFICER[0], "identity.holder"))
    with pytest.raises(Bug, match="asked for"):
        ledger.seal(good, bad)
    ledger.restart()
    assert ledger.application.info() == before
    assert ledger.seal(good) == [ACCEPTED]


def test_a_proposal_is_judged_as_honest_nodes_judge_it(tmp_path: Path) -> None:
    """The next height, time not back, each transaction admissible, no id twice; else it is refused, and nothing changes."""
    ledger = Ledger(tmp_path)
    application = ledger.application
    good = ledger.sign("governance.advance_clock", {"seconds": 1}, OFFICER)
    other = ledger.sign("governance.advance_clock", {"seconds": 0}, OFFICER)
    before = application.info()
    assert application.process_proposal(1, ledger.time, [])
    assert application.process_proposal(1, ledger.time, [good, other]), "what a contract refuses may stand in a block"
    assert application.process_proposal(1, START, [good])
    assert not application.process_proposal(2, ledger.time, [good])
    assert not application.process_proposal(0, ledger.time, [good])
    assert not application.process_proposal(1, START - 1, [good])
    assert not application.process_proposal(1, ledger.time, [good, good])
    assert not application.process_proposal(1, ledger.time, [good, b"{}"])
    assert not application.process_proposal(1, ledger.time + 3_600, [good]), "expired by then"
    assert not application.process_proposal(
        1, ledger.time, [sign(ledger.payload("governance.advance_clock", {"seconds": 1}, OFFICER), ["log"])]
    )
    assert application.info() == before
    with pytest.raises(Bug):
        application.finalize_block(2, ledger.time, [])
    with pytest.raises(Bug):
        application.finalize_block(1, START - 1, [])


def test_a_signature_is_judged_once_but_each_on_its_own(tmp_path: Path) -> None:
    """What was verified is remembered by the whole envelope: the same payload under other signatures is judged anew."""
    ledger = Ledger(tmp_path)
    envelope = ledger.sign("governance.advance_clock", {"seconds": 1}, OFFICER)
    value = json.loads(envelope)
    value["signatures"][0]["sig"] = "A" * 86 + "=="
    forged = encode_canonical(value)
    for _ in range(2):
        assert (ledger.check(envelope), ledger.check(forged)) == (ACCEPTED, "admission.7")
    assert ledger.seal(forged, envelope) == ["admission.7", ACCEPTED]
