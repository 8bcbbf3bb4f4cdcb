"""Personal data on its way past the import: numbers and names typed in ways that a search for digits and letters misses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prasasti.integrations.ocds.redaction import judge_number, redact_release

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
