"""No number and no name of a natural person leaves: as a table, as a property, and on IMPIC's hundred releases."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import re
import unicodedata
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.integrations.ocds.canonical import encode_json
from prasasti.integrations.ocds.checking import validate_release
from prasasti.integrations.ocds.problems import Notice
from prasasti.integrations.ocds.redaction import (
    OWNER_FIELDS,
    PARTY_FIELDS,
    SCHEME_RULES,
    Redaction,
    compute_mark,
    judge_number,
    redact_release,
)
from tests.integrations.ocds import samples
from tests.integrations.ocds.samples import FIRM_NUMBER, KEY, PERSON_NAME, PERSON_NUMBER
from tests.judges import shared

MARK = hmac.new(KEY, PERSON_NUMBER.encode(), hashlib.sha256).hexdigest()
NIK = "3273010101000001"
PERSON = {"scheme": "PT-NIPPC", "id": PERSON_NUMBER, "legalName": PERSON_NAME}


def redact(release: dict[str, Any], default_scheme: str = "") -> tuple[dict[str, Any], Redaction]:
    """Redacted, as plain JSON; a release that was valid stays valid."""
    assert validate_release(release) == []
    redacted, counts = redact_release(release, KEY, default_scheme=default_scheme)
    assert validate_release(redacted) == []
    return samples.as_plain(redacted), counts


def with_person(**more: Any) -> dict[str, Any]:
    """A release whose only party is a natural person, and more fields."""
    return samples.small_release(
        **{"parties": [{"id": PERSON_NUMBER, "name": PERSON_NAME, "identifier": PERSON}], "awards": [], "contracts": [], **more}
    )


@pytest.mark.parametrize(
    ("scheme", "number", "kind"),
    [
        ("ID-NIK", NIK, "person"),
        ("ID-KTP", "32.73.01-010100 0001", "person"),
        ("id-npwp", NIK, "person"),
        ("ID", "9123456789012345", "person"),
        ("ID-NPWP", "0123456789012345", "organisation"),
        ("ID-NPWP", "01.234.567.8-901.234", "organisation"),
        ("ID-NIB", "9120001234567", "organisation"),
        ("ID-NPWP", "h27a9eb219f1c1f52", "opaque"),
        ("ID-NPWP", "h27a9eb219f1c1f5", "unrecognised"),
        ("ID-NPWP", "32730101010000017", "doubtful"),
        ("ID-NPWP", "12345678901234", "doubtful"),
        ("ID-NPWP", "123456789012", "unrecognised"),
        ("ID-NPWP", "\u0663" + NIK[1:], "person"),
        ("ID-PERORANGAN", "a" * 64, "marked"),
        ("ID-PERORANGAN", NIK, "person"),
        ("PT-NIPPC", "100000019", "person"),
        ("PT-NIPPC", "226962032", "person"),
        ("PT-NIPPC", "399999999", "person"),
        ("pt-nippc", "226 962 032", "person"),
        ("PT-NIPPC", "500000018", "organisation"),
        ("PT-NIPPC", "600000011", "organisation"),
        ("PT-NIPPC", "foreign", "unrecognised"),
        ("PT-PESSOA", "b" * 64, "marked"),
        ("PT-PESSOA", "226962032", "person"),
        ("GB-COH", "226962032", "unlisted"),
        ("", "226962032", "unlisted"),
    ],
)
def test_whose_number_it_is(scheme: str, number: str, kind: str) -> None:
    assert judge_number(scheme, number).kind == kind


def test_the_mark_is_a_keyed_hash_of_the_digits() -> None:
    for written in ("226962032", "226.962.032", "226 962-032"):
        bare = judge_number("PT-NIPPC", written).bare
        assert compute_mark(KEY, bare) == hmac.new(KEY, b"226962032", hashlib.sha256).hexdigest()
    assert compute_mark(b"k" * 32, "226962032") != compute_mark(KEY, "226962032")


def test_a_natural_person_among_the_suppliers() -> None:
    redacted, counts = redact(samples.small_release())
    assert redacted["parties"][2] == {
        "id": MARK,
        "name": "pessoa singular",
        "roles": ["supplier"],
        "identifier": {"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular"},
    }
    assert redacted["awards"][0]["suppliers"] == [
        {"id": FIRM_NUMBER, "name": "Bench Works"},
        {"id": MARK, "name": "pessoa singular"},
    ]
    assert redacted["parties"][:2] == samples.as_plain(samples.small_release())["parties"][:2]
    assert counts == Redaction(persons=1, parties=1, references=1, numbers=1, names=3, addresses=1, contact_points=1)


@pytest.mark.parametrize("field", sorted(PARTY_FIELDS - {"parties"}))
def test_every_place_that_names_a_party(field: str) -> None:
    """A reference by the number alone, under another name, with an identifier of its own, or by a party's own id."""
    references: list[dict[str, Any]] = [
        {"id": PERSON_NUMBER, "name": "U. C. Satu"},
        {"id": "someone", "name": PERSON_NAME, "identifier": PERSON, "address": {"locality": "Lisboa"}},
        {"id": f"PT-NIPPC-{PERSON_NUMBER}", "name": "U. Satu"},
    ]
    known: list[dict[str, Any]] = [{"id": PERSON_NUMBER, "name": PERSON_NAME, "identifier": PERSON}]
    for reference in references:
        for parties in ([], known):
            if not parties and reference == references[0]:
                continue  # a bare number without a scheme is nobody's
            redacted, _ = redact(place(field, reference, parties))
            text = json.dumps(redacted, ensure_ascii=False)
            assert PERSON_NUMBER not in text
            assert "Satu" not in text
            assert "Lisboa" not in text
            assert text.count("pessoa singular") >= 1 + len(parties)


