"""The node's door: documents must be there and not withheld, personal data never goes in (ledger-core: admission)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.core.envelope import Transaction
from prasasti.core.types import Document
from prasasti.services.door import make_door
from prasasti.services.personal_data import PATTERNS, find_personal_data, is_surely_free, may_hold_personal_data
from prasasti.services.submitting import DraftProblem, draft_payload
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of
from tests.engines.world import SENDER, WITH_REHEARSAL, Envelopes, HandClocks, expect_code, expect_receipt, found, open_ledger

OFFICER: Signer = ("publisher-2/officer", "governance.officer")
AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
HOLDER: Signer = ("publisher-2/officer", "identity.holder")

NIK = "3201011708450001"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    with closing(DocumentStore.create(tmp_path / DOCUMENTS_NAME)) as store:
        yield store


@pytest.fixture
def ledger(tmp_path: Path, store: DocumentStore) -> Iterator[Ledger]:
    """A ledger with the node's door in front."""
    (tmp_path / "ledger").mkdir()
    with closing(Ledger(tmp_path / "ledger", WITH_REHEARSAL)) as ledger:
        door = make_door(store)
        ledger.door = lambda transaction: door(transaction, ledger.application.state.view)
        yield ledger


def name(ledger: Ledger, document: Any) -> bytes:
    return ledger.sign("rehearsal.name", {"document": msgspec.to_builtins(document)}, HOLDER)


def say(ledger: Ledger, envelope: bytes) -> str:
    """What the sender is told."""
    answer = ledger.application.check_tx(envelope, ledger.time)
    return "" if isinstance(answer, Transaction) else f"{answer.code} {answer.found}"


def test_an_envelope_passes_once_its_document_is_stored(ledger: Ledger, store: DocumentStore) -> None:
    document = Document("text/plain", "8b30f6b9f7c4ea2a6e2a5d1ea1d5b6f5a8bb1ea2e1b7e6a5d4c3b2a190807060", 4)
    said = say(ledger, name(ledger, document))
    assert said == f"admission.11 door: document {document.sha256} of 4 bytes (text/plain) is not stored; send it first"
    (stored,) = store.put([(b"text", "text/plain")])
    assert ledger.check(name(ledger, stored)) == ACCEPTED


@pytest.mark.parametrize(
    "changes", [{"size": 5}, {"media_type": "application/zip"}, {"sha256": "0" * 64}], ids=lambda each: next(iter(each))
)
def test_another_size_hash_or_type_is_another_document(ledger: Ledger, store: DocumentStore, changes: dict[str, Any]) -> None:
    (stored,) = store.put([(b"text", "text/plain")])
    assert "is not stored" in say(ledger, name(ledger, msgspec.to_builtins(stored) | changes))


def test_a_refusal_at_the_door_uses_no_id_and_leaves_no_trace(ledger: Ledger, store: DocumentStore) -> None:
    """The sender stores the document and sends the same envelope again."""
    before = ledger.application.info()
    with closing(DocumentStore.create(store.path.with_name("elsewhere"))) as elsewhere:
        (document,) = elsewhere.put([(b"text", "text/plain")])
    envelope = name(ledger, document)
    assert ledger.seal(envelope) == ["admission.11"]
    assert ledger.application.info() == before
    store.put([(b"text", "text/plain")])
    assert ledger.seal(envelope) == [ACCEPTED]


def test_a_withheld_document_cannot_be_named_again(ledger: Ledger, store: DocumentStore) -> None:
    """By nobody, though its bytes are still there; others can."""
    document, other = store.put([(b"withheld", "text/plain"), (b"other", "text/plain")])
    assert ledger.seal(name(ledger, document)) == [ACCEPTED]
    arguments = {"sha256": document.sha256, "legal_basis": "Law 27/2022"}
    assert ledger.do("governance.withhold_document", arguments, OFFICER, AUDITOR) == ACCEPTED
    assert say(ledger, name(ledger, document)) == f"admission.11 door: document {document.sha256} is withheld and cannot be named again"
    assert ledger.check(name(ledger, other)) == ACCEPTED


