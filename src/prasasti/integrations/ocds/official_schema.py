"""The official JSON Schema of a release, from an operator's zip of the standard, as a second check beside the model.

Owns reading the zip and asking `jsonschema`, which is an optional part: the product carries neither it nor the schema.
"""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from prasasti.integrations.ocds.canonical import Number
from prasasti.integrations.ocds.checking import MAX_PROBLEMS, is_date_time
from prasasti.integrations.ocds.problems import Problem

SCHEMA_NAME: Final = "/schema/release-schema.json"
MAX_SCHEMA_BYTES: Final = 16 << 20


class SchemaUnusable(Exception):
    """The zip or its schema cannot be used; the message says why and what to do."""


class OfficialSchema:
    """A release schema that is ready to check releases."""

    def __init__(self, schema: dict[str, Any]) -> None:
        try:
            import jsonschema
        except ImportError as error:
            raise SchemaUnusable("checking against the official schema needs the package jsonschema: pip install jsonschema") from error
        checker = jsonschema.FormatChecker(formats=())
        checker.checks("date-time")(lambda value: not isinstance(value, str) or is_date_time(value))
        checker.checks("email")(lambda value: not isinstance(value, str) or "@" in value)
        self._validator = jsonschema.Draft4Validator(schema, format_checker=checker)

    @classmethod
    def open_zip(cls, path: Path) -> OfficialSchema:
        """The schema of the standard's zip (`…/schema/release-schema.json` in it); raises SchemaUnusable."""
        try:
            with zipfile.ZipFile(path) as archive:
                found = [entry for entry in archive.infolist() if ("/" + entry.filename).endswith(SCHEMA_NAME)]
                if not found:
                    raise SchemaUnusable(f"{path} holds no {SCHEMA_NAME[1:]}: give the zip of the standard's repository")
                if found[0].file_size > MAX_SCHEMA_BYTES:
                    raise SchemaUnusable(f"{found[0].filename} in {path} is larger than any schema of the standard")
                schema = json.loads(archive.read(found[0]))
        except (OSError, zipfile.BadZipFile, ValueError, RecursionError) as error:
            raise SchemaUnusable(f"{path} cannot be used as a zip of the standard: {error}") from error
        if not isinstance(schema, dict) or "properties" not in schema:
            raise SchemaUnusable(f"{found[0].filename} in {path} is no schema of a release")
        return cls(schema)

    def find_problems(self, release: dict[str, Any]) -> list[Problem]:
        """What the schema refuses of a parsed release, in its order of paths."""
        errors = sorted(self._validator.iter_errors(_plain(release)), key=lambda error: [str(step) for step in error.absolute_path])
        return [Problem(_spell(error.absolute_path), "official_schema", error.message[:200]) for error in errors[:MAX_PROBLEMS]]


def _spell(steps: Any) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def _plain(value: Any) -> Any:
    """The numbers that jsonschema knows: int for an integer token, Decimal (registered as a number) for any other."""
    if isinstance(value, Number):
        return int(value.text) if value.is_integer else Decimal(value.text)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
