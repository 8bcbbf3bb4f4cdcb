"""The official schema as a judge: OCDS 1.1.5 with ten extensions merged in, from the zip in ``../shared/data``."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from prasasti.integrations.ocds.canonical import encode_json
from tests.judges import shared


def schema_zip() -> Path:
    return shared("ocds", "schema", "ocds-1.1.5-with-10-extensions.zip")


@cache
def release_schema() -> dict[str, Any]:
    with zipfile.ZipFile(schema_zip()) as archive:
        schema: dict[str, Any] = json.loads(archive.read("standard-1__1__5/schema/release-schema.json"))
    return schema


def codelist(name: str) -> set[str]:
    with zipfile.ZipFile(schema_zip()) as archive:
        text = archive.read(f"standard-1__1__5/schema/codelists/{name}.csv").decode("utf-8")
    return {row["Code"] for row in csv.DictReader(io.StringIO(text))}


@cache
def strict_validator() -> Any:
    """The schema with every object closed to fields that it does not name, dates and e-mail addresses checked."""
    from prasasti.integrations.ocds.checking import is_date_time

    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date-time")(lambda value: not isinstance(value, str) or is_date_time(value))
    checker.checks("email")(lambda value: not isinstance(value, str) or "@" in value)
    return jsonschema.Draft4Validator(_closed(release_schema()), format_checker=checker)


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and ("type" in schema or "required" in schema):
        closed["additionalProperties"] = False
    return closed


def is_valid(release: Any) -> bool:
    """The verdict of the official schema on a parsed release."""
    return bool(strict_validator().is_valid(json.loads(encode_json(release), parse_float=Decimal)))