def place(field: str, reference: dict[str, Any], parties: list[dict[str, Any]]) -> dict[str, Any]:
    """A release with the reference in a field of that name."""
    transaction = {"id": "1", field: reference}
    contract: dict[str, Any] = {"id": "1", "awardID": "1"}
    places: dict[str, dict[str, Any]] = {
        "buyer": {"buyer": reference},
        "procuringEntity": {"tender": {"id": "1", "procuringEntity": reference}},
        "tenderers": {"tender": {"id": "1", "tenderers": [reference]}, "bids": {"details": [{"id": "b", "tenderers": [reference]}]}},
        "author": {"tender": {"id": "1", "enquiries": [{"id": "1", "author": reference}]}},
        "suppliers": {"awards": [{"id": "1", "suppliers": [reference]}]},
        "payer": {"contracts": [{**contract, "implementation": {"transactions": [transaction]}}]},
        "payee": {"contracts": [{**contract, "implementation": {"transactions": [transaction]}}]},
        "signatories": {"contracts": [{**contract, "signatories": [reference]}]},
        "guarantor": {"contracts": [{**contract, "guarantees": [{"id": "1", "guarantor": reference}]}]},
    }
    return samples.small_release(**{"parties": parties, "awards": [], "contracts": [], **places[field]})


def test_an_identifier_that_stands_alone() -> None:
    transaction = {"id": "1", "receiverOrganization": PERSON, "providerOrganization": {"scheme": "PT-NIPPC", "id": FIRM_NUMBER}}
    release = with_person(contracts=[{"id": "1", "awardID": "1", "implementation": {"transactions": [transaction]}}], parties=[])
    redacted, counts = redact(release)
    assert redacted["contracts"][0]["implementation"]["transactions"] == [
        {
            "id": "1",
            "receiverOrganization": {"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular"},
            "providerOrganization": {"scheme": "PT-NIPPC", "id": FIRM_NUMBER},
        }
    ]
    assert (counts.numbers, counts.names) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        f"Paid to {PERSON_NAME}",
        "paid to UJI COBA  SATU, thanks",
        "paid to uji-coba_satu",
        f"number {PERSON_NUMBER} of",
        "100.000.019",
        "1 000 000 19",
        f"x00{PERSON_NUMBER}00",
        f"https://example.org/?nif={PERSON_NUMBER}&a=b",
        f"https://example.org/{quote(PERSON_NAME)}/x",
        unicodedata.normalize("NFD", f"á {PERSON_NAME}"),
    ],
)
def test_other_texts(text: str) -> None:
    redacted, counts = redact(with_person(tender={"id": "1", "description": text, "documents": [{"id": "d", "url": text}]}))
    for written in (redacted["tender"]["description"], redacted["tender"]["documents"][0]["url"]):
        assert not re.search("uji.{0,3}coba.{0,3}satu", written, re.IGNORECASE)
        assert PERSON_NUMBER not in re.sub("[ .-]", "", written)
        assert MARK in written or re.search("pessoa.{1,3}singular", written)
    assert counts.texts == 2


