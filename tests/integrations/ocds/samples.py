"""Releases to test with: real ones of ``../shared/data``, a small one of the project's own, and any that the model allows.

The made-up natural persons have names and numbers that nobody has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from prasasti.integrations.ocds import model
from prasasti.integrations.ocds.attestation import AttestationSettings, PreparedRelease, prepare_release
from prasasti.integrations.ocds.canonical import Number, encode_json, parse_json
from prasasti.integrations.ocds.checking import Shape, object_shape
from prasasti.integrations.ocds.codelists import CODELISTS
from prasasti.integrations.ocds.packages import LedgerRelease
from prasasti.integrations.ocds.reading import SourceRelease, read_releases
from tests.judges import shared

KEY = bytes(range(32))
SETTINGS = AttestationSettings(publisher="publisher-1", redaction_key=KEY)

PERSON_NAME = "Uji Coba Satu"
PERSON_NUMBER = "100000019"
FIRM_NUMBER = "500000018"


def small_release(**changes: Any) -> dict[str, Any]:
    """A valid release with a firm and a natural person among its suppliers, parsed."""
    release = {
        "ocid": "ocds-abc123-bench",
        "id": "release-1",
        "date": "2026-01-02T03:04:05Z",
        "tag": ["award", "contract"],
        "initiationType": "tender",
        "parties": [
            {"id": "city", "name": "City of Examples", "roles": ["buyer"], "identifier": {"scheme": "PT-NIPPC", "id": "600000011"}},
            {"id": FIRM_NUMBER, "name": "Bench Works", "roles": ["supplier"], "identifier": {"scheme": "PT-NIPPC", "id": FIRM_NUMBER}},
            {
                "id": PERSON_NUMBER,
                "name": PERSON_NAME,
                "roles": ["supplier"],
                "identifier": {"scheme": "PT-NIPPC", "id": PERSON_NUMBER, "legalName": PERSON_NAME},
                "address": {"streetAddress": "Rua do Exemplo 1"},
                "contactPoint": {"email": "bench@example.org"},
            },
        ],
        "buyer": {"id": "city", "name": "City of Examples"},
        "tender": {"id": "t1", "title": "Park benches", "value": {"amount": 1000.50, "currency": "EUR"}},
        "awards": [
            {
                "id": "a1",
                "value": {"amount": 990, "currency": "EUR"},
                "suppliers": [{"id": FIRM_NUMBER, "name": "Bench Works"}, {"id": PERSON_NUMBER, "name": PERSON_NAME}],
            }
        ],
        "contracts": [{"id": "c1", "awardID": "a1", "value": {"amount": 990, "currency": "EUR"}}],
        **changes,
    }
    parsed: dict[str, Any] = parse(json.dumps(release))
    return parsed


def parse(text: str) -> Any:
    """What ``parse_json`` makes of a text, which must be a document."""
    value = parse_json(text)
    assert isinstance(value, dict | list | str | Number | bool | None), value
    return value


def as_plain(value: Any) -> Any:
    """A parsed value with the numbers of the standard library, to compare with what it reads itself."""
    return json.loads(encode_json(value))


def read_all(path: Path) -> list[dict[str, Any]]:
    """The releases of a file that has nothing to complain about but an extension."""
    events = list(read_releases(path))
    return [event.release for event in events if isinstance(event, SourceRelease)]


@cache
def impic_path() -> Path:
    return shared("ocds", "pt-impic", "collection_file.json")


def impic_source() -> list[dict[str, Any]]:
    """IMPIC's releases as the standard library reads them, without the importer."""
    releases: list[dict[str, Any]] = json.loads(impic_path().read_text(encoding="utf-8"))[0]["releases"]
    return releases


def fictional_paths() -> list[Path]:
    return sorted(shared("ocds", "ocp-fictional", "fictional-example", "1.1").glob("*.json"))


def prepare(release: dict[str, Any], settings: AttestationSettings = SETTINGS) -> PreparedRelease:
    prepared = prepare_release(release, settings)
    assert isinstance(prepared, PreparedRelease), prepared
    return prepared


def as_recorded(prepared: list[PreparedRelease]) -> list[LedgerRelease]:
    """Prepared releases as a ledger would have recorded them, one entry each."""
    return [
        LedgerRelease(position, one.publisher, one.ocid, one.release_id, one.document, date=one.date)
        for position, one in enumerate(prepared)
    ]


DATE_TIMES = ("2026-01-02T03:04:05Z", "2019-11-25T17:20:38.1197059Z", "2024-02-29T23:59:59+07:00", "1999-12-31t00:00:00.5-00:30")
NUMBERS = ("0", "-1.50", "1e3", "3", "775.76", "12345678901234567890.1234567", "-0")
INTEGERS = ("0", "-7", "20", "12345678901234567890")


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Any value that a place of the model allows."""
    options = [_OPTIONS[kind](shape) for kind in sorted(shape.kinds)]
    return st.one_of(options)


def _texts(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.codelist:
        return st.sampled_from(sorted(CODELISTS[shape.codelist]))
    if shape.format == "date-time":
        return st.sampled_from(DATE_TIMES)
    if shape.format == "email":
        return st.just("a@example.org")
    if shape.format:
        return st.sampled_from(("https://example.org/a", "https://example.org/b"))
    return st.text(min_size=shape.min_length, max_size=8)


def _lists(shape: Shape) -> st.SearchStrategy[Any]:
    item = values(shape.item) if shape.item is not None else st.booleans()
    return st.lists(item, min_size=shape.min_length, max_size=2, unique_by=_sameness if shape.unique else None)


def _sameness(value: Any) -> str:
    """Equal texts for values that JSON Schema calls equal."""
    return repr(_comparable(value))


def _comparable(value: Any) -> Any:
    if isinstance(value, Number):
        return ("number", value.value.normalize() + 0)
    if isinstance(value, dict):
        return sorted((key, _comparable(item)) for key, item in value.items())
    return [_comparable(item) for item in value] if isinstance(value, list) else value


def _objects(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.struct is None:
        return st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2)
    return st.deferred(lambda struct=shape.struct: objects(struct))  # type: ignore[misc]


def objects(struct: type[model.Model]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of the model with its required fields and up to three others."""
    shape = object_shape(struct)
    optional = [name for name in shape.fields if name not in shape.required]

    def build(names: set[str]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({name: values(shape.fields[name]) for name in (*shape.required, *sorted(names))})

    return (st.sets(st.sampled_from(optional), max_size=3) if optional else st.just(set())).flatmap(build)


_OPTIONS = {
    "string": _texts,
    "number": lambda shape: st.sampled_from(NUMBERS).map(Number),
    "integer": lambda shape: st.sampled_from(INTEGERS).map(Number),
    "boolean": lambda shape: st.booleans(),
    "null": lambda shape: st.none(),
    "array": _lists,
    "object": _objects,
}


def releases() -> st.SearchStrategy[dict[str, Any]]:
    """Any valid release, as the model has it."""
    return objects(model.Release)


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a value, as steps."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths_of(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths_of(item, (*path, index))


def replace_at(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value with another one at a place."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replace_at(value[path[0]], path[1:], new)
    return copy
