"""Results that are not the first: proposals asked for anew in two files, a prequalification complained about; who negotiates first,
and consortia of which a member is debarred."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.evaluation.records import RankedRecord, ranked_key
from prasasti.contracts.procurement.process import RoundRecord, round_key
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, envelope_key
from prasasti.contracts.procurement.sealing.framing import frame
from prasasti.core.contract import View
from prasasti.core.encoding import decode_base64
from prasasti.core.types import require
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from tests.contracts.procurement_award_rows import PRICES, Awarding, debar, negotiate
from tests.contracts.procurement_evaluation_rows import Evaluation
from tests.contracts.procurement_proposal_rows import Bench
from tests.contracts.selection import (
    AUTHORITY,
    BIDDERS,
    COMMITTEE,
    DAY,
    LOT,
    MILLION,
    MINUTES,
    OFFICER,
    PROCESS,
    budget,
    found,
    plan,
    proposal,
)
from tests.core.ledger import ACCEPTED, Ledger
from tests.integrations.ocds import natives
from tests.services.selected import list_documents, list_entries

TWO_FILES: dict[str, Any] = {"files": "two", "requirements": [{"id": "licence", "stage": "technical", "title": "Licence to trade"}]}
PRICE = 250 * MILLION


class Repeated(Bench):
    """Slots and rounds of their own; on the same ledger awards and complaints, and score sheets."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.awarding, self.evaluating = Awarding(ledger), Evaluation(ledger)

    @property
    def view(self) -> View:
        return self.ledger.application.state.view

    def seal_both(self, *names: str) -> None:
        for name in names:
            assert self.submit(name, "technical", self.technical(bmp_bp=int(name[-1]) + 10 * self.number)) == ACCEPTED
            assert self.submit(name, "financial", proposal(self.ledger, PRICE)) == ACCEPTED

    def open_slot(self, slot: str, *names: str) -> None:
        assert self.open_all(*(self.envelopes[name, slot] for name in names)) == ACCEPTED

    def list_states(self, *envelopes: str) -> set[str]:
        return {require(self.view.get(envelope_key(each), EnvelopeRecord), each).state for each in envelopes}

    def rank(self, ranking: int) -> list[RankedRecord]:
        count = len(BIDDERS)
        found = (self.view.get(ranked_key(PROCESS, LOT, ranking, place), RankedRecord) for place in range(count))
        return [each for each in found if each is not None]

    def read_sealed(self) -> dict[str, bytes]:
        """Every envelope of the log by its id, as it was sealed."""
        told = read_process(self.ledger.genesis_bytes, list_entries(self.ledger), PROCESS).told
        pairs = [(each.events, each.arguments) for each in told if each.action == "procurement.submit_sealed"]
        return {str(events[0]["envelope"]): decode_base64(arguments["sealed"]) for events, arguments in pairs}

    def check_explained(self) -> None:
        log = read_process(self.ledger.genesis_bytes, list_entries(self.ledger), PROCESS)
        explanation = explain(log, list_documents(self.ledger).get, lambda _, number: [each.bidder for each in self.rank(number)])
        assert explanation is not None
        assert [(step.name, step.disagreements) for step in explanation.steps if step.disagreements] == []
        ties = [[line.facts["tie"] for line in step.lines] for step in explanation.steps if step.name == "ranking"]
        assert ties == [[each.tie for each in self.rank(number)] for number in range(1, len(ties) + 1)]
        natives.judge(natives.derive(self.ledger)[PROCESS])


def test_proposals_asked_for_anew_in_two_files(tmp_path: Path) -> None:
    """Prices are equal twice over: the tie hash decides, over every envelope of the lot that was ever opened, whose round stands."""
    repeated = Repeated(found(tmp_path))
    assert repeated.ask(**TWO_FILES) == ACCEPTED
    repeated.seal_both(*BIDDERS)
    repeated.begin()
    repeated.open_slot("technical", *BIDDERS)
    repeated.declare_all()
    assert repeated.require_of(("bidder-1", True), ("bidder-2", True), ("bidder-3", False)) == ACCEPTED
    repeated.open_slot("financial", "bidder-1", "bidder-2")
    first = dict(repeated.envelopes)
    check_ties(repeated, 1, {first[name, "technical"] for name in BIDDERS} | {first[name, "financial"] for name in BIDDERS[:2]})
    assert repeated.awarding.fail("d") == ACCEPTED
    repeated.number = 2
    assert repeated.submit("bidder-3", "technical") == "procurement.08.3"
    repeated.seal_both("bidder-1")
    assert repeated.submit("bidder-2", "technical") == ACCEPTED
    repeated.begin()
    lot = repeated.lot()
    assert (lot.state, lot.stage, lot.due) == ("opening", "technical", 1), "one slot is missing: it counts as withdrawn"
    repeated.open_slot("technical", "bidder-1")
    assert repeated.require_of(("bidder-1", True)) == ACCEPTED
    repeated.open_slot("financial", "bidder-1")
    assert [each.bidder for each in repeated.rank(2)] == ["bidder-1"]
    repeated.check_explained()


