"""``explain`` covers amounts due: certificates, advances and what is given back are recomputed from the log alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from prasasti.cli import prasasti
from prasasti.contracts.procurement.change.ending import compute_held, compute_release
from prasasti.contracts.procurement.delivery import amounts
from prasasti.contracts.procurement.delivery.taxes import compute_taxes
from prasasti.services import explained_dues as dues
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import Explanation, Step, explain
from tests.contracts.delivering import CONTRACT, PRICE, present
from tests.contracts.paying import ACCOUNT, PAYER, Payments
from tests.contracts.procurement_change_rows import amending, ending_at_will
from tests.contracts.selection import DAY, MILLION, MINUTES, OFFICER, PROCESS, found, signer
from tests.core.ledger import ACCEPTED, Ledger
from tests.services.selected import list_documents, list_entries
from tests.services.test_explaining import OF_CONTRACT, Entries, change, change_payload, find_message, leave_out

TERMS = {"advance_bp": 2_000, "recovery_span_bp": 5_000, "recovery_start_bp": 1_000}


def explain_of(ledger: Ledger, entries: Entries | None = None) -> Explanation:
    """Of the ledger's log, or of another."""
    log = read_process(ledger.genesis_bytes, list_entries(ledger) if entries is None else entries, PROCESS)
    explanation = explain(log, list_documents(ledger).get)
    assert explanation is not None
    return explanation


def find_steps(explanation: Explanation, name: str) -> list[Step]:
    return [step for step in explanation.steps if step.name == name]


def tell(step: Step, key: str, *facts: str) -> list[object]:
    """Facts of a step's only line of a kind."""
    (line,) = (line for line in step.lines if line.key == key)
    return [line.facts[fact] for fact in facts]


def hand_over(delivery: Payments, act: str) -> str:
    """What was delivered is handed over, or accepted for good; the taxes are the State's."""
    view, agreement = delivery.ledger.application.state.view, delivery.agreement
    held = compute_held(delivery.progress)
    base = compute_release(view, agreement, delivery.progress, held if act == "accept" else held // 2, 0).tax_base_minor
    taxes = [present(to_builtins(line)) for line in compute_taxes(view, agreement, base)] if base else []
    arguments = {"act": act, "contract": CONTRACT, "document": MINUTES, "taxes": taxes}
    return delivery.do("procurement.hand_over", arguments, OFFICER, signer("inspector", "inspector"))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """An advance that comes back and is paid again, an amendment, two late parts, retention released in halves, final acceptance."""
    figures: dict[str, Any] = {"procurement.handover_release_bp": 5_000}
    delivery = Payments.begin(found(tmp_path_factory.mktemp("due"), **figures), terms=TERMS)
    delivery.settle_account()
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(1) == ACCEPTED
    assert amending(10 * MILLION)(delivery) == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 33 * DAY)
    delivery.deliver("half", "part", accepted=str(70 * MILLION))
    assert delivery.report(1, "returned") == ACCEPTED
    delivery.deliver("half")
    assert delivery.replace(1) == ACCEPTED
    delivery.deliver("rest")
    assert hand_over(delivery, "hand_over") == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 181 * DAY)
    assert hand_over(delivery, "accept") == ACCEPTED
    return delivery.ledger


