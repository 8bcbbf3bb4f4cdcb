"""A contract from its signatures to its final acceptance by commands: what each computes and shows before it signs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from click.testing import Result

from prasasti import bootstrap
from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord
from prasasti.contracts.procurement.delivery.records import ProgressRecord
from prasasti.contracts.treasury.records import OrderRecord
from tests.cli.conftest import Run, run_command
from tests.cli.desk import Desk, decide, draft, found_ledger, open_all, propose, publish
from tests.contracts.selection import COMMITTEE, DAY, LOT, PROCESS, TERMS, person, tender
from tests.integrations.iso20022.mock_bank import BIC, IBAN
from tests.web.world import start_process

CONTRACT, SUPPLIER, ITEM = "contract-1", "bidder-2", f"{LOT}-bench"
DIRECTOR, PAYER, WITNESS = (f"{SUPPLIER}/director",), ("treasury-1/payer",), ("citizens-1/witness",)
APPROVERS = ("treasury-1/approver", "treasury-1/approver-2")
HALF = (CONTRACT, "half")
MEASURED = TERMS | {"advance_bp": 2_000, "amounts": "measured"}
# Every milestone is so large that a second witness is asked.
FIGURES = {"procurement.witness_from": "100000000"}


class Contract(Desk):
    """A desk whose contract is signed, and what is done under it."""

    def sign_contract(self, terms: dict[str, Any], items: tuple[dict[str, str], ...] = ()) -> None:
        """From the request to the signatures, from one bidder."""
        seats = tender(self.now())["seats"] | {"witness": person("witness", "citizens-1")}
        publish(self, terms=terms, seats=seats)
        propose(self, SUPPLIER)
        open_all(self)
        decide(self, (SUPPLIER,))
        given = ("--award", "award-1", "--price", "2800000", "--bidder", SUPPLIER, "--reasons", self.paper)
        self("award", "notify", PROCESS, LOT, *given, signers=COMMITTEE[:2])
        self.wait(12 * DAY)
        self("award", "activate", PROCESS, LOT, "--award", "award-1", signers=("officer",))
        draft(self, terms, items)
        for signer in (("officer",), DIRECTOR):
            self("contract", "sign", CONTRACT, signers=signer)

    def say(self, *words: str | Path, signers: tuple[str, ...], document: bool = True, expect: int = 0) -> str:
        """A command about a document, and everything that it told."""
        paper = ("--document", self.paper) if document else ()
        result = self(*words, *paper, signers=signers, expect=expect)
        return result.stdout + result.stderr

    def show(self, milestone: str = "half", **options: Any) -> str:
        """Evidence: a photograph of an hour ago."""
        photo = self.folder.parent / "benches.jpg"
        photo.write_bytes(b"\xff\xd8\xff benches")
        given = ("--photo", photo, "--place", "ID-JK", "--taken", str(self.now() - 3_600), "--subcontractors-paid")
        return self.say("milestone", "evidence", CONTRACT, milestone, *given, signers=DIRECTOR, document=False, **options)

    def inspect(self, *words: str, milestone: str = "half", **options: Any) -> str:
        return self.say("milestone", "inspect", CONTRACT, milestone, *(words or ("--outcome", "accept")), signers=("inspector",), **options)

    def certify(self, number: int, *rates: str, milestone: str = "half") -> str:
        """Invoice and certificate; what the certificate showed."""
        self.say("invoice", "file", CONTRACT, milestone, "--invoice", f"invoice-{number}", *rates, signers=DIRECTOR)
        words = ("milestone", "certify", CONTRACT, milestone, "--certificate", f"certificate-{number}", *rates)
        return self.say(*words, signers=("certifier",))

    def witness(self, finding: str, *words: str, milestone: str = "half", **options: Any) -> str:
        given = ("--finding", finding, *words)
        return self.say("milestone", "witness", CONTRACT, milestone, *given, signers=WITNESS, document=finding == "doubt", **options)

    def get(self, key: str, kind: type[Any]) -> Any:
        with bootstrap.open_for_reading(self.folder) as ledger:
            return ledger.state.get(key, kind)

    @property
    def progress(self) -> ProgressRecord:
        found: ProgressRecord = self.get(f"procurement/contract/{CONTRACT}/progress", ProgressRecord)
        return found

    @property
    def agreement(self) -> AgreementRecord:
        found: AgreementRecord = self.get(f"procurement/contract/{CONTRACT}", AgreementRecord)
        return found

    @property
    def terms(self) -> AgreementTermsRecord:
        found: AgreementTermsRecord = self.get(f"procurement/contract/{CONTRACT}/terms", AgreementTermsRecord)
        return found

    def order(self, number: int) -> OrderRecord:
        found: OrderRecord = self.get(f"treasury/order/{CONTRACT}-{number}", OrderRecord)
        return found

    def name_accounts(self, number: str = "1234567890") -> None:
        export = self.folder.parent / f"account-{number}.json"
        self("treasury", "name-account", "--bank", "BMRIIDJA", "--export", export, signers=DIRECTOR, stdin=f"{number}\n")
        self("treasury", "verify-account", "--account", export, signers=PAYER)
        self.run("treasury", "own-account", "treasury-1", "--bank", BIC, "--keep", self.keys, stdin=f"{IBAN}\n")

    def register_advance(self) -> None:
        """The bank's guarantee for an advance of a fifth."""
        given = ("--amount", "560000", "--obligation", "advance", "--principal", SUPPLIER, "--contract", CONTRACT)
        span = ("--start", str(self.now()), "--until", str(self.now() + 300 * DAY), "--beneficiary", "agency-1", "--unconditional")
        self.say("guarantee", "register", "advance-1", *given, *span, signers=("bank-1/guarantor",))

    def replace(self, number: int) -> str:
        return self("treasury", "replace", f"{CONTRACT}-{number}", signers=("officer", *DIRECTOR)).stdout

    def pay(self, number: int, outcome: str = "paid") -> str:
        """An order from its approval to the treasury's own report."""
        order, batch = f"{CONTRACT}-{number}", f"batch-{number}"
        self("treasury", "approve", "--orders", order, signers=APPROVERS)
        self("treasury", "batch", batch, "--orders", order, signers=PAYER)
        (self.folder.parent / "bank").mkdir(exist_ok=True)
        given = ("--outbox", self.folder.parent / "outbox", "--bank", self.folder.parent / "bank")
        self("treasury", "send", batch, *given, signers=PAYER)
        return self.report(number, outcome).stdout

    def report(self, number: int, outcome: str = "paid", amount: str = "", expect: int = 0) -> Result:
        net = int(self.order(number).lines[0].amount_minor)
        given = ("--outcome", outcome, "--amount", amount or f"{net // 100}.{net % 100:02}", "--entry", f"entry-{number}-{outcome}")
        return self(
            "treasury", "report", f"{CONTRACT}-{number}", *given, "--statement", self.paper, "--value-date", str(self.now()),
            signers=PAYER, expect=expect,
        )  # fmt: skip


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured contract with an advance, signed."""
    folder = tmp_path_factory.mktemp("signed")
    items = ({"item": ITEM, "quantity": "20000"},)
    Contract(folder, run_command, **FIGURES).sign_contract(MEASURED, items)
    return folder


@pytest.fixture
def desk(signed: Path, tmp_path: Path, run: Run) -> Contract:
    copytree(signed, tmp_path, dirs_exist_ok=True)
    return Contract(tmp_path, run)


def test_from_the_signatures_to_the_final_acceptance(desk: Contract) -> None:
    """An advance, an amendment, a milestone in two parts and late, a doubt, a payment that bounced, a suspension, a defect."""
    desk.register_advance()
    shown = desk.say("contract", "advance", CONTRACT, "--amount", "560000", signers=DIRECTOR, document=False)
    assert "   In advance IDR 560,000.00, of at most IDR 560,000.00; the price is IDR 2,800,000.00." in shown
    assert "   = IDR 560,000.00 is ordered: IDR 496,938.00 to the payee, IDR 63,062.00 withheld as tax" in shown
    later = f"rest={desk.now() + 90 * DAY}"
    more = ("--amendment", "amendment-1", "--quantity", f"rest:{ITEM}=21", "--due", later, "--reason", "quantity")
    shown = desk.say("contract", "amend", CONTRACT, *more, signers=("officer", *DIRECTOR))
    assert f"   rest, {ITEM}: 21, not 20" in shown
    assert "   The price changes by IDR 70,000.00, from IDR 2,800,000.00 to IDR 2,870,000.00." in shown
    assert "   All amendments together then raise it by IDR 70,000.00; the cap is IDR 280,000.00." in shown
    deliver_half(desk)
    deliver_rest(desk)
    both = ("officer", "inspector")
    assert "is given back" in desk.say("contract", "hand-over", CONTRACT, signers=both)
    desk.say("contract", "defect", CONTRACT, signers=both)
    assert "procurement.40.2" in desk.say("contract", "accept", CONTRACT, signers=both, expect=1)
    desk.wait(180 * DAY)
    shown = desk.say("contract", "accept", CONTRACT, signers=both)
    assert "   IDR 143,500.00 of the retention is given back" in shown
    assert "   = IDR 143,500.00 is ordered: IDR 127,341.00 to the payee, IDR 16,159.00 withheld as tax" in shown
    progress = desk.progress
    assert (desk.agreement.state, progress.released, progress.recovered) == ("completed", "14350000", "56000000")
    assert sum(int(line.amount_minor) for number in (1, 2, 4, 5, 6) for line in desk.order(number).lines) == 287_000_000 - 630_500


def deliver_half(desk: Contract) -> None:
    """Twelve and a half benches five days late, doubted and paid in a second try; the rest after a suspension and a rejection."""
    desk.wait(35 * DAY)
    desk.show()
    shown = desk.inspect("--outcome", "part", "--quantity", f"{ITEM}=12.5", "--reason", "incomplete")
    assert f"   {ITEM}: accepted in all 12.5 of 20, at IDR 70,000.00" in shown
    left = "(IDR 0.00 before, of IDR 1,400,000.00); IDR 525,000.00 is left."
    assert f"   Accepted now of the milestone half: IDR 875,000.00 {left}" in shown
    desk.witness("doubt", "--reason", "quality")
    desk.say("invoice", "file", *HALF, "--invoice", "invoice-1", signers=DIRECTOR)
    certify = ("milestone", "certify", *HALF, "--certificate", "certificate-1")
    assert "procurement.35.5" in desk.say(*certify, signers=("certifier",), expect=1)
    desk.witness("withdraw")
    desk.witness("confirm")
    shown = desk.say(*certify, signers=("certifier",))
    for line in CERTIFIED:
        assert f"   {line}\n" in shown
    desk.name_accounts()
    desk.pay(1)
    desk.pay(2, "rejected")
    desk.name_accounts("99999999999")
    assert "The account is another than the order was for." in desk.replace(2)
    assert "contract-1-3, line 0 (net): IDR 582,196.00 to bidder-2, sent" in desk.pay(3)
    assert (desk.order(2).lines[0].state, desk.order(3).state) == ("replaced", "settled")
    suspended = desk.say("contract", "suspend", CONTRACT, "--ground", "weather", signers=("officer",))
    assert "every due date moves by that long" in suspended
    desk.wait(3 * DAY)
    assert "procurement.00.3" in desk.show(expect=1)
    desk.say("contract", "resume", CONTRACT, "--ground", "settled", signers=("officer",))
    desk.show()
    assert "IDR 525,000.00 is left" in desk.inspect("--outcome", "reject", "--reason", "damaged")
    soon = ("--ground", "late", "--until", str(desk.now() + 20 * DAY))
    desk.say("contract", "chance", CONTRACT, *soon, signers=("officer",))
    desk.show()
    desk.inspect()
    desk.witness("confirm")
    shown = desk.certify(2, "--tax", "pph22=0:exempt")
    assert "   pph22: 0% of IDR 357,036.00 = IDR 0.00, withheld; not the State's rate, because: exempt\n" in shown


# 875,000 without 11 % is 788,288.28; five days at a thousandth of it, and the rest, rounded down to a rupiah.
CERTIFIED = (
    "+ IDR 875,000.00: accepted of the milestone half, part 1, value-added tax included",
    "- IDR 170,732.00: recovery of the advance (IDR 560,000.00 is out, IDR 0.00 recovered before; "
    "certified then IDR 875,000.00 of IDR 2,870,000.00)",
    "- IDR 43,750.00: retention (5% of IDR 875,000.00 certified then, IDR 0.00 retained before)",
    "- IDR 3,941.00: damages for delay, of IDR 3,941.00 that is open",
    "pph22: 1.5% of IDR 595,061.00 = IDR 8,925.00, withheld",
    "ppn: 11% of IDR 595,061.00 = IDR 65,456.00, withheld",
    "= IDR 656,577.00 is ordered: IDR 582,196.00 to the payee, IDR 74,381.00 withheld as tax",
)


def deliver_rest(desk: Contract) -> None:
    """Twenty-one benches in time."""
    desk.show("rest")
    desk.inspect(milestone="rest")
    desk.witness("confirm", milestone="rest")
    assert "Delivered in time" in desk.certify(3, milestone="rest")


def test_a_contract_is_ended_before_its_time(desk: Contract) -> None:
    """What it makes due then is shown first: here the advance is owed."""
    desk.register_advance()
    desk.say("contract", "advance", CONTRACT, "--amount", "280000", signers=DIRECTOR, document=False)
    soon = ("--ground", "delay", "--until", str(desk.now() + 7 * DAY))
    assert "may end the contract" in desk.say("contract", "notice", CONTRACT, *soon, signers=("officer",))
    desk.wait(8 * DAY)
    shown = desk.say("contract", "terminate", CONTRACT, "--ground", "default", signers=("officer",))
    assert "   Owed beyond that: IDR 280,000.00 of the advance, IDR 0.00 of damages\n" in shown
    assert "   IDR 2,520,000.00 of the budget is free again.\n" in shown
    assert desk.agreement.state == "ended"


def test_work_that_is_not_certified_is_settled_later(desk: Contract) -> None:
    desk.show()
    desk.inspect()
    shown = desk.say("contract", "terminate", CONTRACT, "--ground", "convenience", signers=("authority",))
    assert "   IDR 1,400,000.00 is accepted and not certified: the contract is settled with its last certificate.\n" in shown
    desk.witness("confirm")
    assert "treasury.order_raised" in desk.certify(1)


def test_a_payment_outside_is_recorded_and_explained(desk: Contract) -> None:
    given = ("--entry", "entry-77", "--payee", SUPPLIER, "--amount", "1000", "--statement", desk.paper)
    desk("payment", "outside", CONTRACT, "outside-1", *given, signers=PAYER)
    assert desk.progress.unexplained == 1
    shown = desk.say("payment", "explain", CONTRACT, "outside-1", signers=("officer", *PAYER))
    assert "   amount: IDR 1,000.00\n" in shown
    assert (desk.progress.unexplained, desk.progress.outside) == (0, "100000")


def test_a_report_is_taken_in_and_answered_and_a_sample_recorded(desk: Contract) -> None:
    shown = desk.say("report", "take", "report-1", "--contract", CONTRACT, "--place", "park-7", "--officer", signers=("citizens-1/desk",))
    assert "who told it stands in your files and not here" in shown
    assert "procurement.00.1" in desk.say("report", "answer", "report-1", signers=("officer",), expect=1)
    desk.say("report", "answer", "report-1", signers=("auditor-1/auditor",))
    root, listed = "5a" * 32, f"procurement/contracts/{SUPPLIER}"
    given = ("--listed", listed, "--log-root", root, "--size", "40", "--count", "1", "--examined", "1", "--differing", "0")
    shown = desk("sample", "record", *given, "--findings", desk.paper, signers=("auditor-1/auditor",)).stdout
    assert "   Drawn: 1 of 1: 0\n" in shown


# -- what is given wrong ------------------------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "no such contract": (("milestone", "inspect", "contract-9", "half", "--outcome", "accept"), ("inspector",), "no contract contract-9"),
    "no such milestone": (("milestone", "inspect", CONTRACT, "third", "--outcome", "accept"), ("inspector",), "has no milestone third"),
    "no such item": (
        ("milestone", "inspect", *HALF, "--outcome", "part", "--quantity", "lamp=1"), ("inspector",), f"has no item lamp: {ITEM}",
    ),
    "no quantity": (("milestone", "inspect", *HALF, "--outcome", "part", "--quantity", "lamp"), ("inspector",), "is not ITEM=QUANTITY"),
    "too fine a quantity": (
        ("milestone", "inspect", *HALF, "--outcome", "part", "--quantity", f"{ITEM}=1.0005"), ("inspector",), "is no quantity",
    ),
    "a quantity twice": (
        ("milestone", "inspect", *HALF, "--outcome", "part", "--quantity", f"{ITEM}=1", "--quantity", f"{ITEM}=2"), ("inspector",),
        "is given twice",
    ),
    "a quantity of nothing": (
        ("milestone", "inspect", *HALF, "--outcome", "part", "--quantity", f"{ITEM}=0"), ("inspector",), "leave it out",
    ),
    "a price that is no amount": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--amount", "half=99999999999999999"),
        ("officer", *DIRECTOR), "is no amount",
    ),
    "a quantity that no amount pays": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--quantity", f"half:{ITEM}=999999999999",
         "--quantity", f"rest:{ITEM}=999999999999"),
        ("officer", *DIRECTOR), "below 2^63",
    ),
    "a change that is no amount": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--amount", "half=1500000", "--budget",
         "2026-parks=-99999999999999999"),
        ("officer", *DIRECTOR), "is no amount",
    ),
    "no outcome": (("milestone", "inspect", *HALF, "--outcome", "maybe"), ("inspector",), "'maybe' is not one of"),
    "nothing accepted to certify": (
        ("milestone", "certify", *HALF, "--certificate", "certificate-1"), ("certifier",), "evidence and inspection come first",
    ),
    "nothing accepted to invoice": (("invoice", "file", *HALF, "--invoice", "invoice-1"), DIRECTOR, "evidence and inspection come first"),
    "nothing changes": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope"), ("officer", *DIRECTOR), "nothing changes",
    ),
    "no item of a milestone": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--quantity", "half=3"), ("officer", *DIRECTOR),
        "is not MILESTONE:ITEM",
    ),
    "an item without a price": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--quantity", "half:lamp=3"), ("officer", *DIRECTOR),
        "no unit price of lamp",
    ),
    "a date that is none": (
        ("contract", "amend", CONTRACT, "--amendment", "a", "--reason", "scope", "--due", "half=31/12/2027"), ("officer", *DIRECTOR),
        "neither a whole number nor a time",
    ),
    "a notice without a time": (("contract", "notice", CONTRACT, "--ground", "delay"), ("officer",), "still needed: --until"),
    "a report about nothing": (("report", "take", "report-1"), ("citizens-1/desk",), "what it is about"),
    "a key without a role": (("contract", "terminate", CONTRACT, "--ground", "default"), ("inspector",), "holds none of them"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "signers", "told"), WRONG.values(), ids=WRONG)
def test_what_is_given_wrong_is_told_and_nothing_is_signed(
    signed: Path, words: tuple[str, ...], signers: tuple[str, ...], told: str, run: Run
) -> None:
    desk = Contract(signed, run)
    with bootstrap.open_for_reading(desk.folder) as ledger:
        before = ledger.database.read_tip()
    assert told in desk.say(*words, signers=signers, expect=2)
    with bootstrap.open_for_reading(desk.folder) as ledger:
        assert ledger.database.read_tip() == before


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        ("pph22", "is not CODE=PERCENT:REASON"),
        ("pph22=0", "is not CODE=PERCENT:REASON"),
        ("pph22=101:exempt", "at most 100"),
        ("pph22=1,5:exempt", "is not CODE=PERCENT:REASON"),
        ("pph23=0:exempt", "no tax pph23 is withheld from a contract of goods: pph22, ppn"),
        ("pph22=0:friend", "friend is no reason for another rate: certificate, exempt"),
    ],
)
def test_another_rate_of_a_tax_has_a_reason(signed: Path, rate: str, told: str, run: Run) -> None:
    words = ("contract", "advance", CONTRACT, "--amount", "280000", "--tax", rate)
    assert told in Contract(signed, run).say(*words, signers=DIRECTOR, document=False, expect=2)


@pytest.mark.parametrize("amount", ["0.001", "99999999999999999", "-5"])
def test_an_advance_is_an_amount(signed: Path, amount: str, run: Run) -> None:
    words = ("contract", "advance", CONTRACT, "--amount", amount)
    assert "is no amount" in Contract(signed, run).say(*words, signers=DIRECTOR, document=False, expect=2)


def test_evidence_says_when_and_where(signed: Path, run: Run) -> None:
    desk, words = Contract(signed, run), ("milestone", "evidence", *HALF, "--subcontractors-paid")
    assert "still needed: --photo" in desk.say(*words, signers=DIRECTOR, document=False, expect=2)
    photo = ("--photo", str(desk.paper))
    assert "has --place and --taken" in desk.say(*words, *photo, signers=DIRECTOR, document=False, expect=2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--listed", "contracts", "--count", "1"), "is no list's name"),
        (("--listed", "procurement/contracts/bidder-2", "--count", "2"), "which has 1 entries"),
        (("--listed", "procurement/contracts/bidder-2"), "still needed: --count"),
    ],
)
def test_a_sample_is_of_a_list(signed: Path, words: tuple[str, ...], told: str, run: Run) -> None:
    desk = Contract(signed, run)
    given = ("--log-root", "5a" * 32, "--size", "40", "--examined", "1", "--differing", "0", "--findings", desk.paper)
    assert told in desk("sample", "record", *words, *given, signers=("auditor-1/auditor",), expect=2).stderr


def test_what_the_ledger_does_not_know_is_not_reported(signed: Path, run: Run) -> None:
    desk = Contract(signed, run)
    given = ("--outcome", "paid", "--amount", "1", "--entry", "e", "--statement", desk.paper, "--value-date", "2027-01-01")
    assert "no order contract-1-9" in desk("treasury", "report", "contract-1-9", *given, signers=PAYER, expect=2).stderr
    assert "no order contract-1-9" in desk("treasury", "replace", "contract-1-9", signers=("officer", *DIRECTOR), expect=2).stderr
    told = desk.say("payment", "explain", CONTRACT, "outside-9", signers=("officer", *PAYER), expect=2)
    assert "no payment outside-9 outside is recorded" in told


def test_a_file_cannot_say_another_act(signed: Path, run: Run) -> None:
    desk = Contract(signed, run)
    source = desk.write("act.json", {"act": "resume"})
    words = ("contract", "suspend", CONTRACT, "--ground", "weather", "--from", source)
    assert "act: this command says suspend of it, the file resume" in desk.say(*words, signers=("officer",), expect=2)


@pytest.mark.parametrize(
    ("words", "signers", "given", "told"),
    [
        (("report", "take", "report-1", "--contract", CONTRACT), ("citizens-1/desk",), {"about": "x"}, "about: Expected `object`"),
        (("treasury", "replace", "contract-1-1"), ("officer", *DIRECTOR), {"lines": ["x"]}, "lines: Expected `int`"),
        (("contract", "amend", CONTRACT), ("officer", *DIRECTOR), {"milestones": [{"amount": 5}]}, "milestones: Expected `str`"),
        (("contract", "advance", CONTRACT), DIRECTOR, {"amount": 7}, "amount: Expected `str`"),
        (("milestone", "evidence", *HALF, "--subcontractors-paid"), DIRECTOR, {"evidence": "x"}, "evidence: Expected `array`"),
    ],
)
def test_what_a_file_has_of_another_kind_is_told(
    signed: Path, words: tuple[str, ...], signers: tuple[str, ...], given: dict[str, Any], told: str, run: Run
) -> None:
    desk = Contract(signed, run)
    needed = {"amendment": "a", "document": {"file": "minutes.pdf"}, "reason": "scope"} if "amend" in words else {}
    needed |= {"document": {"file": "minutes.pdf"}} if "take" in words else {}
    source = desk.write("given.json", needed | given)
    assert told in desk.say(*words, "--from", source, signers=signers, document=False, expect=2)


def test_it_is_shown_before_it_is_asked_in_both_languages_and_not_in_json(desk: Contract) -> None:
    desk.register_advance()
    words: tuple[str | Path, ...] = ("contract", "advance", CONTRACT, "--amount", "280000", "-s", desk.key(DIRECTOR[0]), *desk.where)
    declined = desk.run("--language", "id", *words, stdin="n\n", expect=1).stdout
    assert "   Uang muka IDR 280.000,00, dari paling banyak IDR 560.000,00; harga kontrak IDR 2.800.000,00.\n" in declined
    assert "   pph22: 1,5% dari IDR 252.252,00 = IDR 3.783,00, dipotong\n" in declined
    assert "perintah bayar uang muka" in declined
    assert declined.splitlines()[-1] == "Tidak ada yang ditandatangani."
    taken = json.loads(desk.run("--json", *words, "--yes").stdout)
    assert taken["events"][0]["amount"] == "28000000"


# -- through a node -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def remote(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Contract]:
    """A lump sum, signed at a node in a process of its own."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    genesis = found_ledger(tmp_path)
    with start_process(tmp_path / "ledger", genesis) as process:
        made = Contract(tmp_path, run, process.address)
        made.sign_contract(TERMS)
        yield made