@pytest.mark.parametrize("text", ["Uji Coba Satuan", "Kuji Coba Satu", "100000018", "2026-01-01T00:00:00Z"])
def test_other_texts_that_are_not_about_the_person(text: str) -> None:
    redacted, counts = redact(with_person(tender={"id": "1", "description": text}))
    assert redacted["tender"]["description"] == text
    assert counts.texts == 0


def test_a_name_with_a_trade_after_it() -> None:
    release = samples.small_release(
        parties=[{"id": "1", "name": f"{PERSON_NAME}, Arquitecto", "identifier": {"scheme": "PT-NIPPC", "id": PERSON_NUMBER}}],
        tender={"id": "1", "title": f"Project of {PERSON_NAME}"},
        awards=[],
    )
    assert redact(release)[0]["tender"]["title"] == "Project of pessoa singular"


def test_names_in_other_languages_and_further_identifiers_go() -> None:
    party = {
        "id": "p",
        "name": PERSON_NAME,
        "name_en": "Trial Run One",
        "identifier": {**PERSON, "legalName_en": "Trial Run One", "uri": f"https://example.org/{PERSON_NUMBER}"},
        "additionalIdentifiers": [{"scheme": "XX-PASSPORT", "id": "C0FFEE"}],
        "address": {"locality": "Porto"},
    }
    redacted, counts = redact(samples.small_release(parties=[party], awards=[]))
    assert redacted["parties"] == [
        {
            "id": "p",
            "name": "pessoa singular",
            "name_en": "pessoa singular",
            "identifier": {"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular", "legalName_en": "pessoa singular"},
        }
    ]
    assert counts.further_identifiers == 1
    assert counts.unlisted_schemes == (("", 1), ("XX-PASSPORT", 1))  # the buyer is in no entry of parties


def test_a_persons_number_among_further_identifiers() -> None:
    """It tells that the party is a person, unless its own identifier is an organisation's: then only that number goes."""
    further = {"additionalIdentifiers": [PERSON]}
    unlisted, _ = redact(samples.small_release(parties=[{"id": "p", "name": "X Y Z", **further}], awards=[]))
    assert unlisted["parties"] == [{"id": "p", "name": "pessoa singular"}]
    firm = {"id": "p", "name": "Bench Works", "identifier": {"scheme": "PT-NIPPC", "id": FIRM_NUMBER}, **further}
    redacted, counts = redact(samples.small_release(parties=[firm], awards=[]))
    assert redacted["parties"][0]["name"] == "Bench Works"
    assert redacted["parties"][0]["additionalIdentifiers"] == [{"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular"}]
    assert counts.parties == 0


def test_contact_points_go_wherever_they_stand() -> None:
    contact = {"name": "Office", "email": "office@example.org"}
    changes = [
        {"property": "/parties/0/contactPoint/email", "former_value": "old@example.org"},
        {"property": "/buyer", "former_value": {"id": "city", "contactPoint": contact}},
        {"property": "/tender/title", "former_value": "Old title"},
    ]
    release = samples.small_release(
        parties=[{"id": "city", "contactPoint": contact}],
        buyer={"id": "city", "contactPoint": contact},
        tender={"id": "1", "amendment": {"changes": changes}},
        awards=[],
    )
    redacted, counts = redact(release)
    assert "office@" not in json.dumps(redacted)
    assert redacted["tender"]["amendment"]["changes"] == [
        {"property": "/parties/0/contactPoint/email"},
        {"property": "/buyer", "former_value": {"id": "city"}},
        {"property": "/tender/title", "former_value": "Old title"},
    ]
    assert (counts.contact_points, counts.former_values) == (3, 1)


def test_former_values_of_a_person() -> None:
    changes = [
        {"property": "/parties/0/name", "former_value": "Earlier Name"},
        {"property": "/parties/0", "former_value": {"id": PERSON_NUMBER, "name": "Earlier Name", "identifier": PERSON}},
        {"property": "/awards/0/value/amount", "former_value": 5},
    ]
    redacted, counts = redact(with_person(tender={"id": "1", "amendments": [{"id": "1", "changes": changes}]}))
    assert redacted["tender"]["amendments"][0]["changes"] == [
        {"property": "/parties/0/name"},
        {
            "property": "/parties/0",
            "former_value": {
                "id": MARK,
                "name": "pessoa singular",
                "identifier": {"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular"},
            },
        },
        {"property": "/awards/0/value/amount", "former_value": 5},
    ]
    assert counts.former_values == 1