@pytest.mark.parametrize(
    "fields",
    [
        {"media_type": "text/plain", "sha256": "no hash", "size": "4"},
        {"media_type": "", "sha256": "", "size": ""},
        {"media_type": "text/plain", "sha256": "0" * 64, "size": "0"},
    ],
)
def test_what_looks_like_a_document_and_is_none_is_refused(ledger: Ledger, fields: dict[str, str]) -> None:
    """A free object with a document's three fields: whoever reads the log would take it for one. It is no bug of the node."""
    said = say(ledger, ledger.sign("rehearsal.put", {"texts": fields}, SENDER))
    assert said.startswith("admission.11 door: the arguments name a document in a form that none has")


PERSONAL = {
    "a NIK": ("3201011708450001", "a national identity number (NIK)"),
    "a woman's NIK": ("3201015708450001", "a national identity number (NIK)"),
    "a NIK in a sentence": (f"paid to {NIK}, twice", "a national identity number (NIK)"),
    "a NIK after a dash": (f"ID-NIK-{NIK}", "a national identity number (NIK)"),
    "a NIK in brackets": (f"({NIK})", "a national identity number (NIK)"),
    "an e-mail address": ("write to someone.else+1@mail.example.org", "an e-mail address"),
    "a mobile number": ("081234567890", "a mobile phone number"),
    "a mobile number with the country's code": ("+6281234567890", "a mobile phone number"),
    "a mobile number with the code, bare": ("call 6281234567890.", "a mobile phone number"),
}
HARMLESS = {
    "no birth date, day": "3201017208450001",
    "no birth date, day 0": "3201010008450001",
    "no birth date, month": "3201011713450001",
    "no serial": "3201011708450000",
    "a region that begins with 0": "0201011708450001",
    "15 digits": NIK[:-1],
    "17 digits": NIK + "1",
    "within a hash": f"{'a' * 20}{NIK}{'b' * 28}",
    "an ocid": "ocds-213czf-000-00001",
    "a tax number of a company": "01.234.567.8-901.000",
    "a Portuguese tax number": "PT-NIF-500745471",
    "a price": "12345678901234.56",
    "a landline": "+62213456789",
    "a mention": "@example",
    "an address of a page": "https://example.org/@name/page",
}


@pytest.mark.parametrize("case", PERSONAL)
def test_personal_data_is_stopped_and_not_repeated(ledger: Ledger, case: str) -> None:
    """The answer says where and what kind; the datum itself would go on into logs."""
    text, kind = PERSONAL[case]
    said = say(ledger, ledger.sign("rehearsal.put", {"texts": {"a": "plain", "b": text}}, SENDER))
    assert said == f"admission.11 door: arguments.texts.b looks like {kind}; personal data never goes on the ledger"
    assert text not in said


@pytest.mark.parametrize("case", HARMLESS)
def test_what_is_no_personal_data_passes(ledger: Ledger, case: str) -> None:
    assert say(ledger, ledger.sign("rehearsal.put", {"texts": {"a": HARMLESS[case]}}, SENDER)) == ""


def test_the_name_of_a_field_is_looked_at_too(ledger: Ledger) -> None:
    """And neither it nor what lies below it is named by it."""
    said = say(ledger, ledger.sign("rehearsal.put", {"texts": {"a": "one", NIK: "two"}}, SENDER))
    assert "the name of field 1 in arguments.texts looks like a national identity number (NIK)" in said
    assert NIK not in said
    found = list(find_personal_data({NIK: {"mail": "someone@example.org"}}))
    assert [path for path, _ in found] == ["the name of field 1 in arguments", "field 1 in arguments.mail"]


def test_lists_and_objects_at_any_depth() -> None:
    value = {"a": [{"b": ["plain", {"c": NIK}]}], "d": 3201011708450001, "e": None, "f": True}
    assert list(find_personal_data(value)) == [("arguments.a[0].b[1].c", "a national identity number (NIK)")]


@given(
    st.recursive(
        st.text() | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
    )
)
def test_any_value_is_judged(value: Any) -> None:
    """No text makes the gate raise or its answer repeat what it found."""
    for path, kind in find_personal_data({"x": value}):
        assert path.startswith(("arguments.x", "the name of field", "field"))
        assert kind


@given(st.text("0123456789", min_size=12, max_size=20), st.text(max_size=5), st.text(max_size=5))
def test_a_nik_is_found_wherever_it_stands_alone(digits: str, before: str, after: str) -> None:
    """Whatever stands around it, unless letters or digits make it part of something longer."""
    text = f"{before} {digits} {after}"
    day, month = int(digits[6:8]), int(digits[8:10])
    is_nik = (
        len(digits) == 16
        and digits[0] != "0"
        and digits[:2] != "20"
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and digits[-4:] != "0000"
    )
    assert is_nik <= ("a national identity number (NIK)" in [kind for _, kind in find_personal_data(text)])


