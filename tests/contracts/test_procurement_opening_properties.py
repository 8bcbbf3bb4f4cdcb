"""Properties of sealing and opening, over random orders of submissions, withdrawals, deadlines, and shares that come or do not.

Nothing opens before its time; every accepted envelope is accounted for (I8); what a lot counts is what a recount finds.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.evaluation.effects import is_live
from prasasti.contracts.procurement.lots import count_bids, list_proposals
from prasasti.contracts.procurement.process import (
    EVALUATING,
    FAILED,
    MALFORMED,
    NEVER_DUE,
    OPEN,
    OPENED,
    OPENING,
    REPLACED,
    UNOPENED,
    WITHDRAWN,
)
from prasasti.contracts.procurement.proposal.checks import find_fate, is_complete, is_due
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, envelope_key
from tests.contracts.procurement_proposal_rows import Bench
from tests.contracts.selection import BIDDERS, DAY, MILLION, TRUSTEES, found, proposal
from tests.core.ledger import ACCEPTED

BIDDER, TRUSTEE, MOMENT = st.sampled_from(BIDDERS), st.sampled_from(TRUSTEES), st.sampled_from(("before", "deadline", "opening", "grace"))
SUBMIT = st.tuples(st.just("submit"), BIDDER, st.integers(0, 1), st.sampled_from((False, False, False, True)))
WITHDRAW = st.tuples(st.just("withdraw"), BIDDER, st.integers(0, 1))
WAIT = st.tuples(st.just("wait"), MOMENT)
SHARE = st.tuples(st.just("share"), TRUSTEE, st.sampled_from((True, True, False)))
JUDGE = st.tuples(st.just("judge"), BIDDER, st.booleans())
FILL = st.tuples(st.just("fill"), BIDDER)
TURN = st.tuples(st.just("turn"), st.sampled_from((2, 3, 1)), st.sampled_from((True, True, False)))
# A story: every bidder may fill all slots; then mostly proposals, then mostly shares and judgements, in any order.
BEFORE = st.tuples(
    st.lists(FILL, min_size=1, max_size=4), st.lists(st.one_of(SUBMIT, SUBMIT, SUBMIT, FILL, WITHDRAW, SHARE), max_size=8)
).map(lambda parts: parts[0] + parts[1])
AFTER = st.lists(st.one_of(TURN, SHARE, JUDGE, JUDGE, WAIT, SUBMIT, WITHDRAW), min_size=4, max_size=16)
OPENED_NOW = [("wait", "deadline"), ("wait", "opening"), ("turn", 2, True)]
PASSED = [*OPENED_NOW, *(("judge", bidder, True) for bidder in BIDDERS)]
STORY = st.tuples(BEFORE, st.sampled_from((PASSED, OPENED_NOW, OPENED_NOW[:2], [])), AFTER).map(
    lambda parts: [step for part in parts for step in part]
)
TWO_FILES: dict[str, Any] = {
    "files": "two",
    "requirements": [
        {"id": "licence", "stage": "technical", "title": "Licence to trade"}, {"id": "tax", "stage": "financial", "title": "Taxes paid"},
    ],
}  # fmt: skip


class Played(Bench):
    """A selection that a random order of steps is played on; ``accepted`` are all envelopes that were taken."""

    def __init__(self, folder: Path, has_two_files: bool) -> None:
        super().__init__(found(folder))
        self.slots = ("technical", "financial") if has_two_files else ("proposal",)
        self.accepted: list[str] = []
        self.answers: Counter[str] = Counter()
        self.has_declared = False
        assert self.ask(**(TWO_FILES if has_two_files else {})) == ACCEPTED

    def play(self, step: tuple[Any, ...]) -> None:
        before = self.lot()
        answer = getattr(self, f"play_{step[0]}")(*step[1:])
        self.answers[f"{step[0]} {answer}"] += 1
        if before.state == OPEN and self.ledger.time < self.process().opening:
            assert self.lot().opened == 0
            assert not any(result.documents for result in self.ledger.results), "nothing opens before its time"
        self.check_counters()

    def play_submit(self, bidder: str, slot: int, is_malformed: bool) -> str:
        name = self.slots[slot % len(self.slots)]
        # Each envelope is another, since its price is; equal bytes would be one envelope.
        price = (250 + len(self.accepted)) * MILLION
        plaintext = self.technical(bmp_bp=len(self.accepted)) if name == "technical" else proposal(self.ledger, price)
        answer = self.submit(bidder, name, plaintext[:-1] if is_malformed else plaintext)
        if answer == ACCEPTED:
            self.accepted.append(self.envelopes[bidder, name])
        return answer

    def play_fill(self, bidder: str) -> str:
        return "".join(dict.fromkeys(self.play_submit(bidder, slot, False) for slot in range(len(self.slots))))

    def play_turn(self, trustees: int, are_all: bool) -> str:
        return "".join(dict.fromkeys(self.play_share(name, are_all) for name in TRUSTEES[:trustees]))

    def play_withdraw(self, bidder: str, slot: int) -> str:
        return self.withdraw(bidder, self.slots[slot % len(self.slots)])

    def play_wait(self, moment: str) -> str:
        process, lot = self.process(), self.lot()
        time = {"before": process.deadline - 1, "deadline": process.deadline, "opening": lot.opening, "grace": lot.grace_ends}[moment]
        if time > self.ledger.time:
            self.until(time)
        return ""

    def play_share(self, trustee: str, are_all: bool) -> str:
        """Of what is due, all or the first; where nothing is, of anything."""
        view, lot = self.ledger.application.state.view, self.lot()
        due = [each for each in sorted(self.accepted) if is_due(view, lot, each)]
        chosen = (due or sorted(self.accepted))[: None if are_all else 1]
        answer = self.give(trustee, *chosen) if chosen else ""
        if not due and chosen:
            assert answer == "admission.10"
        return answer

    def play_judge(self, bidder: str, passed: bool) -> str:
        lot = self.lot()
        if lot.state != EVALUATING:
            return ""
        if not self.has_declared:
            self.declare_all()
            self.has_declared = True
        return self.require_of((bidder, passed), requirement="tax" if lot.stage == "financial" else "licence")

    def check_counters(self) -> None:
        view, lot, process = self.ledger.application.state.view, self.lot(), self.process()
        proposals = list(list_proposals(view, lot))
        assert [proposal.number for proposal in proposals] == list(range(count_bids(view, lot)))
        states = Counter(self.fates())
        assert lot.opened == states[OPENED] + states[MALFORMED]
        if lot.state == OPEN:
            assert lot.complete == sum(is_complete(process, lot, each) for each in proposals)
        if lot.state == OPENING:
            assert lot.due - lot.read == sum(is_due(view, lot, each) for each in self.accepted) > 0
        if lot.state == EVALUATING:
            assert lot.live == sum(is_live(lot, each) for each in proposals) > 0

    def fates(self) -> list[str]:
        view, lot = self.ledger.application.state.view, self.lot()
        records = [(each, view.get(envelope_key(each), EnvelopeRecord)) for each in self.accepted]
        assert all(record is not None for _, record in records)
        return [find_fate(view, lot, record) for _, record in records if record is not None]

    def end(self) -> None:
        """The lot fails, one way or the other."""
        for _ in range(9):
            lot, process = self.lot(), self.process()
            if lot.state == FAILED:
                return
            if lot.ranking:
                self.until(self.ledger.time + 10 * DAY)  # Nobody votes, nobody decides.
            elif lot.state == EVALUATING:
                live = [each.bidder for each in list_proposals(self.ledger.application.state.view, lot) if is_live(lot, each)]
                for bidder in live:
                    self.play_judge(bidder, False)
            else:
                self.until({OPEN: process.deadline, OPENING: max(lot.opening, lot.grace_ends)}[lot.state])
            self.check_counters()
        raise AssertionError("the lot does not end")


@settings(max_examples=60, deadline=None)
@given(has_two_files=st.booleans(), steps=STORY)
def test_every_envelope_is_accounted_for(has_two_files: bool, steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        played = Played(Path(folder), has_two_files)
        for step in steps:
            played.play(step)
        played.end()
        fates = Counter(played.fates())
        assert sum(fates[each] for each in (OPENED, MALFORMED, REPLACED, WITHDRAWN, NEVER_DUE, UNOPENED)) == len(played.accepted)
        opened = sum(len(result.documents) for result in played.ledger.results)
        assert (opened > 0) == (fates[OPENED] + fates[MALFORMED] > 0)
        played.ledger.close()


@settings(max_examples=15, deadline=None)
@given(order=st.permutations([(name, bidder) for name in TRUSTEES for bidder in BIDDERS]), silent=st.sampled_from((*TRUSTEES, "")))
def test_any_two_of_three_open_in_any_order(order: list[tuple[str, str]], silent: str) -> None:
    """One silent trustee, or none, does no harm; the prices are the same whoever shared and when."""
    with tempfile.TemporaryDirectory() as folder:
        played = Played(Path(folder), has_two_files=False)
        for number, bidder in enumerate(BIDDERS):
            assert played.submit(bidder, plaintext=proposal(played.ledger, (280 + number) * MILLION)) == ACCEPTED
            played.accepted.append(played.envelopes[bidder, "proposal"])
        played.begin()
        for name, bidder in order:
            if name != silent:
                assert played.give(name, played.envelopes[bidder, "proposal"]) in (ACCEPTED, "admission.10")
        lot = played.lot()
        assert (lot.state, lot.live, lot.read) == (EVALUATING, 3, 3)
        offers = [each.offer.evaluated for each in list_proposals(played.ledger.application.state.view, lot) if each.offer is not None]
        assert offers == [str((280 + number) * MILLION) for number in range(3)]
        played.ledger.close()
