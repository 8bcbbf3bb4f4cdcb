"""Files by ISO 20022: what is written reads back, what is read adds up, what no bank writes is refused with its place."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.iso20022 import reading
from prasasti.integrations.iso20022.account_numbers import AccountProblem, is_iban, mask, read_number
from prasasti.integrations.iso20022.amounts import AmountProblem, read_amount, spell_amount
from prasasti.integrations.iso20022.camt053 import NOT_PROVIDED, StatementEntry, StatementHead, iterate_statements
from prasasti.integrations.iso20022.pain001 import (
    MESSAGE,
    BankAccount,
    Payee,
    PaymentOrder,
    SumDiffers,
    Transfer,
    make_id,
    write_payment_file,
)
from prasasti.integrations.iso20022.pain002 import read_status_report
from prasasti.integrations.iso20022.reading import FileProblem
from tests.integrations.iso20022.mock_bank import BIC, IBAN
from tests.integrations.iso20022.statements import SPACE, Line, write_report, write_statement

NUMBER = "1234567890"
PAYER = Payee("treasury-1", "treasury-1", BankAccount(IBAN, BIC))
PAYEE = Payee("bidder-2", "bidder-2", BankAccount(NUMBER, "014"))


def read(data: bytes) -> list[StatementHead | StatementEntry]:
    return list(iterate_statements(io.BytesIO(data)))


def write(path: Path, *transfers: Transfer, currency: str = "IDR", message: str = "batch-1") -> str:
    total = sum(each.amount_minor for each in transfers)
    order = PaymentOrder(message, "2026-11-24T09:00:00Z", "2026-11-24", PAYER, currency, len(transfers), total)
    return write_payment_file(path, order, transfers)


# -- amounts and accounts ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**15), st.sampled_from(["IDR", "JPY", "KWD", "EUR", "CLF"]))
def test_amounts_read_back(amount_minor: int, currency: str) -> None:
    assert read_amount(spell_amount(amount_minor, currency), currency) == amount_minor


@pytest.mark.parametrize(
    ("text", "currency", "amount_minor"),
    [("1", "IDR", 100), ("1.5", "IDR", 150), ("1.50000", "IDR", 150), ("7", "JPY", 7), ("7.000", "JPY", 7), ("0.001", "KWD", 1)],
)
def test_scales(text: str, currency: str, amount_minor: int) -> None:
    assert read_amount(text, currency) == amount_minor


@pytest.mark.parametrize("text", ["", "-1", "+1", "1,5", "1e3", "1.", ".5", "1.005", "NaN", "9" * 19, "١", " 1"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(AmountProblem):
        read_amount(text, "IDR")


def test_numbers_have_one_form() -> None:
    assert {read_number(text) for text in ("123-456.7890", "123 456 7890", "1234567890")} == {NUMBER}
    assert is_iban(read_number("nl41 mock 0000 0000 01"))
    assert not is_iban(NUMBER)
    assert mask(NUMBER) == "…7890"


@pytest.mark.parametrize("text", ["", "123", "1" * 35, "12345é", "NL42MOCK0000000001", "NL41MOCK000000001"])
def test_what_is_no_number_is_not_repeated(text: str) -> None:
    with pytest.raises(AccountProblem) as problem:
        read_number(text)
    assert not text or text not in str(problem.value)


# -- payments out ------------------------------------------------------------------------------------------------------------


@given(
    name=st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Co", "Cn")), min_size=1, max_size=200).filter(str.strip),
    what=st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=300),
    amounts=st.lists(st.integers(1, 10**12), min_size=1, max_size=5),
)
def test_what_is_written_is_what_any_parser_reads(
    tmp_path_factory: pytest.TempPathFactory, name: str, what: str, amounts: list[int]
) -> None:
    path = tmp_path_factory.mktemp("out") / "p.xml"
    payee = PAYEE._replace(name=name)
    digest = write(path, *(Transfer(f"order-{index}", amount, payee, what) for index, amount in enumerate(amounts)))
    assert sha256(path.read_bytes()).hexdigest() == digest
    space = f"{{{SPACE}:{MESSAGE}}}"
    root = ET.parse(path).getroot()  # noqa: S314 (our own file)
    found = root.findall(f".//{space}CdtTrfTxInf")
    assert [read_amount(each.findtext(f".//{space}InstdAmt", ""), "IDR") for each in found] == amounts
    assert {each.findtext(f"{space}Cdtr/{space}Nm", "").replace("\n", "\r") for each in found} == {name[:140].replace("\n", "\r")}
    assert {"".join(part.text or "" for part in each.iter(f"{space}Ustrd")) for each in found} == {what}
    assert root.findtext(f".//{space}GrpHdr/{space}CtrlSum") == spell_amount(sum(amounts), "IDR")


def test_a_file_whose_sum_differs_is_not_left(tmp_path: Path) -> None:
    order = PaymentOrder("batch-1", "2026-11-24T09:00:00Z", "2026-11-24", PAYER, "IDR", 1, 6)
    for transfers in ([Transfer("a", 5, PAYEE, "x")], [Transfer("a", 6, PAYEE, "x"), Transfer("b", 0, PAYEE, "x")], []):
        with pytest.raises(SumDiffers):
            write_payment_file(tmp_path / "p.xml", order, transfers)
    assert not list(tmp_path.iterdir())


def test_long_ids_become_short_ones() -> None:
    assert make_id("b" * 35) == "b" * 35
    assert len(make_id("b" * 36)) == 32


# -- statements --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.booleans()), max_size=8), st.sampled_from(["IDR", "JPY", "KWD"]))
def test_statements_read_back(moves: list[tuple[int, bool]], currency: str) -> None:
    lines = [Line(f"e{index}", amount, f"r{index}", NUMBER if named else "") for index, (amount, named) in enumerate(moves)]
    head, *entries = read(write_statement(IBAN, lines, currency))
    assert isinstance(head, StatementHead)
    assert (head.account, head.currency, head.opening_minor) == (IBAN, currency, 10**15)
    assert [(e.entry, e.amount_minor, e.reference, e.account) for e in entries if isinstance(e, StatementEntry)] == lines


def test_payments_of_a_batched_entry_are_told_one_by_one() -> None:
    """A bank books a file as one entry, its payments below it, without a reference of their own."""
    one = write_statement(IBAN, [Line("e", -300, "r1", NUMBER)]).decode()
    part = one[one.index("<TxDtls>") : one.index("</NtryDtls>")]
    first, second = (part.replace("r1", name).replace(">3.00<", f">{amount}<") for name, amount in (("r1", "1.00"), ("r2", "2.00")))
    _, *entries = read(one.replace(part, first + second).encode())
    assert [(e.entry, e.amount_minor, e.reference) for e in entries if isinstance(e, StatementEntry)] == [
        ("e.1", -100, "r1"), ("e.2", -200, "r2"),
    ]  # fmt: skip
    with pytest.raises(FileProblem, match="do not add up to it"):
        read(one.replace(part, first + first).encode())


def test_version_02_reads_as_later_ones_and_pending_entries_do_not_count() -> None:
    now = write_statement(IBAN, [Line("e", -300, "r", NUMBER)]).decode()
    old = now.replace("camt.053.001.08", "camt.053.001.02").replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    inner = '<Amt Ccy="IDR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties>'
    assert inner in old
    old = old.replace(inner, '<AmtDtls><TxAmt><Amt Ccy="IDR">3.00</Amt></TxAmt></AmtDtls><RltdPties>')
    assert read(old.encode()) == read(now.encode())
    for text, pending in ((old, "<Sts>PDNG</Sts>"), (now, "<Sts><Cd>PDNG</Cd></Sts>")):
        booked = "<Sts>BOOK</Sts>" if text is old else "<Sts><Cd>BOOK</Cd></Sts>"
        with pytest.raises(FileProblem, match="do not add up to the closing balance"):
            read(text.replace(booked, pending).encode())


def test_an_entry_without_references_is_still_one() -> None:
    bare = write_statement(IBAN, [Line("e", -300, "r", "")]).decode()
    start, end = bare.index("<NtryDtls>"), bare.index("</Ntry>")
    _, entry = read((bare[:start] + bare[end:]).replace("<AcctSvcrRef>e</AcctSvcrRef>", "").encode())
    assert isinstance(entry, StatementEntry)
    assert (entry.entry, entry.reference, entry.account) == ("S-1.1", NOT_PROVIDED, "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("CLBD", "XXXX", "opening or closing balance"),
        ('<Amt Ccy="IDR">3.00', '<Amt Ccy="IDR">4.00', "do not add up"),
        ('<Amt Ccy="IDR">3.00', '<Amt Ccy="IDR">3.001', "more than 2 decimals"),
        ('<Amt Ccy="IDR">3.00', '<Amt Ccy="IDR">3,00', "is no amount"),
        ("<CdtDbtInd>DBIT", "<CdtDbtInd>BOTH", "neither credit nor debit"),
        ("<BookgDt><Dt>2026-01-01", "<BookgDt><Dt>2026-13-01", "is no date"),
        ("<AcctSvcrRef>e</AcctSvcrRef>", "<AcctSvcrRef>e</AcctSvcrRef><AcctSvcrRef>f</AcctSvcrRef>", "given twice"),
        ("camt.053.001.08", "camt.052.001.08", "what is read here is camt.053"),
        ("urn:iso", "urn:other", "no message of ISO 20022"),
        ("<BkToCstmrStmt>", "<Other>", "mismatched tag"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(old: str, new: str, told: str) -> None:
    data = write_statement(IBAN, [Line("e", -300, "r", NUMBER)]).decode()
    assert old in data
    with pytest.raises(FileProblem, match=rf"^line [0-9]+.*{told}"):
        read(data.replace(old, new).encode())


# -- what attackers write ----------------------------------------------------------------------------------------------------

BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE d [<!ENTITY e0 "ha">{BOMB}]>', '<!DOCTYPE d SYSTEM "file:///etc/hostname">', '<!DOCTYPE d PUBLIC "x" "http://localhost/d.dtd">',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    ],
)  # fmt: skip
def test_a_document_type_is_refused_before_anything_is_expanded(prolog: str) -> None:
    data = write_statement(IBAN, []).replace(b"?>\n", b"?>\n" + prolog.encode(), 1)
    with pytest.raises(FileProblem, match="declares a document type"):
        read(data)


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("<x>" * 60 + "</x>" * 60, "deep"),
        ("<Id>" + "9" * 3_000 + "</Id>", "more than 2000 characters"),
        ("<!--" + "x" * 400_000 + "-->", "a name, a value or a comment"),
        ("<x y='" + "z" * 400_000 + "'/>", "a name, a value or a comment"),
    ],
)
def test_what_grows_without_end_is_refused(inner: str, told: str) -> None:
    data = write_statement(IBAN, []).replace(b"<Stmt><Id>S-1</Id>", f"<Stmt>{inner}".encode(), 1)
    with pytest.raises(FileProblem, match=told):
        read(data)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 500)
    with pytest.raises(FileProblem, match="more than 500 bytes"):
        read(write_statement(IBAN, [Line("e", -300, "r", NUMBER)]))


@pytest.mark.parametrize("data", [b"", b"\x00", b"PK\x03\x04", b"<a/>", "é".encode("latin-1"), b"\xff\xfe<"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(FileProblem):
        read(data)


def test_no_cut_file_reads_as_a_whole_one() -> None:
    statement = write_statement(IBAN, [Line("e", -300, "r", NUMBER), Line("f", 200, "s", NUMBER)])
    report = write_report("batch-1", [("r", "ACCP", ""), ("s", "RJCT", "AC04")])
    for size in range(0, len(statement) - 1, 3):
        with pytest.raises(FileProblem):
            read(statement[:size])
    for size in range(0, len(report) - 1, 3):
        with pytest.raises(FileProblem):
            read_status_report(io.BytesIO(report[:size]))


# -- status reports ----------------------------------------------------------------------------------------------------------


def test_statuses_are_told_by_reference() -> None:
    report = read_status_report(io.BytesIO(write_report("batch-1", [("r", "ACCP", ""), ("s", "RJCT", "AC04")], ("PART", ""))))
    assert (report.file, report.status, report.is_file_rejected, report.is_duplicate) == ("batch-1", "PART", False, False)
    assert [(each.reference, each.is_rejected, each.reason) for each in report.payments] == [("r", False, ""), ("s", True, "AC04")]


@pytest.mark.parametrize("reason", ["DUPL", "AM05", "DU01"])
def test_a_second_copy_rejects_nothing(reason: str) -> None:
    report = read_status_report(io.BytesIO(write_report("batch-1", [("r", "RJCT", reason)], ("RJCT", reason))))
    assert report.is_duplicate
    assert not report.is_file_rejected
    assert not report.payments[0].is_rejected