def test_beneficial_owners_are_natural_persons() -> None:
    owners = [
        {
            "id": "1",
            "name": PERSON_NAME,
            "identifier": PERSON,
            "email": "a@example.org",
            "telephone": "1",
            "faxNumber": "2",
            "nationalities": ["PT"],
        },
        {"id": "2", "name": "Uji Coba Dua", "identifier": {"scheme": "XX-PASSPORT", "id": "C0 FFEE-99"}, "address": {"locality": "Porto"}},
        {"id": "3", "name": "Uji Coba Tiga"},
    ]
    release = samples.small_release(
        parties=[{"id": "f", "name": "Bench Works", "beneficialOwners": owners, "identifier": {"scheme": "PT-NIPPC", "id": FIRM_NUMBER}}],
        tender={"id": "1", "title": "Uji Coba Dua and Uji Coba Tiga, c0ffee99"},
        awards=[],
    )
    redacted, counts = redact(release)
    passport = compute_mark(KEY, "C0FFEE99")
    assert redacted["parties"][0]["beneficialOwners"] == [
        {
            "id": "1",
            "name": "pessoa singular",
            "identifier": {"scheme": "PT-PESSOA", "id": MARK, "legalName": "pessoa singular"},
            "nationalities": ["PT"],
        },
        {"id": "2", "name": "natural person", "identifier": {"scheme": "PERSON", "id": passport}},
        {"id": "3", "name": "natural person"},
    ]
    assert redacted["parties"][0]["name"] == "Bench Works"
    assert redacted["tender"]["title"] == f"natural person and natural person, {passport}"
    assert (counts.owners, counts.owner_contacts, counts.addresses, counts.persons) == (3, 3, 1, 3)
    assert {"beneficialOwners"} == OWNER_FIELDS
    again, later = redact(samples.parse(json.dumps(redacted)))
    assert again == redacted
    assert later == Redaction(unlisted_schemes=later.unlisted_schemes)


def test_indonesian_sources() -> None:
    parties = [
        {"id": "a", "name": "PT Contoh", "roles": ["supplier"], "identifier": {"scheme": "ID-NPWP", "id": "01.234.567.8-901.234"}},
        {"id": "b", "name": "Contoh Jaya", "roles": ["tenderer"], "identifier": {"scheme": "ID-NIB", "id": "9120001234567"}},
        {"id": NIK, "name": "Uji Coba Empat", "roles": ["supplier"]},
        {"id": "h27a9eb219f1c1f52", "name": "CV Opak", "roles": ["supplier"]},
        {"id": "c", "name": "CV Keliru", "roles": ["supplier"], "identifier": {"scheme": "ID-NPWP", "id": NIK + "7"}},
        {"id": "K34", "name": "Kementerian Contoh", "roles": ["buyer"], "identifier": {"scheme": "ID-KLDI", "id": "K34"}},
    ]
    release = samples.small_release(parties=parties, awards=[], tender={"id": "1", "title": f"{NIK}7 {NIK}"})
    redacted, counts = redact(release, default_scheme="ID")
    mark, doubtful = compute_mark(KEY, NIK), compute_mark(KEY, NIK + "7")
    assert [(party["id"], party["name"], party.get("identifier")) for party in redacted["parties"]] == [
        ("a", "PT Contoh", {"scheme": "ID-NPWP", "id": "0012345678901234"}),
        ("b", "Contoh Jaya", {"scheme": "ID-NIB", "id": "9120001234567"}),
        (mark, "perorangan", None),
        ("h27a9eb219f1c1f52", "CV Opak", None),
        ("c", "CV Keliru", {"scheme": "ID-NPWP"}),
        ("K34", "Kementerian Contoh", {"scheme": "ID-KLDI", "id": "K34"}),
    ]
    assert redacted["tender"]["title"] == f"{doubtful} {mark}"
    assert counts.normalized_numbers == 1
    assert counts.notices == (
        Notice("parties[1]", "name_without_legal_form"),
        Notice("parties[4]", "number_not_recognised", "ID-NPWP"),
        Notice("parties[5]", "number_not_recognised", "ID-KLDI"),
    )


