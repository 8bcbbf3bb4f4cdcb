"""A native process reads out as OCDS at every step, from the log alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prasasti.integrations.ocds.merge_rules import compile_release
from tests.contracts.procurement_agreement_rows import by_community, declaring, seating
from tests.contracts.procurement_evaluation_rows import RATED, TWO_FILES, Evaluation
from tests.contracts.selection import BIDDERS, COMMITTEE, LOT, MILLION, MINUTES, OFFICER, PROCESS, Selection, budget, found, lot, plan
from tests.core.ledger import ACCEPTED
from tests.integrations.ocds import natives, samples
from tests.judges import run_libcoveocds

DAY = 86_400


def run_shortest(selection: Selection) -> None:
    """From the plan to the signatures."""
    selection.prepare()
    assert selection.publish() == ACCEPTED
    for bidder, price in (("bidder-1", 290), ("bidder-2", 280), ("bidder-3", 310)):
        assert selection.propose(bidder, price * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-2", True), ("bidder-1", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-2", 280 * MILLION) == ACCEPTED
    selection.wait_until(selection.ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert selection.draft(280 * MILLION) == ACCEPTED
    assert selection.sign("officer", "officer") == ACCEPTED
    assert selection.sign("bidder-2/director", "contractor") == ACCEPTED


def run_unsigned(selection: Selection) -> None:
    """An award that nobody signs."""
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 290 * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-1", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-1", 290 * MILLION) == ACCEPTED
    selection.wait_until(selection.ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert selection.draft(290 * MILLION) == ACCEPTED
    selection.wait_until(selection.ledger.time + 60 * DAY)


def run_nobody_proposes(selection: Selection) -> None:
    """No proposal, one extension, a failure."""
    selection.prepare()
    assert selection.publish() == ACCEPTED
    selection.wait_until(selection.process().deadline)
    selection.wait_until(selection.process().deadline)


def run_asked_and_cancelled(selection: Selection) -> None:
    """A plan line is revised, a question answered, one lot of two cancelled."""
    selection.prepare()
    changes = {name: value for name, value in plan(400 * MILLION).items() if name != "plan"}
    revised = {"changes": changes, "plan": "benches", "reason": "correction", "withdraw": False}
    assert selection.do("procurement.change_plan", revised, OFFICER, ("agency-1/authority", "procurement.authority")) == ACCEPTED
    assert selection.publish(lots=[lot(amount=100 * MILLION), lot("lot-2", amount=100 * MILLION)]) == ACCEPTED
    question = {"document": MINUTES, "process": PROCESS, "question": "q-1"}
    assert selection.do("procurement.ask_question", question, ("bidder-1/bidder", "procurement.bidder")) == ACCEPTED
    assert selection.do("procurement.answer_question", question, ("agency-1/committee-1", "procurement.committee")) == ACCEPTED
    cancelled = {"document": MINUTES, "lots": [LOT], "process": PROCESS, "reason": "budget"}
    assert selection.do("procurement.cancel_tender", cancelled, ("agency-1/authority", "procurement.authority")) == ACCEPTED


def run_withdrawn_plan(selection: Selection) -> None:
    """A plan line that is not tendered."""
    selection.prepare()
    withdrawn = {"plan": "benches", "reason": "no_need", "withdraw": True}
    assert selection.do("procurement.change_plan", withdrawn, OFFICER, ("agency-1/authority", "procurement.authority")) == ACCEPTED


def run_community(selection: Selection) -> None:
    """A plan line that a community does, from the draft to the signatures; no process precedes."""
    action, arguments, signers = budget()
    assert selection.do(action, arguments, *signers) == ACCEPTED
    terms = plan(100 * MILLION, kind="social", method="direct")
    assert selection.do("procurement.announce_plan", terms, OFFICER, ("agency-1/authority", "procurement.authority")) == ACCEPTED
    assert by_community()(selection) == ACCEPTED
    assert declaring("officer")(selection) == declaring("inspector")(selection) == ACCEPTED
    assert declaring("officer", "agency-1/officer-2")(selection) == seating("officer", "officer-2")(selection) == ACCEPTED
    assert selection.sign("officer-2", "officer") == selection.sign("community-1/director", "contractor") == ACCEPTED


RUNS = {run.__name__.removeprefix("run_"): run for run in (
    run_shortest, run_unsigned, run_nobody_proposes, run_asked_and_cancelled, run_withdrawn_plan, run_community,
)}  # fmt: skip


@pytest.fixture
def selection(tmp_path: Path) -> Selection:
    return Selection(found(tmp_path))


def compile_all(selection: Selection, ocid: str = PROCESS) -> Any:
    return samples.as_plain(compile_release([each.release for each in natives.derive(selection.ledger)[ocid]])[0])


@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_valid_at_every_step(selection: Selection, run: Callable[[Selection], None]) -> None:
    run(selection)
    for releases in natives.derive(selection.ledger).values():
        assert releases
        natives.judge(releases)


@pytest.mark.outside
@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_libcoveocds_has_nothing_to_say(selection: Selection, run: Callable[[Selection], None], tmp_path: Path) -> None:
    run(selection)
    for path in natives.write_steps(tmp_path, natives.derive(selection.ledger)[PROCESS]):
        assert not any(run_libcoveocds(path).values()), run_libcoveocds(path)


def test_what_the_shortest_selection_comes_to(selection: Selection) -> None:
    run_shortest(selection)
    compiled = compile_all(selection)
    tender, (award,), (contract,) = compiled["tender"], compiled["awards"], compiled["contracts"]
    assert (tender["status"], tender["procurementMethod"], tender["awardCriteria"]) == ("complete", "open", "priceOnly")
    assert [(each["id"], each["status"]) for each in tender["lots"]] == [(LOT, "complete")]
    assert [(each["id"], each["status"], "dateMet" in each) for each in tender["milestones"]] == [(f"opening:{LOT}:proposal", "met", True)]
    bids = {each["id"]: (each["status"], each["value"]["amount"]) for each in compiled["bids"]["details"]}
    assert bids == {
        f"{LOT}:bidder-1": ("valid", 290_000_000), f"{LOT}:bidder-2": ("valid", 280_000_000),
        f"{LOT}:bidder-3": ("disqualified", 310_000_000),  # above the buyer's own price, which binds
    }  # fmt: skip
    assert (award["status"], award["suppliers"], award["value"]) == (
        "active", [{"id": "bidder-2", "name": "bidder-2"}], {"amount": 280_000_000, "currency": "IDR"},
    )  # fmt: skip
    assert (contract["awardID"], contract["status"], "dateSigned" in contract) == (award["id"], "active", True)
    assert {each["id"] for each in contract["signatories"]} == {"agency-1", "bidder-2"}
    votes = [each for each in tender["documents"] if each["id"].startswith("vote:")]
    assert len(votes) == len(COMMITTEE)


def show_bids(selection: Selection) -> dict[str, str]:
    return {each["id"].removeprefix(f"{LOT}:"): each["status"] for each in compile_all(selection)["bids"]["details"]}


def test_who_is_out_is_disqualified(tmp_path: Path) -> None:
    """Malformed, tied by tags, without a licence, above the buyer's own price, below the threshold: each from then on."""
    evaluation = Evaluation(found(tmp_path, bidders=("bidder-5", "bidder-6", "bidder-7")))
    evaluation.prepare()
    for bidder in ("bidder-3", "bidder-4"):
        evaluation.attest("aa", bidder, "director")
    assert evaluation.publish(**(RATED | {"threshold": 710_000})) == ACCEPTED
    for number, millions in enumerate((290, 0, 280, 280, 310, 270, 260), start=1):  # a price of 0 is malformed
        assert evaluation.propose(f"bidder-{number}", millions * MILLION) == ACCEPTED
    evaluation.open()
    expected = dict.fromkeys(("bidder-2", "bidder-3", "bidder-4", "bidder-5"), "disqualified")
    waiting = dict.fromkeys(("bidder-1", "bidder-6", "bidder-7"), "pending")
    assert show_bids(evaluation) == expected | waiting
    evaluation.declare_all()
    assert evaluation.require_of(("bidder-1", True), ("bidder-6", True), ("bidder-7", False)) == ACCEPTED
    expected |= {"bidder-1": "valid", "bidder-7": "disqualified"}
    assert show_bids(evaluation) == expected | {"bidder-6": "valid"}
    evaluation.score_all({"delivery": [800_000, -1, -1, -1, 700_000, -1], "design": [900_000, -1, -1, -1, 700_000, -1]})
    evaluation.close_scoring()
    evaluation.count()
    assert show_bids(evaluation) == expected | {"bidder-6": "disqualified"}
    natives.judge(natives.derive(evaluation.ledger)[PROCESS])
    for _ in range(2):
        evaluation.vote_all("reject", "reject", "reject")
    assert evaluation.decide("vote", "reevaluate") == ACCEPTED
    assert show_bids(evaluation) == expected | {"bidder-1": "pending", "bidder-6": "pending", "bidder-7": "pending"}
    natives.judge(natives.derive(evaluation.ledger)[PROCESS])