def test_every_amount_of_a_contract_is_recomputed(ledger: Ledger) -> None:
    explanation = explain_of(ledger)
    assert [(step.name, step.disagreements) for step in explanation.steps if step.disagreements] == []
    names = [step.name for step in explanation.steps if step.subject]
    assert names == ["advance", "amendment", "certificate", "certificate", "replacement", "certificate", "release", "release"]
    first, second, _ = find_steps(explanation, "certificate")
    assert first.subject == f"{CONTRACT}: certificate-1"
    assert tell(first, "accepted", "gross") == [str(70 * MILLION)]
    # 70 less a tenth of 290 mn, of a half of it: 41 of 145 mn of the advance, less nothing so far.
    assert tell(first, "recovered", "advance", "taken") == [str(PRICE // 5), "0"]
    (recovery,) = tell(second, "recovered", "recovery")
    assert int(str(recovery)) < 0, "what was recovered of an advance that came back goes out again"
    assert [figure.name for figure in first.figures].count("procurement.tax_bp.ppn") == 1


def test_delay_is_told_with_its_days_and_its_cap(ledger: Ledger) -> None:
    steps = find_steps(explain_of(ledger), "certificate")
    days, damages = tell(steps[0], "late", "days", "damages")
    base = 70 * MILLION * 10_000 // 11_100 // 100 * 100
    assert (days, damages) == (3, str(base * 3 // 1_000 // 100 * 100))


def test_what_an_end_owes_is_recomputed(tmp_path: Path) -> None:
    """The retention reaches neither the advance nor the damages: with the last certificate the rest is owed."""
    delivery = Payments.begin(found(tmp_path), terms=TERMS | {"recovery_start_bp": 5_000})
    delivery.settle_account()
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.accept("half", "part", accepted=str(70 * MILLION))
    assert ending_at_will()(delivery) == ACCEPTED
    assert delivery.invoice("half") == delivery.certify("half") == ACCEPTED
    explanation = explain_of(delivery.ledger)
    assert explanation.differs is None
    (step,) = find_steps(explanation, "release")
    assert tell(step, "owed", "advance_owed", "damages_owed") == [str(PRICE // 5 - 70 * MILLION // 20), "0"]
    lie = change(b'"advance_owed":"', b'"advance_owed":"1', b"procurement.contract_settled")
    differs = explain_of(delivery.ledger, lie(list_entries(delivery.ledger))).differs
    assert differs is not None
    assert [each.what for each in differs.disagreements] == ["advance_owed"]


def test_a_suspension_moves_due_dates(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path))
    notice = {"contract": CONTRACT, "document": MINUTES}
    assert delivery.do("procurement.notify_contractor", notice | {"act": "suspend", "ground": "weather"}, OFFICER) == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 40 * DAY)
    assert delivery.do("procurement.notify_contractor", notice | {"act": "resume", "ground": "settled"}, OFFICER) == ACCEPTED
    delivery.deliver("half")
    (step,) = find_steps(explain_of(delivery.ledger), "certificate")
    assert not step.disagreements
    assert [line.key for line in step.lines][1] == "on_time"
    entries = leave_out("procurement.notify_contractor")(list_entries(delivery.ledger))
    (step,) = find_steps(explain_of(delivery.ledger, entries), "certificate")
    assert "days of certificate-1" in [each.what for each in step.disagreements]


def test_quantities_say_what_is_due_of_a_measured_contract(tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path), terms={"amounts": "measured"})
    item = delivery.agreement_terms.milestones[0].items[0][0]
    delivery.deliver("half", "part", quantities=[{"item": item, "quantity": "7500"}])
    delivery.deliver("half")
    explanation = explain_of(delivery.ledger)
    assert explanation.differs is None
    first, second = find_steps(explanation, "certificate")
    gross = [int(str(tell(step, "accepted", "gross")[0])) for step in (first, second)]
    assert (gross[0], sum(gross)) == (PRICE * 7_500 // 40_000, PRICE // 2)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_statement_that_gives_the_advance_back_counts(is_there: bool, tmp_path: Path) -> None:
    """An entry for another account is an open item, and the advance stays out."""
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 2_000})
    delivery.settle_account()
    assert delivery.advance(PRICE // 5) == ACCEPTED
    delivery.put_out(1)
    net = int(delivery.order(1).lines[0].amount_minor)

    def state(entry: str, amount: int, account: str) -> str:
        listed = [{"account": account, "amount": str(amount), "entry": entry, "reference": f"{CONTRACT}-1.0"}]
        arguments: dict[str, Any] = {
            "bank": "bank-1", "closing": str(amount), "entries": listed, "from": 0, "opening": "0", "statement": MINUTES,
            "to": delivery.ledger.time - 1,
        }  # fmt: skip
        return delivery.do("treasury.record_statement", arguments, PAYER)

    assert state("e-1", -net, ACCOUNT) == state("e-2", net, ACCOUNT if is_there else "c9" * 32) == ACCEPTED
    assert delivery.order(1).lines[0].state == ("returned" if is_there else "paid")
    delivery.deliver("half")
    explanation = explain_of(delivery.ledger)
    assert explanation.differs is None
    (step,) = find_steps(explanation, "certificate")
    live = PRICE // 5 - (net if is_there else 0)
    assert tell(step, "recovered", "advance") == [str(live)]


# -- lies ------------------------------------------------------------------------------------------------------------------


def inflate(event: bytes, field: str) -> Callable[[Entries], Entries]:
    """An amount that an event tells is ten times as much."""

    def lie(entries: Entries) -> Entries:
        at = next(position for position, data in entries if event in data)
        entry = json.loads(entries[at][1])
        for each in entry["events"]:
            if each["event"].encode() == event:
                each[field] += "0"
        return [*entries[:at], (at, json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()), *entries[at + 1 :]]

    return lie


def raise_more(entries: Entries) -> Entries:
    """An invoice raises an order."""
    at, entry, _ = find_message(entries, "procurement.file_invoice")
    entry["events"].append({
        "amount_minor": "1", "cause": "extra", "event": "treasury.order_raised", "number": 9, "order": f"{CONTRACT}-99",
        "subject": CONTRACT,
    })  # fmt: skip
    return [*entries[:at], (at, json.dumps(entry, separators=(",", ":"), sort_keys=True).encode()), *entries[at + 1 :]]


LIES: dict[str, tuple[str, str, Callable[[Entries], Entries]]] = {
    "more is certified than was accepted": ("certificate", "gross", change_payload("procurement.certify", gross=str(71 * MILLION))),
    "the advance is not recovered": ("certificate", "recovery", change_payload("procurement.certify", recovery="0")),
    "nothing is retained": ("certificate", "retention", change_payload("procurement.certify", retention="0")),
    "the delay costs nothing": ("certificate", "damages", change_payload("procurement.certify", damages="0")),
    "it was not late": ("certificate", "days", change_payload("procurement.certify", days=0)),
    "no tax is withheld": ("certificate", "taxes", change_payload("procurement.certify", taxes=[])),
    "a tax is lower": ("certificate", "rate", change_payload("procurement.certify", taxes=[
        {"amount": "0", "base": "0", "code": "pph22", "rate_bp": 1}, {"amount": "0", "base": "0", "code": "ppn", "rate_bp": 1},
    ])),
    "the certificate's event says more": ("certificate", "gross", inflate(b"procurement.milestone_certified", "gross")),
    "the advance is more than agreed": ("advance", "within_terms", change_payload("procurement.take_advance", amount=str(57 * MILLION))),
    "more of the advance is ordered": ("advance", "ordered", inflate(b"treasury.order_raised", "amount_minor")),
    "the price rose by more": ("amendment", "price", inflate(b"procurement.contract_amended", "price")),
    "the inspector accepted less": ("certificate", "gross", change_payload("procurement.inspect", accepted=str(60 * MILLION))),
    "nothing came back": ("replacement", "unpaid", change(b'"state":"returned"', b'"state":"paid"', b'"state":"returned"')),
    "an order that nothing asks for": ("replacement", "unasked", raise_more),
    "the taxes of what is given back": ("release", "taxes", change_payload("procurement.hand_over", taxes=[])),
    "damages are owed": ("release", "damages_owed", inflate(b"procurement.contract_settled", "damages_owed")),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_money_is_named_by_its_step(name: str, ledger: Ledger) -> None:
    step, what, lie = LIES[name]
    explanation = explain_of(ledger, lie(list_entries(ledger)))
    differing = [each for each in explanation.steps if each.disagreements]
    assert step in [each.name for each in differing]
    named = [found for each in differing if each.name == step for found in each.disagreements]
    assert what in [each.what.partition(" of ")[0] for each in named]


def test_every_step_of_a_contract_has_a_lie() -> None:
    assert {step for step, _, _ in LIES.values()} == OF_CONTRACT


# A node that keeps nothing back, in a process of its own.
PATCHED_NODE = """
import sys
from pathlib import Path
from prasasti.contracts.procurement.delivery import due

honest = due.compute_due_amounts

def keep_nothing(sums, figures, *rest):
    return honest(sums, figures._replace(retention_bp=0), *rest)

due.compute_due_amounts = keep_nothing

from tests.contracts.delivering import Delivery
from tests.contracts.selection import found
from tests.services.selected import publish

folder = Path(sys.argv[1])
delivery = Delivery.begin(found(folder))
delivery.deliver("half")
publish(delivery.ledger, folder / "public")
print(delivery.progress.retained)
"""


def test_a_node_that_reckons_wrongly_is_found(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    code = f"import sys; sys.path[:0] = [{str(root / 'src')!r}, {str(root)!r}]\n{PATCHED_NODE}"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr
    for place in (["--ledger", tmp_path / "public-ledger"], [tmp_path / "public"]):
        result = CliRunner().invoke(prasasti, ["--language", "en", "--json", "explain", PROCESS, *map(str, place)])
        assert result.exit_code == 1
        named = json.loads(result.stdout)["differs_in"]
        assert (named["name"], named["subject"]) == ("certificate", f"{CONTRACT}: certificate-1")
    told = CliRunner().invoke(prasasti, ["--language", "id", "explain", PROCESS, str(tmp_path / "public")])
    assert "CATATAN BERBEDA" in told.stdout
    assert f"{CONTRACT}: certificate-1" in told.stdout


# -- arithmetic --------------------------------------------------------------------------------------------------------------

UNITS = st.sampled_from([1, 100])
SHARES = st.sampled_from([0, 1, 500, 1_000, 3_333, 5_000, 10_000])


@given(
    st.lists(st.integers(0, 10**9), min_size=8, max_size=8), st.tuples(SHARES, SHARES, SHARES, SHARES), st.integers(0, 200),
    st.sampled_from([0, 1_100]), UNITS, st.integers(0, 10**6),
)  # fmt: skip
def test_amounts_written_twice_come_to_the_same(
    drawn: list[int], shares: tuple[int, int, int, int], days: int, vat_bp: int, unit: int, taxes: int
) -> None:
    price, certified, gross, advance, live, recovered, retained, damages = (each // unit * unit for each in drawn)
    start, span, retention, cap = shares
    agreed = dues.Agreed(start, span, retention, cap, 10, vat_bp, unit)
    figures = amounts.Figures(start, span, retention, cap, 10, vat_bp, unit)
    account = dues.Account(price, certified, advance, min(live, advance), recovered, retained, 0, damages, damages // 2)
    sums = amounts.Sums(price, certified, min(live, advance), advance, recovered, retained, damages, damages // 2)
    new = amounts.compute_damages(sums, figures, gross, days)
    assert dues.compute_delay_damages(account, agreed, gross, days) == new
    due, mine = amounts.compute_due_amounts(sums, figures, gross, new, taxes), dues.compute_certified(account, agreed, gross, new, taxes)
    assert (mine.recovery_minor, mine.retention_minor, mine.damages_minor, mine.order_minor) == (
        due.recovery_minor, due.retention_minor, due.damages_minor, due.order_minor,
    )  # fmt: skip
    assert dues.compute_net(dues.compute_rest(account, agreed, gross), agreed) == due.tax_base_minor