def test_without_a_default_scheme_a_bare_number_is_kept_and_listed() -> None:
    release = samples.small_release(parties=[{"id": NIK, "name": "X"}], buyer={"id": NIK}, awards=[])
    redacted, counts = redact(release)
    assert redacted["parties"] == [{"id": NIK, "name": "X"}]
    assert counts.unlisted_schemes == (("", 2),)
    assert counts.persons == 0


def test_suppliers_that_become_equal_are_one() -> None:
    release = with_person(
        awards=[{"id": "1", "suppliers": [{"id": PERSON_NUMBER, "name": "U. C. Satu"}, {"id": PERSON_NUMBER, "name": PERSON_NAME}]}]
    )
    assert redact(release)[0]["awards"][0]["suppliers"] == [{"id": MARK, "name": "pessoa singular"}]


def test_parties_that_differed_by_a_contact_point_are_one() -> None:
    party = {"id": "city", "name": "City of Examples"}
    parties = [{**party, "contactPoint": {"name": "One"}}, {**party, "contactPoint": {"name": "Two"}}]
    assert redact(samples.small_release(parties=parties, awards=[]))[0]["parties"] == [party]


def test_a_number_as_json_number() -> None:
    """Where it identifies a party it is replaced; where it cannot be (a classification), the release must not be recorded."""
    party = {"id": PERSON_NUMBER, "name": PERSON_NAME, "identifier": {"scheme": "PT-NIPPC", "id": int(PERSON_NUMBER)}}
    redacted, counts = redact(with_person(parties=[party], awards=[{"id": "1", "suppliers": [{"id": int(PERSON_NUMBER)}]}]))
    assert redacted["parties"][0]["identifier"]["id"] == MARK
    assert redacted["awards"][0]["suppliers"] == [{"id": MARK}]
    assert counts.remaining == ""
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": int(PERSON_NUMBER)}}]
    assert redact(with_person(tender={"id": "1", "items": items}))[1].remaining == "tender.items[0].classification.id"


def test_the_given_release_stays_as_it_is() -> None:
    release = samples.small_release()
    before = encode_json(release)
    redact_release(release, KEY)
    assert encode_json(release) == before


WORDS = st.text(alphabet="bcdfghjklmnpqrstvwxyzBCDFGHJKLMNPQRSTVWXYZáéíõçğ", min_size=4, max_size=9)
NAMES = st.lists(WORDS, min_size=2, max_size=4).map(" ".join)
PORTUGUESE = st.tuples(st.sampled_from("123"), st.text(alphabet="0123456789", min_size=8, max_size=8)).map("".join)
INDONESIAN = st.tuples(st.sampled_from("123456789"), st.text(alphabet="0123456789", min_size=15, max_size=15)).map("".join)
PERSONS = st.tuples(
    NAMES, st.one_of(PORTUGUESE.map(lambda number: ("PT-NIPPC", number)), INDONESIAN.map(lambda number: ("ID-NIK", number)))
)


def mentions(name: str, number: str) -> st.SearchStrategy[str]:
    """Texts in which a person is mentioned one way or another."""
    forms = st.sampled_from(
        [name, name.upper(), number, f"{number[:3]}.{number[3:6]}-{number[6:]}", f"https://example.org/{number}?q=1", f"x{number}y"]
    )
    return st.lists(st.one_of(forms, st.text(max_size=5)), max_size=5).map(" ".join)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PERSONS, min_size=1, max_size=3, unique_by=lambda person: person[1][1]), samples.releases(), st.data())
