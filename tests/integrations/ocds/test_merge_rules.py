"""Releases merge by the project's own table as by the official schema; other authors' merger agrees."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import ocdsmerge
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ocdsmerge.exceptions import DuplicateIdValueWarning
from ocdsmerge.rules import get_merge_rules

from prasasti.integrations.ocds.canonical import Number, encode_json, parse_json
from prasasti.integrations.ocds.merge_rules import (
    MERGE_RULES,
    _merge_plainly,
    compile_release,
    iterate_merged,
    sort_releases,
    version_release,
)
from prasasti.integrations.ocds.problems import Notice
from tests.integrations.ocds import official, samples
from tests.judges import shared


def test_the_table_is_what_the_official_schema_says() -> None:
    assert get_merge_rules(official.release_schema()) == MERGE_RULES


def fixtures() -> list[Path]:
    """Inputs of ocds-merge for OCDS 1.1; those of ``schema`` and ``1.0`` bring rules of their own."""
    folder = shared("ocds", "ocdsmerge-fixtures", "1.1")
    return sorted(path for path in folder.glob("*.json") if not re.search("-(compiled|versioned)$", path.stem))


def test_fixtures_of_ocds_merge() -> None:
    assert len(fixtures()) == 17
    for path in fixtures():
        releases = parse_json(path.read_text(encoding="utf-8"))
        assert isinstance(releases, list)
        for kind, merged in (("compiled", compile_release(releases)[0]), ("versioned", version_release(releases))):
            expected = json.loads(path.with_name(f"{path.stem}-{kind}.json").read_text(encoding="utf-8"))
            assert samples.as_plain(merged) == expected, f"{path.stem} {kind}"


def other_merger() -> Any:
    """The merger in Rust; without rules it would be silently wrong, so it gets those of the official schema."""
    ocdsmerge_rs: Any = pytest.importorskip("ocdsmerge_rs")
    schema = ocdsmerge_rs.Merger.dereference(official.release_schema())
    return ocdsmerge_rs.Merger(rules=ocdsmerge_rs.Merger.get_rules(schema))


def processes() -> list[list[dict[str, Any]]]:
    """The real processes: six releases of the fictional one, one of each of IMPIC's."""
    (whole,) = [path for path in samples.fictional_paths() if path.stem == "ocds-213czf-000-00001"]
    return [samples.read_all(whole), *([release] for release in samples.read_all(samples.impic_path()))]


@pytest.mark.outside
def test_the_merger_in_rust_agrees_on_real_processes() -> None:
    merger = other_merger()
    for releases in processes():
        plain = [samples.as_plain(release) for release in sort_releases(releases)]
        assert merger.create_compiled_release(plain) == samples.as_plain(compile_release(releases)[0])
        assert merger.create_versioned_release(plain) == samples.as_plain(version_release(releases))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(samples.releases(), min_size=1, max_size=4), st.data())
def test_number_tokens_merge_as_numbers_do(releases: list[dict[str, Any]], data: st.DataObject) -> None:
    """Merging tokens and then reading them is reading them and then merging."""
    dates = data.draw(st.lists(st.integers(0, 3), min_size=len(releases), max_size=len(releases)))
    process = [{**release, "ocid": "o", "date": f"2026-01-0{day + 1}T00:00:00Z"} for release, day in zip(releases, dates, strict=True)]
    merger = ocdsmerge.Merger(merge_rules=MERGE_RULES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        compiled = merger.create_compiled_release([samples.as_plain(release) for release in process])
    ours, _ = compile_release(process)
    assert samples.as_plain(ours) == compiled
    *_, (_, last) = iterate_merged(process)
    assert encode_json(last) == encode_json(ours)


def trees() -> st.SearchStrategy[dict[str, Any]]:
    """Objects of few names, so that releases meet: rules, ids of both types, nulls, emptiness, lists that are no lists of objects."""
    names = st.sampled_from(["id", "title", "parties", "roles", "amendments", "changes", "items", "date"])
    leaves = st.one_of(st.none(), st.sampled_from(["a", "b", ""]), st.booleans(), st.sampled_from(["1", "2"]).map(Number))

    def deepen(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        objects = st.dictionaries(names, inner, max_size=3)
        keyed = st.builds(lambda one, key: {**one, "id": key}, objects, st.sampled_from(["a", "b", "c"]))
        return st.one_of(objects, st.lists(keyed, max_size=3), st.lists(inner, max_size=2))

    return st.dictionaries(
        st.sampled_from(["tender", "parties", "awards", "title"]), st.recursive(leaves, deepen, max_leaves=8), max_size=3
    )


@settings(max_examples=400)
@given(st.lists(st.tuples(trees(), st.sampled_from("12")), min_size=1, max_size=3))
def test_the_walk_gives_what_ocdsmerge_gives(told: list[tuple[dict[str, Any], str]]) -> None:
    """Wherever the walk has an answer, it is that of ocdsmerge, also for what no valid release holds."""
    releases = [{**tree, "ocid": "o", "id": str(number), "date": f"2026-01-0{day}"} for number, (tree, day) in enumerate(told)]
    walked = _merge_plainly(releases)
    if walked is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DuplicateIdValueWarning)
            compiled = ocdsmerge.Merger(merge_rules=MERGE_RULES).create_compiled_release(releases)
        assert encode_json(walked) == encode_json(compiled)


def test_the_walk_answers_for_real_processes() -> None:
    assert [releases[0]["ocid"] for releases in processes() if _merge_plainly(releases) is None] == []


def test_equal_dates_and_repeated_ids_are_said() -> None:
    first = samples.small_release(awards=[{"id": "a1", "title": "x"}, {"id": "a1", "title": "y"}])
    second = samples.small_release(id="release-2", awards=[{"id": "a1", "title": "z"}])
    compiled, notices = compile_release([first, second])
    assert [award["title"] for award in compiled["awards"]] == ["z"]
    assert [award["title"] for award in compile_release([second, first])[0]["awards"]] == ["y"]
    assert notices[0] == Notice("date", "equal_dates", "2026-01-02T03:04:05Z")
    assert [notice.notice for notice in notices] == ["equal_dates", "repeated_id"]
    assert compile_release([second])[1] == []


def test_releases_stay_as_they_are() -> None:
    releases = [samples.small_release(), samples.small_release(id="release-2", date="2026-02-01T00:00:00Z")]
    before = encode_json(releases)
    compile_release(releases)
    version_release(releases)
    list(iterate_merged(releases))
    assert encode_json(releases) == before