def test_a_lump_sum_is_delivered_through_a_node(remote: Contract) -> None:
    moved = ("--amendment", "amendment-1", "--amount", "half=1300000", "--amount", "rest=1500000", "--reason", "design")
    shown = remote.say("contract", "amend", CONTRACT, *moved, signers=("officer", *DIRECTOR))
    assert "   The price changes by IDR 0.00, from IDR 2,800,000.00 to IDR 2,800,000.00." in shown
    remote.show()
    told = remote.inspect("--outcome", "part", "--quantity", f"{ITEM}=1", "--reason", "incomplete", expect=2)
    assert "is a lump sum: a part of it is accepted with --accepted" in told
    shown = remote.inspect("--outcome", "part", "--accepted", "1000000", "--reason", "incomplete")
    assert "IDR 300,000.00 is left" in shown
    remote.certify(1)
    for number, milestone in ((2, "half"), (3, "rest")):
        remote.show(milestone)
        remote.inspect(milestone=milestone)
        remote.certify(number, milestone=milestone)
    for act in ("hand-over", "accept"):
        shown = remote.say("contract", act, CONTRACT, signers=("officer", "inspector"))
        remote.wait(181 * DAY)
    assert "   IDR 140,000.00 of the retention is given back" in shown
    assert remote.agreement.state == "completed"
