"""The mapping is one table: its page is made from it, it knows every column, and what it says is what releases hold."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from prasasti.cli.catalogue import LANGUAGES, load_words
from prasasti.integrations.adapter import find_adapters
from prasasti.integrations.inaproc import ADAPTER
from prasasti.integrations.inaproc.bookkeeping import AMOUNT_REASONS, FINDINGS, ROW_REASONS
from prasasti.integrations.inaproc.mapping import MAPPING
from prasasti.integrations.inaproc.steps import STEPS
from prasasti.integrations.ocds import model
from prasasti.integrations.ocds.checking import object_shape
from prasasti.integrations.tables import reading
from prasasti.integrations.tables.mapping import Compared, Field, Joined
from prasasti.integrations.tables.page import build_mapping_page
from prasasti.services.adapting import REFUSED_RELEASE, STAGES
from tests.integrations.inaproc.folders import SAMPLE, adapt
from tests.judges import shared

ROOT = Path(__file__).parents[3]


def test_the_page_is_current() -> None:
    """If not: ``python -c "…build_mapping_page(ADAPTER)…"`` into it, as the test of messages and roles does."""
    page = ROOT / "docs" / "inaproc-mapping.md"
    assert page.read_text(encoding="utf-8") == build_mapping_page(ADAPTER)


def test_the_page_names_every_column_of_the_source() -> None:
    """Also those of the ministry's year that no release tells: none is passed over in silence."""
    page = (ROOT / "docs" / "inaproc-mapping.md").read_text(encoding="utf-8")
    for path in sorted(shared("indonesia", "inaproc-kemnaker-2023").glob("*.csv")):
        table = path.stem.removesuffix("_2023")
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        known = {*MAPPING.list_columns(table)}
        assert set(columns) == known, table
        assert [column for column in columns if f"`{table}.{column}`" not in page and column not in _keys(table)] == [], table


def _keys(table: str) -> set[str]:
    found = MAPPING.find_table(table)
    assert found is not None
    return {*found.key, found.year, found.process}


def test_no_column_is_both_told_and_left_out() -> None:
    rows: list[Field | Compared | Joined] = [*MAPPING.fields, *MAPPING.compared, *MAPPING.joined]
    told = {(row.table, row.column) for row in rows}
    left_out = [(row.table, row.column) for row in MAPPING.unmapped]
    assert len(set(left_out)) == len(left_out)
    assert not told & set(left_out)
    assert all(row.reason for row in MAPPING.unmapped)


def test_sections_and_derived_columns_are_explained() -> None:
    assert {field.section for field in MAPPING.fields} == MAPPING.releases.keys()
    assert {each.section for each in MAPPING.constants} <= MAPPING.releases.keys()
    assert {field.column for field in MAPPING.fields if field.column.endswith("*")} == {each.name for each in MAPPING.derived}
    assert {field.stage for field in MAPPING.fields} - {""} == set(STAGES)
    sections = {section for step in STEPS.values() for section in step.sections}
    assert sections <= {field.section for field in MAPPING.fields}


@pytest.mark.parametrize("path", sorted({field.path for field in MAPPING.fields} | {each.path for each in MAPPING.constants}))
def test_every_path_is_one_of_the_standard(path: str) -> None:
    struct: type[model.Model] | None = model.Release
    for step in path.split("."):
        assert struct is not None, path
        shape = object_shape(struct).fields.get(step.removesuffix("[]"))
        assert shape is not None, path
        assert ("array" in shape.kinds) >= step.endswith("[]"), path
        struct = (shape.item or shape).struct


def test_what_a_path_of_the_mapping_says_stands_in_the_sample_s_releases() -> None:
    """Each field whose column is filled in the sample is found at its path in some release, or its section is not used there."""
    releases = [each.release for each in adapt(SAMPLE).releases]
    found = {path for release in releases for path in _paths(release)}
    unused = {"title", "derived award"}
    wanted = {re.sub(r"\[\]", "", field.path) for field in MAPPING.fields if field.section not in unused}
    missing = {path for path in wanted - found if not path.startswith("contracts.signatories") and "identifier" not in path}
    assert missing == set()


def _paths(value: object, path: str = "") -> set[str]:
    if isinstance(value, list):
        return {found for item in value for found in _paths(item, path)} | {path}
    if isinstance(value, dict):
        return {found for key, item in value.items() for found in _paths(item, f"{path}.{key}" if path else key)} | {path}
    return {path}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    words = load_words(language)
    shared_codes = reading.FILE_PROBLEMS | reading.ROW_FAULTS | reading.ROW_REASONS | reading.NOTICES | reading.FINDINGS | {REFUSED_RELEASE}
    assert [code for code in shared_codes if f"tables.{code}" not in words] == []
    own = ROW_REASONS | AMOUNT_REASONS | FINDINGS
    assert [code for code in own if f"inaproc.{code}" not in words] == []
    assert [stage for stage in STAGES if f"stage.{stage}" not in words and f"tables.stage_{stage}" not in words] == []


def test_every_code_that_the_sources_raise_is_listed() -> None:
    """A code is a word in quotes that is handed to report, find, account_for or raised as a fault."""
    raised: set[str] = set()
    for folder in ("tables", "inaproc"):
        for path in (ROOT / "src/prasasti/integrations" / folder).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            raised |= set(re.findall(r'(?:report|find|Fault|_Refused)\((?:[^")(]*, )?"(\w+)"', text))
            raised |= set(re.findall(r'account_for\([^)]*, "(\w+)"\)', text))
    assert {"no_winner", "amounts_differ", "cut_off", "not_a_date"} <= raised
    listed = reading.FILE_PROBLEMS | reading.ROW_FAULTS | reading.ROW_REASONS | reading.FINDINGS
    assert raised <= listed | ROW_REASONS | AMOUNT_REASONS | FINDINGS


def test_a_system_is_found_by_its_folder() -> None:
    assert find_adapters() == {"inaproc": ADAPTER}
