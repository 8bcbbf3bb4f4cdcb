"""Personal data on its way past the import: numbers and names typed in ways that a search for digits and letters misses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prasasti.integrations.ocds.redaction import judge_number, redact_release
from prasasti.services.personal_data import find_personal_data

KEY = b"k" * 32
NUMBER = "123456789"
NAME = "João Silva Costa"

# A number of a natural person under a listed scheme: what no pattern knew was kept, and the name with it.
TYPED = [
    "123 456 789",
    "123\u00a0456\u00a0789",
    "123\u202f456\u202f789",
    "\t123456789\n",
    "123/456/789",
    "123–456–789",
    "123_456_789",
    "1234\u00ad56789",
    "123\u200b456789",
    "PT123456789",
    "PT 123 456 789",
    "nif 123456789",
    "１２３４５６７８９",
    "١٢٣٤٥٦٧٨٩",
]


def release(**changes: Any) -> dict[str, Any]:
    supplier = {"id": f"PT-{NUMBER}", "identifier": {"id": NUMBER, "legalName": NAME, "scheme": "PT-NIPPC"}, "name": NAME}
    return {"id": "1", "ocid": "ocds-abc123-1", "parties": [supplier | {"roles": ["supplier"]}]} | changes


def redact(given: dict[str, Any]) -> str:
    redacted, redaction = redact_release(given, KEY)
    assert not redaction.remaining
    return json.dumps(redacted, ensure_ascii=False)


@pytest.mark.parametrize("number", TYPED)
def test_whose_number_it_is_depends_on_its_digits_alone(number: str) -> None:
    judgement = judge_number("PT-NIPPC", number)
    assert (judgement.kind, judgement.bare) == ("person", NUMBER)


@pytest.mark.parametrize("scheme", ["PT-NIPPC", " PT-NIPPC", "pt-nippc\u00a0", "PT-NIF", "PT-NIPC"])
def test_whose_number_it_is_depends_on_no_space_about_its_scheme(scheme: str) -> None:
    assert judge_number(scheme, NUMBER).kind == "person"


@pytest.mark.parametrize("number", TYPED)
def test_a_number_typed_otherwise_takes_its_name_along(number: str) -> None:
    supplier = {"id": "1", "identifier": {"id": number, "scheme": "PT-NIPPC"}, "name": NAME}
    text = redact(release(parties=[supplier]))
    assert number not in text
    assert NAME not in text


@pytest.mark.parametrize("number", TYPED)
def test_a_number_is_found_in_other_texts_however_it_is_typed(number: str) -> None:
    assert number.strip() not in redact(release(tender={"id": "1", "title": f"obra, {number}, Lisboa"}))


@pytest.mark.parametrize(
    "text",
    [
        "obra de Joao Silva Costa",
        "JOÃO SILVA COSTA",
        "Joa\u0303o\u00a0Silva\u200b Costa",
        "Jo&atilde;o Silva Costa",
        "Jo&#227;o Silva&nbsp;Costa",
        "https://example.org/?n=Jo%C3%A3o+Silva%20Costa",
        "https://example.org/?nif=123456789&n=Jo%C3%A3o%20Silva%20Costa",
        "NIF 123456789, Jo&#xE3;o Silva Costa",
    ],
)
def test_a_name_is_found_in_other_texts_however_it_is_typed(text: str) -> None:
    redacted = redact(release(tender={"id": "1", "title": text}))
    assert "Silva" not in redacted.title()
    assert NUMBER not in redacted


@pytest.mark.parametrize("text", ["a & b", "50 % off", "https://example.org/?a=1&copy=2&b=%20x", "João & Costa", "1&#50;3"])
def test_texts_that_name_nobody_stay_as_they_are(text: str) -> None:
    redacted, _ = redact_release(release(tender={"id": "1", "title": text}), KEY)
    assert redacted["tender"]["title"] == text


@pytest.mark.parametrize(
    "text",
    [
        "3201 0115 0590 0001",
        "3201-0115-0590-0001",
        "320101.150590.0001",
        "3201\u00a00115\u00a00590\u00a00001",
        "３２０１０１１５０５９００００１",
        "٣٢٠١٠١١٥٠٥٩٠٠٠٠١",
        "32010115\u200b05900001",
        "3201011505&#57;00001",
        "https://example.org/?nik%3D3201011505900001",
        "someone&#64;example.org",
        "someone%40example.org",
        "someone＠example.org",
        "0821-1234-5678",
        "+62 821 1234 5678",
    ],
)
def test_the_gate_sees_what_people_see(text: str) -> None:
    assert list(find_personal_data({"text": text}))


@pytest.mark.parametrize(
    "text",
    [
        "ID-NIB-0812210012345",  # A firm of 8 December 2021.
        "0811230001234",
        "2024051512300001",  # A point in time, to the hundredth of a second.
        "ocds-abc123-2024051512300001",
        "2024-05-15T12:30:00Z",
        "2024-0515-1230-0001",
        "https://example.org/2024/05/15/file-20240515123000.pdf",
        "ID-NPWP-0012345678901000",
        "01.234.567.8-901.000",
        "IDR 1.250.000.000",
        "100 % of 12 345 678",
    ],
)
def test_the_gate_lets_ordinary_ids_pass(text: str) -> None:
    assert not list(find_personal_data({"text": text}))
