"""``explain`` recomputes who should have won, from the log alone, and names the step in which the record differs."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from prasasti.cli import prasasti
from prasasti.contracts.procurement import scoring
from prasasti.core.encoding import encode_canonical
from prasasti.services import explained_figures as figures
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti.services.difference import Differs
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import STEPS, Explanation, explain
from tests.contracts.procurement_award_rows import Awarding
from tests.contracts.procurement_evaluation_rows import RATED, TWO_FILES, Evaluation
from tests.contracts.selection import COMMITTEE, DAY, MILLION, PROCESS, Selection, found, lot
from tests.core.ledger import ACCEPTED, Ledger
from tests.services.selected import list_documents, list_entries, publish

Entries = list[tuple[int, bytes]]
# Steps of delivery and payment: ``test_explained_dues`` has their lies.
OF_CONTRACT = {"advance", "amendment", "certificate", "release", "replacement"}


def explain_entries(ledger: Ledger, entries: Entries, documents: dict[str, bytes] | None = None) -> Explanation:
    given_documents = list_documents(ledger) if documents is None else documents
    explanation = explain(read_process(ledger.genesis_bytes, entries, PROCESS), given_documents.get)
    assert explanation is not None
    return explanation


def select(folder: Path) -> Ledger:
    """The shortest whole selection; the third proposal is above the buyer's own price."""
    selection = Selection(found(folder))
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
    return selection.ledger


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return select(tmp_path_factory.mktemp("selected"))


def test_a_published_log_is_enough(ledger: Ledger, tmp_path: Path) -> None:
    log = PublishedLog(open_source(str(publish(ledger, tmp_path / "public"))))
    explanation = explain(read_process(log.genesis, enumerate(log.entries()), PROCESS), log.read_document)
    assert explanation is not None
    assert explanation.differs is None
    assert [step.name for step in explanation.steps] == [
        "terms", "submissions", "opening", "exclusions", "requirements", "ranking", "ballot", "award", "activation", "contract",
        "signatures",
    ]  # fmt: skip
    (result,) = explanation.results
    assert (result.computed, result.awarded, result.awarded_price) == ("bidder-2", "bidder-2", str(280 * MILLION))


def test_who_is_out_is_told_with_figure_and_clause(ledger: Ledger) -> None:
    step = next(step for step in explain_entries(ledger, list_entries(ledger)).steps if step.name == "exclusions")
    (figure,) = step.figures
    assert (figure.name, figure.value, figure.clause) == ("procurement.goods.estimate_binds", True, "Perpres 16/2018 Pasal 26 (L)")
    out = [line.facts["bidder"] for line in step.lines if line.key == "above_estimate"]
    assert out == ["bidder-3"]


def test_another_put_out_than_is_computed_is_found(ledger: Ledger) -> None:
    """The document of what was opened names the dearest as out by an owner in common; the log names that document."""
    entries, documents = list_entries(ledger), list_documents(ledger)
    held = next(body for body in documents.values() if b"above_estimate" in body)
    turned = held.replace(b"above_estimate", b"shared_owner")
    digest, another = sha256(held).hexdigest(), sha256(turned).hexdigest()
    told = [(position, data.replace(digest.encode(), another.encode())) for position, data in entries]
    differs = explain_entries(ledger, told, documents | {another: turned}).differs
    assert differs is not None
    assert [(each.what, each.computed, each.recorded) for each in differs.disagreements] == [
        ("put_out", "bidder-3: above_estimate", "bidder-3: shared_owner")
    ]  # fmt: skip


@pytest.mark.parametrize("threshold", [710_000, 999_999])
def test_a_technical_result_is_computed(threshold: int, tmp_path: Path) -> None:
    """Of two files: who is below the threshold is out before prices are known, also where that is everybody."""
    evaluation = Evaluation(found(tmp_path))
    evaluation.begin(**TWO_FILES, **(RATED | {"threshold": threshold}))
    evaluation.declare_all()
    assert evaluation.pass_all() == ACCEPTED
    evaluation.score_all()
    evaluation.close_scoring()
    evaluation.count()
    explanation = explain_entries(evaluation.ledger, list_entries(evaluation.ledger))
    assert explanation.differs is None
    (step,) = [step for step in explanation.steps if step.name == "scores"]
    below = [line.facts["bidder"] for line in step.lines if line.key == "below"]
    assert below == (["bidder-2"] if threshold == 710_000 else ["bidder-1", "bidder-2", "bidder-3"])
    lie = change(f'"below":{len(below)}'.encode(), b'"below":0', b"procurement.technical_decided")
    differs = explain_entries(evaluation.ledger, lie(list_entries(evaluation.ledger))).differs
    assert differs is not None
    assert differs.name == "scores"