def test_every_envelope_that_was_ever_opened_is_in_the_tie_hash(tmp_path: Path) -> None:
    repeated = Repeated(found(tmp_path))
    assert repeated.ask(**TWO_FILES) == ACCEPTED
    opened: set[str] = set()
    for number in (1, 2, 3):
        repeated.number = number
        repeated.seal_both(*BIDDERS[:2])
        repeated.begin()
        repeated.open_slot("technical", *BIDDERS[:2])
        if number == 1:
            repeated.declare_all()
        assert repeated.require_of(("bidder-1", True), ("bidder-2", True)) == ACCEPTED
        repeated.open_slot("financial", *BIDDERS[:2])
        opened |= set(repeated.envelopes.values())
        check_ties(repeated, number, opened)
        if number < 3:
            assert repeated.awarding.fail("d") == ACCEPTED
    assert len(opened) == 12
    repeated.check_explained()


def check_ties(repeated: Repeated, ranking: int, opened: set[str]) -> None:
    """By hand, from the sealed bytes of the log (sealed-proposals, 1 and 3)."""
    assert repeated.list_states(*opened) == {"opened"}
    sealed = repeated.read_sealed()
    secrets = [sha256(sealed[each]).digest() for each in sorted(opened)]
    record = require(repeated.view.get(round_key(repeated.lot().proposal_round), RoundRecord), "the round")
    assert record.number == ranking
    round_id = bytes.fromhex(repeated.lot().proposal_round)
    ranked = repeated.rank(ranking)
    assert [each.tie for each in ranked] == sorted(each.tie for each in ranked), "all else is equal"
    for each in ranked:
        assert each.tie == sha256(frame(b"tie", round_id, LOT.encode(), *secrets, each.bidder.encode())).hexdigest()


# -- prequalification -----------------------------------------------------------------------------------------------------


def qualifying(tmp_path: Path, kind: str = "goods", **changes: Any) -> Repeated:
    """Four bidders asked to qualify; the first did not pass."""
    repeated = Repeated(found(tmp_path))
    action, arguments, signers = budget()
    assert repeated.do(action, arguments, *signers) == ACCEPTED
    assert repeated.do("procurement.announce_plan", plan(kind=kind), OFFICER, AUTHORITY) == ACCEPTED
    request = {"files": "two", "qualification": True, "qualification_deadline": repeated.ledger.time + 12 * DAY} | changes
    assert repeated.publish(**request) == ACCEPTED
    for number in (1, 2, 3, 4):
        assert repeated.submit(f"bidder-{number}", "qualification") == ACCEPTED
    repeated.wait_until(repeated.process().qualification_deadline)
    assert repeated.open_all() == ACCEPTED
    repeated.declare_all()
    assert repeated.require_of(("bidder-1", False), *((f"bidder-{number}", True) for number in (2, 3, 4))) == ACCEPTED
    return repeated


def test_who_does_not_qualify_complains_in_the_window(tmp_path: Path) -> None:
    repeated = qualifying(tmp_path)
    ends = repeated.lot().window_ends
    assert ends > repeated.ledger.time
    assert repeated.awarding.complain("bidder-1") == ACCEPTED
    repeated.wait_until(ends)
    assert repeated.awarding.complain("bidder-1", "c-2") == "procurement.21.1"
    assert repeated.submit("bidder-2", "technical") == "procurement.08.1", "nobody is asked while a complaint is open"
    assert repeated.awarding.answer("upheld", "next") == "procurement.22.2"
    assert repeated.awarding.answer("upheld", "reevaluate") == ACCEPTED
    lot = repeated.lot()
    assert (lot.stage, lot.evaluation, lot.live, lot.undecided) == ("qualification", 2, 4, 4)
    assert repeated.require_of(*((f"bidder-{number}", True) for number in (1, 2, 3, 4))) == ACCEPTED
    repeated.wait_until(repeated.lot().window_ends)
    assert repeated.lot().state == "open"
    repeated.seal_both("bidder-1")
    repeated.check_explained()


def test_a_rejected_complaint_lets_who_qualified_propose(tmp_path: Path) -> None:
    repeated = qualifying(tmp_path)
    assert repeated.awarding.complain("bidder-1") == ACCEPTED
    assert repeated.awarding.complain("bidder-2", "c-2", lot_name="lot-9") == "procurement.00.1"
    assert repeated.awarding.answer("rejected") == ACCEPTED
    assert repeated.lot().state == "evaluating", "the window is open still"
    repeated.wait_until(repeated.lot().window_ends)
    assert repeated.lot().state == "open"
    assert repeated.submit("bidder-1", "technical") == "procurement.08.3"
    assert repeated.submit("bidder-2", "technical") == ACCEPTED


