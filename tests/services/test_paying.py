"""A treasury and its bank: files out and back through an independent bank, crashes between any two steps, files of attackers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from prasasti.contracts.treasury.records import PAID, REJECTED, RETURNED, SENT
from prasasti.integrations.iso20022.reading import FileProblem
from prasasti.services.paying import outbox
from prasasti.services.paying.accounts import PayingProblem, make_account
from prasasti.services.paying.outbox import get_batch, hand_over, is_handed
from prasasti.services.paying.reconciling import plan_file
from tests.core.ledger import ACCEPTED
from tests.integrations.iso20022.mock_bank import IBAN, MockBank, open_bank
from tests.integrations.iso20022.statements import Line, write_report, write_statement
from tests.services.paid import BATCH, ORDERS, Paid

NUMBER = "1234567890"


@pytest.fixture
def paid(tmp_path: Path) -> Paid:
    return Paid(tmp_path)


@pytest.fixture
def bank(paid: Paid) -> Iterator[MockBank]:
    with open_bank(paid.payments.ledger.time) as opened:
        yield opened


# -- through an independent bank ---------------------------------------------------------------------------------------------


def test_a_batch_is_paid_to_the_last_unit(paid: Paid, bank: MockBank) -> None:
    paid.send(bank.payments_address)
    (report,) = bank.take("pain.002")
    assert paid.plan(report).messages == []
    bank.pass_days(5)
    paid.pass_days(6)
    statements = bank.take("camt.053")
    paid.take(*statements)
    assert paid.states() == [PAID, PAID]
    assert {each["amount"] for each in bank.list_payments()} == {paid.net(order) for order in ORDERS}
    before = paid.list_published()
    assert [paid.plan(each).messages for each in statements] == [[]] * len(statements)
    assert paid.list_published() == before
    assert NUMBER.encode() not in before
    assert IBAN.encode() not in before


def test_what_a_bank_rejects_is_recorded_and_the_rest_is_paid(paid: Paid, bank: MockBank) -> None:
    bank.behave(behaviour="insufficient-funds", balance=paid.net(ORDERS[0]))
    paid.send(bank.payments_address)
    (report,) = bank.take("pain.002")
    paid.take(report)
    assert sorted(paid.states()) == [REJECTED, SENT]
    assert paid.plan(report).messages == []
    bank.pass_days(5)
    paid.pass_days(6)
    paid.take(*bank.take("camt.053"))
    assert sorted(paid.states()) == [PAID, REJECTED]


def test_a_file_that_a_bank_rejects_pays_nothing(paid: Paid, bank: MockBank) -> None:
    bank.behave(behaviour="reject-file")
    paid.send(bank.payments_address)
    (report,) = bank.take("pain.002")
    paid.take(report)
    assert paid.states() == [REJECTED, REJECTED]


def test_what_comes_back_is_returned(paid: Paid, bank: MockBank) -> None:
    bank.behave(behaviour="return-later", parameters={"days": 2, "end_to_end_id": paid.references()[0]})
    paid.send(bank.payments_address)
    bank.pass_days(10)
    paid.pass_days(11)
    paid.take(*bank.take("camt.053"))
    assert paid.states() == [RETURNED, PAID]


def test_a_bank_that_lost_an_entry_is_not_believed(paid: Paid, bank: MockBank) -> None:
    bank.behave(behaviour="statement-gap")
    paid.send(bank.payments_address)
    bank.pass_days(5)
    paid.pass_days(6)
    with pytest.raises(FileProblem, match="do not add up"):
        paid.take(*bank.take("camt.053"))
    assert paid.states() == [SENT, SENT]


# -- crashes -----------------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """A machine that stops."""


def _crash(*_: object, **__: object) -> None:
    raise Crash


@pytest.mark.parametrize("step", ["written", "recorded", "given", "noted"])
def test_a_crash_after_any_step_pays_once(paid: Paid, bank: MockBank, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paid.make_batch()
    file = paid.prepare()
    if step == "written":
        file = paid.prepare()
    assert paid.record_sent(file) == ACCEPTED
    if step == "recorded":
        file = paid.prepare()
    if step == "given":
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "note_handed", _crash)
            with pytest.raises(Crash):
                hand_over(paid.view, BATCH, paid.outbox, bank.payments_address)
        assert not is_handed(get_batch(paid.view, BATCH), paid.outbox)
    given = hand_over(paid.view, BATCH, paid.outbox, bank.payments_address)
    if step == "noted":
        given = hand_over(paid.view, BATCH, paid.outbox, bank.payments_address)
    assert given.digest == file.digest
    assert [path.name for path in paid.outbox.rglob("*.*")] == [f"{BATCH}.xml"]
    assert len(bank.list_payments()) == 2
    # The report of the second copy says that it is one, which rejects nothing.
    for report in bank.take("pain.002"):
        assert paid.plan(report).messages == []
    assert paid.states() == [SENT, SENT]


def test_a_crash_while_a_file_is_written_leaves_none(paid: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    paid.make_batch()
    monkeypatch.setattr("prasasti.integrations.iso20022.pain001.os.fsync", _crash)
    with pytest.raises(Crash):
        paid.prepare()
    assert not list(paid.outbox.rglob("*.xml"))
    monkeypatch.undo()
    assert paid.record_sent(paid.prepare()) == ACCEPTED


def test_only_what_was_recorded_goes_to_a_bank(paid: Paid, tmp_path: Path) -> None:
    paid.make_batch()
    file = paid.prepare()
    taken = tmp_path / "bank"
    taken.mkdir()
    with pytest.raises(PayingProblem, match="does not record"):
        hand_over(paid.view, BATCH, paid.outbox, str(taken))
    assert paid.record_sent(file) == ACCEPTED
    good = file.path.read_bytes()
    file.path.write_bytes(good.replace(NUMBER.encode(), b"9999999999"))
    with pytest.raises(PayingProblem, match="it was changed"):
        hand_over(paid.view, BATCH, paid.outbox, str(taken))
    assert not list(taken.iterdir())
    file.path.write_bytes(good)
    hand_over(paid.view, BATCH, paid.outbox, str(taken))
    assert (taken / f"{BATCH}.xml").read_bytes() == good


def test_a_crash_between_parts_of_a_statement_is_mended_by_the_same_file(paid: Paid) -> None:
    """Of a statement of 250 entries the first part was recorded, then nothing."""
    paid.make_batch()
    assert paid.record_sent(paid.prepare()) == ACCEPTED
    strangers = [Line(f"other-{number}", -1, f"none-{number}", NUMBER) for number in range(248)]
    references = dict(zip(ORDERS, paid.references(), strict=True))
    paying = [Line(f"entry-{order}", -paid.net(order), reference, NUMBER) for order, reference in references.items()]
    data = write_statement(IBAN, [*strangers[:120], *paying, *strangers[120:]])
    plan = paid.plan(data)
    assert len(plan.messages) == 3
    assert paid.record(plan._replace(messages=plan.messages[:1])) == [ACCEPTED]
    rest = paid.plan(data)
    assert (len(rest.messages), rest.known) == (2, 100)
    assert paid.record(rest) == [ACCEPTED, ACCEPTED]
    assert paid.states() == [PAID, PAID]
    assert paid.plan(data).messages == []
    assert paid.item(247) is not None
    assert paid.item(248) is None


# -- attackers ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(paid: Paid) -> Paid:
    paid.make_batch()
    assert paid.record_sent(paid.prepare()) == ACCEPTED
    return paid


def test_a_report_about_another_order_is_not_used(sent: Paid) -> None:
    known, before = sent.references()[0], sent.list_published()
    for file, references, words in (
        (BATCH, [known, "contract-9-1.0"], "not in it"), ("batch-9", [known], "no batch"), ("NOTPROVIDED", [known], "no batch"),
    ):  # fmt: skip
        with pytest.raises(PayingProblem, match=words):
            sent.plan(write_report(file, [(each, "RJCT", "AC04") for each in references]))
    assert sent.list_published() == before


def test_a_report_before_the_batch_was_sent_is_not_used(paid: Paid) -> None:
    paid.make_batch()
    with pytest.raises(PayingProblem, match="not sent yet"):
        paid.plan(write_report(BATCH, [(paid.references()[0], "RJCT", "AC04")]))


def test_a_report_with_two_answers_is_not_used(sent: Paid) -> None:
    known = sent.references()[0]
    with pytest.raises(FileProblem, match="twice, with two answers"):
        sent.plan(write_report(BATCH, [(known, "RJCT", "AC04"), (known, "ACCP", "")]))


def test_another_treasurys_batch_and_statement_are_not_used(sent: Paid) -> None:
    with pytest.raises(PayingProblem, match="has none of bank-1"):
        plan_file(sent.reader._replace(treasury="bank-1"), write_report(BATCH, []))
    with pytest.raises(PayingProblem, match=r"account …4321, which is not treasury-1's"):
        sent.plan(write_statement("987654321", [Line("e", -5, "r", NUMBER)]))


def test_a_statement_that_pays_twice_pays_once(sent: Paid) -> None:
    first = Line("entry-1", -sent.net(ORDERS[0]), sent.references()[0], NUMBER)
    sent.take(write_statement(IBAN, [first, first._replace(entry="entry-2"), first]))
    assert sent.states() == [PAID, SENT]
    # The second entry, and the bank's second use of the first one's id.
    assert [sent.item(number) is not None for number in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [({"amount_minor": -1}, "an amount"), ({"account": "5555555555"}, "an account"), ({"reference": "contract-9-1.0"}, "a reference")],
)
def test_what_differs_is_an_open_item(sent: Paid, change: dict[str, object], words: str) -> None:
    line = Line("entry-1", -sent.net(ORDERS[0]), sent.references()[0], NUMBER)._replace(**change)  # type: ignore[arg-type]
    sent.take(write_statement(IBAN, [line]))
    item = sent.item(0)
    assert item is not None, words
    assert sent.states() == [SENT, SENT]
    assert b"5555555555" not in sent.list_published()


def test_a_statement_before_its_order_is_an_open_item(paid: Paid) -> None:
    paid.make_batch()
    paid.take(write_statement(IBAN, [Line("entry-1", -paid.net(ORDERS[0]), paid.references()[0], NUMBER)]))
    assert paid.item(0) is not None
    assert "sent" not in paid.states()


def test_a_statement_of_another_currency_pays_nothing(sent: Paid) -> None:
    line = Line("entry-1", -sent.net(ORDERS[0]), sent.references()[0], NUMBER)
    sent.take(write_statement(IBAN, [line], currency="EUR"))
    assert sent.states() == [SENT, SENT]
    mixed = write_statement(IBAN, [line]).replace(b'<Ntry><Amt Ccy="IDR">', b'<Ntry><Amt Ccy="EUR">')
    with pytest.raises(FileProblem, match="amount in EUR on an account in IDR"):
        sent.plan(mixed)


def test_a_bank_that_names_no_account_carried_the_order_out_as_it_stood(sent: Paid) -> None:
    sent.take(write_statement(IBAN, [Line("entry-1", -sent.net(ORDERS[0]), sent.references()[0], "")]))
    assert sent.states() == [PAID, SENT]


def test_no_words_of_a_stranger_reach_the_ledger(sent: Paid) -> None:
    texts = ("JOHN-SMITH", f"x{NUMBER}x", "3174091206850001")
    plan = sent.plan(write_statement(IBAN, [Line(text, 7, text, text) for text in texts]))
    sent.record(plan)
    kept = sent.list_published() + b"".join(each.document for each in plan.messages)
    for text in (*texts[1:], NUMBER, IBAN):
        assert text.encode() not in kept
    assert b"reference\":\"JOHN-SMITH" not in kept


def test_a_file_cut_anywhere_records_nothing(sent: Paid) -> None:
    data = write_statement(IBAN, [Line("entry-1", -sent.net(ORDERS[0]), sent.references()[0], NUMBER)])
    before = sent.list_published()
    for size in range(0, len(data) - 1, 7):
        with pytest.raises(FileProblem):
            sent.plan(data[:size])
    assert sent.list_published() == before


def test_a_changed_account_is_not_paid(paid: Paid) -> None:
    """The payee names another account between approval and file."""
    paid.make_batch()
    paid.payments.settle_account(make_account("bidder-2", "1111222233", "BMRIIDJA").commitment)
    assert paid.record_sent(paid.prepare()) == "treasury.10.2"