def test_no_native_process_has_no_explanation(ledger: Ledger) -> None:
    assert explain(read_process(ledger.genesis_bytes, list_entries(ledger), "ocds-213czf-nothing"), lambda _: None) is None


def test_proposals_asked_for_anew_are_followed(tmp_path: Path) -> None:
    """A complaint is upheld and all seal again: the second round's prices decide."""
    selection = Awarding(found(tmp_path))
    selection.to_award()
    assert selection.complain() == ACCEPTED
    assert selection.answer("upheld", "resubmit") == ACCEPTED
    selection.envelopes.clear()
    for bidder, price in (("bidder-1", 240), ("bidder-2", 260)):
        assert selection.propose_again(bidder, price * MILLION) == ACCEPTED
    selection.open()
    assert selection.require_of(("bidder-1", True), ("bidder-2", True)) == ACCEPTED
    selection.adopt(ballot=2, ranking=2)
    assert selection.award("bidder-1", 240 * MILLION, "award-2") == ACCEPTED
    explanation = explain_entries(selection.ledger, list_entries(selection.ledger))
    assert [(step.name, step.disagreements) for step in explanation.steps if step.disagreements] == []
    assert [step.name for step in explanation.steps].count("ranking") == 2
    (result,) = explanation.results
    assert (result.computed, result.awarded, result.awarded_price) == ("bidder-1", "bidder-1", str(240 * MILLION))


def score(folder: Path) -> Ledger:
    """Members score what is left of three proposals; one is out, its price above the estimate."""
    evaluation = Evaluation(found(folder))
    evaluation.begin({"bidder-1": 290 * MILLION, "bidder-2": 280 * MILLION, "bidder-3": 310 * MILLION}, **RATED)
    evaluation.declare_all()
    assert evaluation.pass_all("bidder-1", "bidder-2") == ACCEPTED
    evaluation.score_all({"delivery": [800_000, 700_000, -1], "design": [900_000, 700_000, -1]})
    evaluation.close_scoring()
    evaluation.count()
    return evaluation.ledger


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return score(tmp_path_factory.mktemp("scored"))


def test_scores_are_told_as_numbers(scored: Ledger) -> None:
    explanation = explain_entries(scored, list_entries(scored))
    assert explanation.differs is None
    technical = {
        line.facts["bidder"]: line.facts["technical"] for step in explanation.steps for line in step.lines if line.key == "technical"
    }
    assert technical == {"bidder-1": 860_000, "bidder-2": 700_000}
    placed = [line for step in explanation.steps for line in step.lines if line.key == "placed_by_points"]
    assert [(line.facts["bidder"], line.facts["points"], line.facts["final"]) for line in placed] == [
        ("bidder-1", 965_517, 891_655), ("bidder-2", 1_000_000, 790_000),
    ]  # fmt: skip


def test_a_sheet_that_was_counted_unopened_is_found(scored: Ledger) -> None:
    """The log lacks a member's sheet: the scores that are told cannot have been counted."""
    entries = leave_out("procurement.submit_scores")(list_entries(scored))
    differs = explain_entries(scored, entries).differs
    assert differs is not None
    assert (differs.name, differs.disagreements[0].what) == ("opening", "sealed")


# -- lies ------------------------------------------------------------------------------------------------------------------


def change(needle: bytes, replacement: bytes, event: bytes) -> Callable[[Entries], Entries]:
    """The first entry that tells an event says something else."""

    def lie(entries: Entries) -> Entries:
        at = next(position for position, data in entries if event in data)
        data = entries[at][1]
        assert needle in data
        return [*entries[:at], (at, data.replace(needle, replacement)), *entries[at + 1 :]]

    return lie


def find_message(entries: Entries, action: str) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """The first message of a kind: its position, its entry, its payload."""
    for at, data in entries:
        entry = json.loads(data)
        if entry.get("envelope") is not None:
            payload = json.loads(b64decode(entry["envelope"]["payload"]))
            if payload["action"] == action:
                return at, entry, payload
    raise AssertionError(action)


def change_payload(action: str, **changes: Any) -> Callable[[Entries], Entries]:
    """The first message of a kind says something else, as a node would have to record it that executed it all the same."""

    def lie(entries: Entries) -> Entries:
        at, entry, payload = find_message(entries, action)
        payload["arguments"] |= changes
        entry["envelope"]["payload"] = b64encode(encode_canonical(payload)).decode()
        return [*entries[:at], (at, encode_canonical(entry)), *entries[at + 1 :]]

    return lie


def leave_out(action: str) -> Callable[[Entries], Entries]:
    """The first message of a kind stands as one that was refused."""

    def lie(entries: Entries) -> Entries:
        at, entry, _ = find_message(entries, action)
        return [*entries[:at], (at, encode_canonical(entry | {"envelope": None, "events": []})), *entries[at + 1 :]]

    return lie