def test_nobody_signs_personal_data(tmp_path: Path) -> None:
    """The same gate stands in the client, before anything is signed."""
    with open_ledger(found(tmp_path / "ledger"), HandClocks()) as ledger:
        key = bytes.fromhex(key_of("agency-1/officer"))
        with pytest.raises(DraftProblem, match=r"arguments\.texts\.a looks like .*nothing was signed") as caught:
            draft_payload(ledger, "rehearsal.put", {"texts": {"a": NIK}}, [(key, "identity.holder")], ledger.now() + 60)
        assert NIK not in str(caught.value)


def test_the_door_of_a_running_node(tmp_path: Path) -> None:
    """Through the engine: stopped, then passed once the document is stored; nothing of the first try is in the files."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder, HandClocks()) as ledger:
        make = Envelopes(ledger)
        assert expect_code(ledger.submit([make.put("a", NIK)])[0]) == "admission.11"
        with closing(DocumentStore.create(tmp_path / "elsewhere")) as elsewhere:
            (document,) = elsewhere.put([(b"text", "text/plain")])
        envelope = make.sign("rehearsal.name", {"document": msgspec.to_builtins(document)})
        assert expect_code(ledger.submit([envelope])[0]) == "admission.11"
        ledger.documents.put([(b"text", "text/plain")])
        assert expect_receipt(ledger.submit([envelope])[0]).refusal is None
    assert NIK.encode() not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@given(
    st.text(alphabet="0123456789abcXé@.+ -", max_size=30),
    st.sampled_from(["3171014107900001", "081234567890", "a@b.id", ""]),
    st.text(max_size=3),
)
def test_the_hint_misses_nothing_that_a_pattern_fits(before: str, datum: str, after: str) -> None:
    text = before + datum + after
    assert may_hold_personal_data(text) or not any(pattern.search(text) for _, pattern in PATTERNS)


WRITTEN_WAYS = (
    "3171014107900001", "3171 0141 0790 0001", "317101-410790-0001", "081234567890", "0812-3456-7890", "+62 812.345.678",
    "62812 3456 78901", "a@b.id", "a%40b.id", "&#48;81234567890", "\u0660\u06681234567890", "",
)  # fmt: skip


@given(
    st.text(alphabet='0123456789abcXé@.+ -%&"\n\t:,[\\', max_size=12),
    st.sampled_from(WRITTEN_WAYS),
    st.text(max_size=3),
    st.integers(0, 2**53 - 1),
)
def test_the_look_at_the_whole_misses_nothing(before: str, datum: str, after: str, number: int) -> None:
    text = before + datum + after
    choices: list[dict[str, Any]] = [{"x": text}, {text: number}, {"x": [number, text, number]}, {"x": {"y": [text]}, "z": number}]
    for arguments in choices:
        assert not is_surely_free(arguments) or not list(find_personal_data(arguments))


def test_the_look_at_the_whole_spares_the_close_one() -> None:
    """A time, a hash and ids are no reason to look closely: they are what nearly every transaction holds."""
    document = {"media_type": "application/json", "sha256": "8b30f6b9f7c4ea2a6e2a5d1ea1d512345678901ea2e1b7e6a5d4c3b2a1908070", "size": 79}
    assert is_surely_free({"buyer": "ID-LPSE-000039", "date": 1767225600, "document": document, "ocid": "ocds-p00554-00000005"})
    assert not any(is_surely_free({"x": datum}) for datum in WRITTEN_WAYS if datum)


MONEY = ("62812345600", "62899999900", "6281234567800", "3174051503900001")


@pytest.mark.parametrize("digits", MONEY)
def test_money_is_no_number_of_a_person(digits: str) -> None:
    """The same digits in another field, or with anything beside them, are looked at."""
    assert list(find_personal_data({"budgets": [{"amount": digits, "line": "parks"}], "price": digits, "change": f"-{digits}"})) == []
    assert list(find_personal_data({"title": digits}))
    assert list(find_personal_data({"amount": f"{digits} "}))
    assert list(find_personal_data({"amount": {"title": digits}}))