def test_of_two_files_who_is_below_the_threshold_is_disqualified(tmp_path: Path) -> None:
    evaluation = Evaluation(found(tmp_path))
    evaluation.begin(**TWO_FILES, **(RATED | {"threshold": 710_000}))
    evaluation.declare_all()
    assert evaluation.pass_all() == ACCEPTED
    evaluation.score_all()
    evaluation.close_scoring()
    assert show_bids(evaluation) == dict.fromkeys(BIDDERS, "valid")
    evaluation.count()
    assert show_bids(evaluation) == dict.fromkeys(BIDDERS, "valid") | {"bidder-2": "disqualified"}
    natives.judge(natives.derive(evaluation.ledger)[PROCESS])


def test_proposals_hide_their_value_until_they_are_opened(selection: Selection) -> None:
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 290 * MILLION) == ACCEPTED
    selection.wait_until(selection.process().deadline)
    (bid,) = compile_all(selection)["bids"]["details"]
    assert (bid["status"], "value" in bid) == ("pending", False)


def test_what_a_community_does_has_an_award_for_the_standards_sake(selection: Selection) -> None:
    run_community(selection)
    compiled = compile_all(selection)
    (award,), (contract,) = compiled["awards"], compiled["contracts"]
    assert [each["id"] for each in award["suppliers"]] == ["community-1"]
    assert (contract["awardID"], contract["status"]) == (award["id"], "active")
    assert {each["id"] for each in contract["signatories"]} == {"agency-1", "community-1"}