def advance_clock(event: bytes, seconds: int) -> Callable[[Entries], Entries]:
    """The entry that tells an event is of an earlier time."""

    def lie(entries: Entries) -> Entries:
        at = next(position for position, data in entries if event in data)
        entry = json.loads(entries[at][1])
        return [*entries[:at], (at, encode_canonical(entry | {"time": entry["time"] + seconds})), *entries[at + 1 :]]

    return lie


LIES: dict[str, tuple[str, Callable[[Entries], Entries]]] = {
    "a bidder too few": ("submissions", change(b'"bids":3', b'"bids":2', b"procurement.lot_closed")),
    "a proposal not to be opened": ("submissions", change(b'"due":3', b'"due":2', b"procurement.lot_closed")),
    "more opened than were": ("opening", change(b'"opened":3', b'"opened":4', b"procurement.envelopes_opened")),
    "one trustee opens": ("opening", leave_out("procurement.publish_opening_shares")),
    "nobody was out at the opening": ("exclusions", change(b'"excluded":1', b'"excluded":0', b"procurement.lot_opened")),
    "somebody above the estimate stays in": ("exclusions", change(b'"live":2', b'"live":3', b"procurement.lot_opened")),
    "an outcome left out": ("requirements", change(b'"live":2', b'"live":1', b"procurement.requirements_recorded")),
    "somebody ranked too many": ("ranking", change(b'"ranked":2', b'"ranked":3', b"procurement.ranking_published")),
    "a vote turned": ("ballot", change(b'"outcome":"adopted"', b'"outcome":"rejected"', b"procurement.ballot_closed")),
    "the second is awarded": ("award", change_payload("procurement.notify_award", bidder="bidder-1", price=str(290 * MILLION))),
    "the award is dearer": ("award", change_payload("procurement.notify_award", price=str(281 * MILLION))),
    "the standstill still ran": ("activation", advance_clock(b"procurement.award_activated", -9 * DAY)),
    "a proposal was late": ("submissions", advance_clock(b"procurement.sealed", 15 * DAY)),
    "a lot is dearer than its ceiling": ("terms", change_payload("procurement.publish_tender", lots=[
        lot(estimate=str(301 * MILLION))])),
    "the contract is dearer": ("contract", change_payload("procurement.draft_contract", price=str(281 * MILLION))),
    "a milestone takes all": ("contract", change_payload("procurement.draft_contract", milestones=[
        {"amount": str(280 * MILLION), "due": 1, "id": "half", "items": [], "title": "All"},
    ])),
    "another price is signed": ("signatures", change(
        str(280 * MILLION).encode(), str(281 * MILLION).encode(), b"procurement.contract_active")),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_named_by_its_step(name: str, ledger: Ledger) -> None:
    step, lie = LIES[name]
    differs = explain_entries(ledger, lie(list_entries(ledger))).differs
    assert differs is not None
    assert differs.name == step


@pytest.mark.parametrize("ground", ["b", "c"])
def test_a_failure_on_a_ground_that_does_not_hold_is_found(ground: str, tmp_path: Path) -> None:
    """Every price was above the buyer's own: the lot failed for that, and not since nobody came."""
    selection = Selection(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 310 * MILLION) == ACCEPTED
    selection.open()
    entries = list_entries(selection.ledger)
    assert explain_entries(selection.ledger, entries).differs is None
    told = change(b'"ground":"g"', f'"ground":"{ground}"'.encode(), b"procurement.lot_failed")(entries)
    differs = explain_entries(selection.ledger, told).differs
    assert differs is not None
    assert differs.name == "failure"


def test_every_step_that_ends_well_has_a_lie() -> None:
    assert {step for step, _ in LIES.values()} | {"scores", "failure"} | OF_CONTRACT == {*STEPS}


def test_contents_that_were_never_sealed_are_found(ledger: Ledger) -> None:
    """The document of what was opened says another price, and its hash stands in the event."""
    (digest, body), *_ = list_documents(ledger).items()
    other = body.replace(str(290 * MILLION).encode(), str(270 * MILLION).encode())
    told = sha256(other).hexdigest()
    entries = [(position, data.replace(digest.encode(), told.encode())) for position, data in list_entries(ledger)]
    differs = explain_entries(ledger, entries, {told: other}).differs
    assert differs is not None
    assert (differs.name, differs.disagreements[0].what) == ("opening", "contents")


def test_a_log_that_misses_what_others_stand_on_ends_the_reading(ledger: Ledger) -> None:
    entries = leave_out("procurement.publish_tender")(list_entries(ledger))
    with pytest.raises(Differs, match="what the entries before it allow"):
        explain_entries(ledger, entries)


def test_a_document_that_is_another_ends_the_reading(ledger: Ledger) -> None:
    documents = {digest: body + b" " for digest, body in list_documents(ledger).items()}
    with pytest.raises(Differs, match="bytes of that hash"):
        explain_entries(ledger, list_entries(ledger), documents)


# A node of which the ranking is turned round, in a process of its own.
PATCHED_NODE = """
import sys
from pathlib import Path
from msgspec.structs import replace
from prasasti.contracts.procurement import scoring
from prasasti.contracts.procurement.evaluation import effects

honest = scoring.rank_proposals

def turn_round(rule, offers):
    ranking = honest(rule, offers)
    ranked = [replace(each, rank=place) for place, each in enumerate(reversed(ranking.proposals), start=1)]
    return replace(ranking, proposals=tuple(ranked))

scoring.rank_proposals = effects.rank_proposals = turn_round

from tests.contracts.selection import COMMITTEE, MILLION, Selection, found
from tests.services.selected import publish

folder = Path(sys.argv[1])
selection = Selection(found(folder))
selection.prepare()
selection.publish()
for bidder, price in (("bidder-1", 290), ("bidder-2", 280)):
    selection.propose(bidder, price * MILLION)
selection.open()
selection.declare_all()
selection.require_of(("bidder-2", True), ("bidder-1", True))
for name in COMMITTEE:
    selection.vote(name)
answer = selection.award("bidder-1", 290 * MILLION)
publish(selection.ledger, folder / "public")
print(answer)
"""


def test_a_node_that_ranks_wrongly_is_found(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path[:0] = [{str(root / 'src')!r}, {str(root)!r}]\n{PATCHED_NODE}"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{ACCEPTED}\n"), done.stderr
    for place, step in ((["--ledger", tmp_path / "public-ledger"], "ranking"), ([tmp_path / "public"], "award")):
        result = CliRunner().invoke(prasasti, ["--language", "en", "--json", "explain", PROCESS, *map(str, place)])
        assert result.exit_code == 1
        assert json.loads(result.stdout)["differs_in"]["name"] == step
    told = CliRunner().invoke(prasasti, ["--language", "id", "explain", PROCESS, str(tmp_path / "public")])
    assert "CATATAN BERBEDA" in told.stdout
    assert "Penetapan pemenang" in told.stdout


# -- arithmetic --------------------------------------------------------------------------------------------------------------

offers = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 4) | st.integers(0, 10_000), st.integers(0, 3) | st.integers(0, 1_000_000)),
    max_size=6,
)  # fmt: skip