def test_neither_name_nor_number_is_left_in_the_bytes(persons: list[Any], release: dict[str, Any], data: st.DataObject) -> None:
    """Persons put into any valid release as parties, references, owners and in its texts."""
    parties: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    texts: list[str] = []
    for name, (scheme, number) in persons:
        own_id = data.draw(st.sampled_from([number, f"{scheme}-{number}", "local-" + number[-4:], "p" + str(len(parties))]))
        identifier = {"scheme": scheme, "id": number, "legalName": name}
        owner = {"id": "o", "name": name, "identifier": identifier, "email": "x@example.org"}
        parties.append({"id": own_id, "name": name, "identifier": identifier, "address": {"locality": "Porto"}})
        parties.append({"id": "firm-" + str(len(parties)), "name": "Bench Works", "beneficialOwners": [owner]})
        references.append({"id": own_id, "name": data.draw(st.sampled_from([name, name.lower(), name[:-1] + "b"]))})
        texts.append(data.draw(mentions(name, number)))
    whole = {
        **release,
        "ocid": "ocds-abc123-1",
        "parties": parties,
        "awards": [{"id": "1", "description": texts[0], "suppliers": references}],
        "contracts": [{"id": "1", "awardID": "1", "documents": [{"id": "d", "title": text, "url": text}]} for text in dict.fromkeys(texts)][
            :1
        ],
    }
    redacted, counts = redact_release(whole, KEY)
    written = encode_json(redacted).decode("utf-8").casefold()
    for name, (_, number) in persons:
        assert number not in written
        assert name.casefold() not in written
    assert "example.org" not in [item for item in written.split('"') if "@" in item]
    assert counts.persons == len(persons)
    assert not counts.remaining
    again, later = redact_release(redacted, KEY)
    assert encode_json(again) == encode_json(redacted)
    assert (later.persons, later.names, later.numbers, later.texts) == (0, 0, 0, 0)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(samples.releases())
def test_any_valid_release_stays_valid(release: dict[str, Any]) -> None:
    redacted, _ = redact_release(release, KEY)
    assert validate_release(redacted) == []
    assert b'"contactPoint"' not in encode_json(redacted)


def test_impics_natural_persons_are_gone() -> None:
    """Counted by a query of its own over the source: thirteen supplier parties with first digit 1 to 3."""
    source = samples.impic_source()
    suppliers = [party for release in source for party in release["parties"] if "supplier" in party["roles"]]
    natural = [party for party in suppliers if party["identifier"]["id"][0] in "123"]
    assert (len(suppliers), len(natural)) == (100, 13)
    assert {party["identifier"]["scheme"] for party in suppliers} == {"PT-NIPPC"}
    numbers = {party["id"] for party in natural}
    references = sum(json.dumps(release).count(f'"id": "{number}"') for release in source for number in numbers) - 2 * len(natural)
    contact_points = json.dumps(source).count('"contactPoint"')

    total: Counter[str] = Counter()
    written = b""
    for release in samples.read_all(samples.impic_path()):
        redacted, counts = redact_release(release, KEY)
        total.update({name: value for name in Redaction.__struct_fields__ if isinstance(value := getattr(counts, name), int)})
        assert not counts.unlisted_schemes
        assert not counts.notices
        written += encode_json(redacted)
    assert +total == Counter(
        persons=13, parties=13, numbers=13, references=references, names=2 * 13 + references, contact_points=contact_points
    )
    assert (references, contact_points) == (15, 87)
    for party in natural:
        assert party["id"].encode() not in written
        assert party["name"].encode() not in written
    kept = {party["name"] for party in suppliers} - {party["name"] for party in natural}
    assert all(json.dumps(name, ensure_ascii=False).encode() in written for name in kept)


def test_thousands_of_persons_in_one_release() -> None:
    """The work grows with the text, not with text times persons: this would take minutes otherwise."""
    parties: list[dict[str, Any]] = [
        {"id": str(number), "name": f"Uji{number} Coba{number}", "identifier": {"scheme": "PT-NIPPC", "id": str(number)}}
        for number in range(100_000_000, 100_003_000)
    ]
    text = " ".join(f"{party['name']} {party['id']}, and others." for party in parties)
    redacted, counts = redact(samples.small_release(parties=parties, awards=[], tender={"id": "1", "description": text}))
    assert counts.persons == 3_000
    assert redacted["tender"]["description"].count("pessoa singular") == 3_000
    assert not any(party["id"] in json.dumps(redacted) for party in parties[::100])


def test_rows_of_the_table_are_apart() -> None:
    """No number is claimed by two rows, and each row knows its own mark."""
    for rule in SCHEME_RULES:
        assert judge_number(rule.mark_scheme, "0" * 64).rule == rule
        assert judge_number(rule.mark_scheme, "0" * 64).kind == "marked"


def test_kemnakers_names_without_a_legal_form() -> None:
    """procurement facts: 387 of 2,864 names."""
    with shared("indonesia", "inaproc-kemnaker-2023", "peserta-tender_2023.csv").open(encoding="utf-8", newline="") as file:
        names = [row["nama_penyedia"] for row in csv.DictReader(file) if row["nama_penyedia"].strip()]
    forms = SCHEME_RULES[0].legal_forms
    assert (len(names), sum(not re.search(forms, name) for name in names)) == (2_864, 387)