def test_tags_are_those_of_the_table(selection: Selection) -> None:
    run_shortest(selection)
    tags = [tag for each in natives.derive(selection.ledger)[PROCESS] for tag in each.tag]
    assert tags[:2] == ["planning", "tender"]
    assert tags[tags.index("award") :] == ["award", "awardUpdate", "contract", "contractUpdate", "contract", "contract"]
    assert set(tags[2 : tags.index("award")]) == {"tenderUpdate"}


def test_what_the_schedule_does_is_an_update_of_its_own(selection: Selection) -> None:
    """A block has no message: its deadlines make one release a process."""
    run_nobody_proposes(selection)
    releases = natives.derive(selection.ledger)[PROCESS]
    assert [each.tag for each in releases] == [["planning"], ["tender"], ["tenderUpdate"], ["tenderUpdate"]]
    assert releases[-1].release["tender"]["status"] == "unsuccessful"
    assert [each.release["id"] for each in releases] == [f"{PROCESS}-{each.position}" for each in releases]


def test_what_nobody_signs_ends(selection: Selection) -> None:
    run_unsigned(selection)
    compiled = compile_all(selection)
    assert {each["status"] for each in (*compiled["awards"], *compiled["contracts"])} == {"cancelled"}


def test_one_lot_of_two_is_cancelled(selection: Selection) -> None:
    run_asked_and_cancelled(selection)
    tender = compile_all(selection)["tender"]
    assert [each["status"] for each in tender["lots"]] == ["cancelled", "active"]
    assert tender["status"] == "active"
    (enquiry,) = tender["enquiries"]
    assert {"answer", "dateAnswered", "author"} <= enquiry.keys()
    assert {each["id"]: each["status"] for each in tender["milestones"]} == {
        f"opening:{LOT}:proposal": "notMet", "opening:lot-2:proposal": "scheduled",
    }  # fmt: skip


def test_releases_grow_with_what_changed_only(selection: Selection) -> None:
    """A proposal's release tells that proposal: a thousand of them are a thousand small releases."""
    selection.prepare()
    assert selection.publish() == ACCEPTED
    for bidder in ("bidder-1", "bidder-2", "bidder-3"):
        assert selection.propose(bidder, 290 * MILLION) == ACCEPTED
    sizes = [len(each.document) for each in natives.derive(selection.ledger)[PROCESS][-3:]]
    assert max(sizes) - min(sizes) <= 4  # the entry's position may have a digit more