@given(
    offers, st.sampled_from(scoring.SELECTIONS), st.integers(0, 10_000), st.integers(0, 1_000_000), st.integers(0, 2_500),
    st.integers(0, 5_000),
)  # fmt: skip
def test_ranking_written_twice_comes_to_the_same(
    drawn: list[tuple[int, int, int]], selection: str, technical_bp: int, threshold: int, preference_bp: int, least_bp: int
) -> None:
    named = [(f"bidder-{number}", *each, f"{number % 3:02x}") for number, each in enumerate(drawn)]
    rule = scoring.ScoringRule(selection, technical_bp, 10_000 - technical_bp, threshold, preference_bp, least_bp)
    ranking = scoring.rank_proposals(rule, [scoring.Offer(*each) for each in named])
    weights = figures.Weights(selection, technical_bp, threshold, preference_bp, least_bp)
    placed = figures.place_offers(weights, [figures.Offered(*each) for each in named])
    assert [(each.bidder, each.rank, each.evaluated_e8, each.price_points, each.final) for each in ranking.proposals] == [
        (each.offer.bidder, each.place, each.evaluated_e8, each.points, each.final) for each in placed
    ]


def test_examples_of_the_reference() -> None:
    weights = figures.Weights("rated", 8_000, 0, 0, 10_000)
    placed = figures.place_offers(weights, [figures.Offered("a", 10, 0, 853_333, ""), figures.Offered("b", 9, 0, 0, "")])
    assert (placed[0].points, placed[0].final) == (900_000, 862_666)
    assert figures.compute_parts_minor(100_000_001, [3_333, 3_333, 3_334], 1) == [33_330_000, 33_330_001, 33_340_000]
    assert [figures.compute_outcome(choices, 3) for choices in (["adopt", "adopt"], ["reject"] * 2, ["adopt", "reject", "abstain"])] == [
        "adopted", "rejected", "tied",
    ]  # fmt: skip


def test_padding_is_taken_off() -> None:
    assert figures.open_plain(b"\0{}\x80" + bytes(4)) == b"{}"
    assert figures.open_plain(b"\0{}" + bytes(4)) is None
