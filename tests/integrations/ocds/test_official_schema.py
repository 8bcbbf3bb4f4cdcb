"""An operator's zip of the standard: what is wrong with it is said, and what it refuses has a path."""

from __future__ import annotations

import builtins
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from prasasti.integrations.ocds.official_schema import OfficialSchema, SchemaUnusable
from tests.integrations.ocds import official, samples


def zip_with(path: Path, name: str, content: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    return path


def test_problems_have_a_path() -> None:
    schema = OfficialSchema.open_zip(official.schema_zip())
    assert schema.find_problems(samples.small_release()) == []
    broken = samples.small_release(awards=[{"id": "1", "value": {"amount": "1"}, "date": "2026-99-01T00:00:00Z"}], tag=[])
    assert [problem.path for problem in schema.find_problems(broken)] == ["awards[0].date", "awards[0].value.amount", "tag"]
    assert {problem.problem for problem in schema.find_problems(broken)} == {"official_schema"}


def test_real_releases_pass() -> None:
    schema = OfficialSchema.open_zip(official.schema_zip())
    assert all(not schema.find_problems(release) for release in samples.read_all(samples.impic_path()))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("other.json", "{}", "holds no schema/release-schema.json"),
        ("a/schema/release-schema.json", "{", "cannot be used"),
        ("a/schema/release-schema.json", "[]", "is no schema of a release"),
        ("schema/release-schema.json", "{}", "is no schema of a release"),
        ("schema/release-schema.json", "[" * 100_000, "cannot be used"),
        ("schema/release-schema.json", " " * (17 << 20), "larger than any schema"),
    ],
)
def test_zips_that_are_no_standard(tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / "standard.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    with pytest.raises(SchemaUnusable, match=words):
        OfficialSchema.open_zip(path)


def test_files_that_are_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "standard.zip"
    for content in (b"", b"no zip", b"PK\x03\x04"):
        path.write_bytes(content)
        with pytest.raises(SchemaUnusable, match="cannot be used"):
            OfficialSchema.open_zip(path)
    with pytest.raises(SchemaUnusable, match="cannot be used"):
        OfficialSchema.open_zip(tmp_path / "missing.zip")


def test_a_schema_without_the_optional_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "jsonschema":
            raise ImportError(name)
        return real(name, *arguments, **options)

    path = zip_with(tmp_path / "standard.zip", "schema/release-schema.json", json.dumps({"properties": {}}))
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SchemaUnusable, match="pip install jsonschema"):
        OfficialSchema.open_zip(path)