# -- negotiation ----------------------------------------------------------------------------------------------------------


def test_consultancy_negotiates_before_the_award_is_final(tmp_path: Path) -> None:
    """Pasal 50: downwards only, with the minutes; then the contract is drafted at the price agreed."""
    criteria = [{"id": "method", "title": "How they work", "weight_bp": 10_000}]
    rated = {"criteria": criteria, "selection": "rated", "technical_bp": 8_000, "threshold": 600_000}
    repeated = qualifying(tmp_path, kind="consultancy", requirements=[
        {"id": "licence", "stage": "qualification", "title": "Licence to trade"},
    ], **rated)  # fmt: skip
    repeated.wait_until(repeated.lot().window_ends)
    repeated.seal_both("bidder-2", "bidder-3", "bidder-4")
    repeated.begin()
    repeated.open_slot("technical", "bidder-2", "bidder-3", "bidder-4")
    for name in COMMITTEE:
        assert repeated.evaluating.score(name, {"method": [900_000, 800_000, 500_000]}) == ACCEPTED
    repeated.evaluating.close_scoring()
    repeated.evaluating.count()
    repeated.open_slot("financial", "bidder-2", "bidder-3")
    repeated.awarding.adopt()
    assert repeated.award("bidder-2", PRICE) == ACCEPTED
    repeated.wait_until(repeated.awarding.awarded().standstill_ends)
    assert repeated.activate() == "procurement.25.6", "not before it was negotiated"
    assert repeated.activate(negotiation=MINUTES) == "procurement.25.6"
    assert negotiate(PRICE + 100, by="bidder-2")(repeated.awarding) == "procurement.25.6"
    assert negotiate(240 * MILLION, by="bidder-3")(repeated.awarding) == "procurement.00.1"
    assert negotiate(240 * MILLION, by="bidder-2")(repeated.awarding) == ACCEPTED
    award = require(repeated.view.get(award_key(PROCESS, LOT, "award-1"), AwardRecord), "award-1")
    assert (award.state, award.price) == ("active", str(240 * MILLION))
    assert repeated.draft(PRICE, guaranteed=False) == "procurement.28.2"
    repeated.check_explained()


# -- consortia ------------------------------------------------------------------------------------------------------------

MEMBERS = [{"organisation": "bidder-3", "share_bp": 6_000}, {"organisation": "bidder-4", "share_bp": 4_000}]


@pytest.fixture
def joined(tmp_path: Path) -> Awarding:
    """The lowest price is that of a consortium; the ranking is adopted."""
    selection = Awarding(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    for name, price in PRICES.items():
        assert selection.propose(name, price, members=MEMBERS if name == "bidder-3" else []) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(*((name, True) for name in BIDDERS)) == ACCEPTED
    selection.adopt()
    return selection


def test_a_member_that_is_debarred_takes_the_award_from_its_consortium(joined: Awarding) -> None:
    assert debar("bidder-4")(joined) == ACCEPTED
    assert joined.award("bidder-3", PRICES["bidder-3"]) == "procurement.20.2"
    assert joined.award("bidder-2", PRICES["bidder-2"]) == ACCEPTED


def test_a_member_that_is_debarred_later_keeps_the_award_from_being_final(joined: Awarding) -> None:
    assert joined.award("bidder-3", PRICES["bidder-3"]) == ACCEPTED
    assert debar("bidder-4")(joined) == ACCEPTED
    joined.wait_until(joined.awarded().standstill_ends)
    assert joined.activate() == "procurement.25.4"
    assert joined.withdraw("debarred") == ACCEPTED
    assert joined.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED


def test_a_consortium_of_which_a_member_is_debarred_does_not_sign(joined: Awarding) -> None:
    assert joined.award("bidder-3", PRICES["bidder-3"]) == ACCEPTED
    joined.wait_until(joined.awarded().standstill_ends)
    assert joined.activate() == joined.draft(PRICES["bidder-3"]) == ACCEPTED
    assert debar("bidder-4")(joined) == ACCEPTED
    for name in ("bidder-3", "bidder-4"):
        assert joined.sign(f"{name}/director", "contractor") == "procurement.30.5"


def test_a_debarred_member_keeps_its_consortium_from_proposing(tmp_path: Path) -> None:
    selection = Awarding(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert debar("bidder-4")(selection) == ACCEPTED
    assert selection.propose("bidder-3", PRICES["bidder-3"], members=MEMBERS) == "procurement.08.2"
    assert selection.propose("bidder-3", PRICES["bidder-3"]) == ACCEPTED
