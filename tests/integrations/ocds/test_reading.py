"""Releases are found in whatever wrapping; damage is said with file and offset, and nothing is guessed."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.integrations.ocds import reading
from prasasti.integrations.ocds.canonical import Number, encode_json
from prasasti.integrations.ocds.problems import FILE_PROBLEMS, NOTICES, PROBLEMS, Notice, Problem
from prasasti.integrations.ocds.reading import (
    SourceEvent,
    SourceNotice,
    SourceProblem,
    SourceRelease,
    find_single_release_id,
    read_releases,
)
from tests.integrations.ocds import samples

ONE = {"ocid": "ocds-abc123-1", "id": "1", "tag": ["tender"], "tender": {"title": "Bangku \u201ctaman\u201d }]", "value": {"amount": 1.50}}}
TWO = {"ocid": "ocds-abc123-2", "id": "2", "tag": ["award"], "note": 'a "quoted" \\ text'}
PACKAGE = {"version": "1.1", "uri": "https://example.org/p", "publisher": {"name": "x"}, "releases": [ONE, TWO]}
RECORDS = {"version": "1.1", "records": [{"ocid": "a", "releases": [ONE, TWO], "compiledRelease": {"ocid": "a", "tag": ["compiled"]}}]}


def text_of(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)


WRAPPINGS = {
    "package": text_of(PACKAGE),
    "package, indented": text_of(PACKAGE, indent=2),
    "package, releases first": text_of(dict(reversed(PACKAGE.items()))),
    "list of packages": text_of([{**PACKAGE, "releases": [ONE]}, {**PACKAGE, "releases": [TWO]}]),
    "list of releases": text_of([ONE, TWO]),
    "list of both": text_of([ONE, {**PACKAGE, "releases": [TWO]}]),
    "JSON lines": text_of(ONE) + "\n" + text_of(TWO) + "\n",
    "JSON lines, CRLF, empty lines": text_of(ONE) + "\r\n\r\n" + text_of(TWO),
    "JSON lines of packages": text_of({**PACKAGE, "releases": [ONE]}) + "\n" + text_of({**PACKAGE, "releases": [TWO]}),
    "concatenated": text_of(ONE) + text_of(TWO),
    "concatenated packages": text_of({"releases": [ONE]}) + text_of({"releases": [TWO]}),
    "record package": text_of(RECORDS),
    "list of record packages": text_of([RECORDS]),
}


def write(tmp_path: Path, content: str | bytes, name: str = "source.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(path: Path, **options: Any) -> list[SourceEvent]:
    return list(read_releases(path, **options))


def releases_of(events: list[SourceEvent]) -> list[dict[str, Any]]:
    return [event.release for event in events if isinstance(event, SourceRelease)]


def problems_of(events: list[SourceEvent]) -> list[SourceProblem]:
    return [event for event in events if isinstance(event, SourceProblem)]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_each_wrapping(tmp_path: Path, wrapping: str, compressed: bool) -> None:
    content = WRAPPINGS[wrapping].encode()
    path = write(tmp_path, gzip.compress(content) if compressed else content)
    events = read(path)
    assert [samples.as_plain(release) for release in releases_of(events)] == [ONE, TWO]
    assert [event.position for event in events if isinstance(event, SourceRelease)] == [1, 2]
    assert len(events) == 2


@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_chunks_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrapping: str, chunk_bytes: int) -> None:
    path = write(tmp_path, WRAPPINGS[wrapping])
    expected = read(path)
    monkeypatch.setattr(reading, "CHUNK_BYTES", chunk_bytes)
    assert read(path) == expected


BRACKETS = st.text(alphabet='{}[],:"\\ a\n', max_size=12)
VALUES = st.recursive(BRACKETS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(BRACKETS, inner, max_size=3), max_leaves=8)


@given(
    objects=st.lists(st.dictionaries(BRACKETS, VALUES, max_size=3), max_size=4),
    indent=st.sampled_from([None, 1]),
    cut=st.integers(0, 400),
    spoil=st.sampled_from([b"", b"{", b"}", b"]", b'"', b"\\", b",", b" 1 "]),
)
def test_a_leap_ends_where_steps_end(
    tmp_path_factory: pytest.TempPathFactory, objects: list[Any], indent: int | None, cut: int, spoil: bytes
) -> None:
    """Also where braces stand in texts, and where a byte too many or the end of the file comes in between."""
    text = json.dumps({"releases": [{"ocid": str(number), **each} for number, each in enumerate(objects)]}, indent=indent).encode()
    at = cut % (len(text) + 1)
    path = tmp_path_factory.getbasetemp() / "leap.json"
    path.write_bytes(text[:at] + spoil + (text[at:] if spoil else b""))
    leaping = read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading._Window, "_leap", lambda window: False)
        assert read(path) == leaping


def test_offsets_lead_to_the_release(tmp_path: Path) -> None:
    content = WRAPPINGS["package, indented"].encode()
    for event in read(write(tmp_path, content)):
        assert isinstance(event, SourceRelease)
        assert json.JSONDecoder().raw_decode(content[event.offset :].decode())[0] == samples.as_plain(event.release)


def test_number_tokens_survive(tmp_path: Path) -> None:
    text = '{"ocid":"o","a":[1.50,1E2,-0,10000000000000000000000001,0.1000]}'
    (release,) = releases_of(read(write(tmp_path, text)))
    assert encode_json(release) == b'{"a":[1.50,1E2,-0,10000000000000000000000001,0.1000],"ocid":"o"}'


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_cut_off_anywhere(tmp_path: Path, wrapping: str) -> None:
    """At every byte: what stood complete is read, the rest is one problem with its offset, and nothing is made up."""
    content = WRAPPINGS[wrapping].encode()
    path = tmp_path / "source.json"
    for size in range(len(content)):
        path.write_bytes(content[:size])
        events = read(path)
        found = [samples.as_plain(release) for release in releases_of(events)]
        assert found == [ONE, TWO][: len(found)]
        kinds = [event.problem.problem for event in problems_of(events)]
        if kinds:
            assert kinds in (["cut_off"], ["empty_file"], ["wrong_encoding"])
        else:
            json_values = content[:size].decode()
            assert wrapping.startswith(("JSON lines", "concatenated"))
            assert json_values.strip().endswith("}")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(WRAPPINGS)), st.integers(0, 10**6), st.binary(min_size=1, max_size=3))
def test_damage_anywhere_is_a_problem_or_another_text(tmp_path: Path, wrapping: str, place: int, damage: bytes) -> None:
    """Bytes overwritten at random: never a crash, and every event is of a known kind."""
    content = WRAPPINGS[wrapping].encode()
    place %= len(content)
    path = write(tmp_path, content[:place] + damage + content[place + len(damage) :])
    for event in read(path):
        if isinstance(event, SourceProblem):
            assert event.problem.problem in PROBLEMS
            assert 0 <= event.offset <= len(content) + len(damage)
        elif isinstance(event, SourceNotice):
            assert event.notice.notice in NOTICES
        else:
            assert encode_json(event.release)


@pytest.mark.parametrize(
    ("content", "problem", "offset"),
    [
        (b"", "empty_file", 0),
        (b" \n\t ", "empty_file", 4),
        (b"ocid,id\n1,2\n", "corrupt_json", 0),
        (b"<html></html>", "corrupt_json", 0),
        (b"null", "corrupt_json", 0),
        (b'"text"', "corrupt_json", 0),
        (b"[1,2]", "corrupt_json", 1),
        (b'[[{"ocid":"1"}]]', "nested_list", 1),
        (b'{"ocid":"1"} trailing', "corrupt_json", 13),
        (b'{"releases":[{"a":1}', "cut_off", 20),
        (b'{"releases":[{"a":1]}', "corrupt_json", 19),
        (b'{"releases":[{"a":1},]}', "corrupt_json", 21),
        (b'{"releases" [1]}', "corrupt_json", 12),
        (b"{releases:[]}", "corrupt_json", 1),
        (b'{"a":1,}', "corrupt_json", 7),
        (b'{"ocid":"never closed', "cut_off", 8),
        (b"\xff\xfe{\x00}\x00", "utf_16_or_32", 0),
        (b"\xfe\xff\x00{\x00}", "utf_16_or_32", 0),
        (b"{\x00}\x00", "utf_16_or_32", 0),
        (b'{"a":"\xc3\xa9 \xe9"}', "wrong_encoding", 9),
        (b'{"a":"\x93quoted\x94"}', "wrong_encoding", 6),
        (b'{"a":"\xed\xa0\x80"}', "wrong_encoding", 6),
        (b'{"a":"\xc3\xa9\xc3', "wrong_encoding", 8),
    ],
)
def test_files_that_are_refused(tmp_path: Path, content: bytes, problem: str, offset: int) -> None:
    events = read(write(tmp_path, content))
    last = events[-1]
    assert isinstance(last, SourceProblem)
    assert (last.position, last.problem.problem, last.offset) == (0, problem, offset)
    assert last.problem.problem in FILE_PROBLEMS
    assert last.file.endswith("source.json")


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        (event,) = read(path)
        assert isinstance(event, SourceProblem)
        assert event.problem.problem == "cannot_read"
        assert event.problem.detail


def test_damaged_gzip_gives_nothing(tmp_path: Path) -> None:
    """Its checksum stands at the end: before it is known to be right, nothing in it is believed."""
    whole = gzip.compress(WRAPPINGS["package"].encode())
    flipped = bytearray(whole)
    flipped[-6] ^= 1
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:5], bytes(flipped), whole[:10] + b"\xff" * 8 + whole[18:]):
        (event,) = read(write(tmp_path, content, "source.json.gz"))
        assert isinstance(event, SourceProblem)
        assert event.problem.problem == "corrupt_gzip"


def test_gzip_of_several_members(tmp_path: Path) -> None:
    content = gzip.compress(text_of(ONE).encode()) + gzip.compress(text_of(TWO).encode())
    assert [samples.as_plain(release) for release in releases_of(read(write(tmp_path, content)))] == [ONE, TWO]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ('{"ocid":"1","a":1,"a":2}', Problem("", "duplicate_key", "a")),
        ('{"ocid":"1","tender":{"id":1,"id":2}}', Problem("tender", "duplicate_key", "id")),
        ('{"ocid":"1","t":["\\ud800"]}', Problem("t[0]", "lone_surrogate")),
        ('{"ocid":"1","n":' + "1" * 5000 + "}", Problem("n", "number_out_of_range", "1" * 40)),
        ('{"ocid":"1","n":1e400}', Problem("n", "number_out_of_range", "1e400")),
        ('{"ocid":"1","n":NaN}', Problem("", "not_json", "NaN is not a JSON value")),
        ('{"ocid":"1","n":' + "[" * 100_000 + "]" * 100_000 + "}", Problem("", "too_deep", "64")),
        ('{"ocid":"1","n":tru}', Problem("", "not_json", "Expecting value")),
        ('{"status":"OK","results":[{"lat":1}]}', Problem("", "not_ocds")),
        ("{}", Problem("", "not_ocds")),
    ],
)
def test_a_broken_value_does_not_stop_the_file(tmp_path: Path, value: str, problem: Problem) -> None:
    events = read(write(tmp_path, f"[{text_of(ONE)},{value},{text_of(TWO)}]"))
    assert [samples.as_plain(release) for release in releases_of(events)] == [ONE, TWO]
    (found,) = problems_of(events)
    assert (found.position, found.problem) == (2, problem)
    assert [event.position for event in events if isinstance(event, SourceRelease)] == [1, 3]


def test_elements_that_are_no_releases(tmp_path: Path) -> None:
    events = read(write(tmp_path, '{"releases":[1,"x",null,[{"ocid":"1"}],{"id":"without ocid"}]}'))
    assert [event.problem.problem for event in problems_of(events)] == ["not_an_object"] * 4
    assert [event.position for event in events if not isinstance(event, SourceNotice)] == [1, 2, 3, 4, 5]


def test_the_place_of_a_syntax_error_is_in_bytes(tmp_path: Path) -> None:
    content = '[{"ocid":"é","b":truu}]'.encode()
    (event,) = read(write(tmp_path, content))
    assert isinstance(event, SourceProblem)
    assert content[event.offset :].startswith(b"truu")


def test_records(tmp_path: Path) -> None:
    records = [
        {"ocid": "a", "releases": [ONE, {"url": "https://example.org/r", "date": "2026-01-01T00:00:00Z"}, 5]},
        {"ocid": "b", "releases": [], "compiledRelease": ONE},
        {"ocid": "c", "compiledRelease": ONE},
        {"ocid": "d", "releases": [TWO]},
    ]
    events = read(write(tmp_path, text_of({"records": records})))
    assert [samples.as_plain(release) for release in releases_of(events)] == [ONE, TWO]
    assert [(event.position, event.problem) for event in problems_of(events)] == [
        (2, Problem("releases[1]", "linked_release", "https://example.org/r")),
        (3, Problem("releases[2]", "not_an_object")),
        (4, Problem("releases", "record_without_releases", "b")),
        (5, Problem("releases", "record_without_releases", "c")),
    ]


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    release = {"ocid": "1", "title": "Município de Lagoa, 3 €uros".replace("€", "")}
    events = read(write(tmp_path, text_of([release]).encode("iso-8859-1")))
    assert isinstance(events[0], SourceNotice)
    assert events[0].notice == Notice("", "iso_8859_1")
    assert [samples.as_plain(found) for found in releases_of(events)] == [release]


def test_an_encoding_may_be_given(tmp_path: Path) -> None:
    looks_like_utf_8 = '{"ocid":"1","t":"\u00c3\u00a9"}'.encode("iso-8859-1")
    path = write(tmp_path, looks_like_utf_8)
    assert releases_of(read(path)) == [{"ocid": "1", "t": "é"}]
    assert releases_of(read(path, encoding="iso-8859-1")) == [{"ocid": "1", "t": "\u00c3\u00a9"}]
    latin = write(tmp_path, '{"ocid":"é"}'.encode("iso-8859-1"))
    assert [event.problem.problem for event in problems_of(read(latin, encoding="utf-8"))] == ["wrong_encoding"]


def test_byte_order_mark(tmp_path: Path) -> None:
    events = read(write(tmp_path, b"\xef\xbb\xbf" + text_of([ONE]).encode()))
    assert isinstance(events[0], SourceNotice)
    assert events[0].notice.notice == "byte_order_mark"
    assert [samples.as_plain(found) for found in releases_of(events)] == [ONE]


def test_what_a_package_says_of_itself(tmp_path: Path) -> None:
    package = {
        "version": "1.0",
        "extensions": [
            "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/master/extension.json",
            "https://example.org/extension.json",
        ],
        "releases": [],
    }
    events = read(write(tmp_path, text_of(package)))
    assert [event.notice for event in events if isinstance(event, SourceNotice)] == [
        Notice("", "no_releases"),
        Notice("version", "other_version", "1.0"),
        Notice("extensions[1]", "other_extension", "https://example.org/extension.json"),
    ]
    assert problems_of(events) == []


def test_one_value_may_not_take_all_memory(tmp_path: Path) -> None:
    path = write(tmp_path, f'[{text_of(ONE)},{{"ocid":"1","t":"{"x" * 5_000_000}"}},{text_of(TWO)}]')
    events = read(path, max_value_bytes=1 << 20)
    assert [samples.as_plain(release) for release in releases_of(events)] == [ONE]
    assert [event.problem.problem for event in problems_of(events)] == ["value_too_large"]
    assert len(releases_of(read(path))) == 3


@pytest.mark.parametrize("wrapping", ["package", "list", "lines", "record package"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, wrapping: str) -> None:
    """Twenty million bytes of releases in a fraction of that."""
    release = text_of({**ONE, "filler": "x" * 20_000})
    opening, separator, closing = {
        "package": ('{"releases":[', ",", "]}"),
        "list": ("[", ",", "]"),
        "lines": ("", "\n", ""),
        "record package": ('{"records":[{"releases":[', ']},{"releases":[', "]}]}"),
    }[wrapping]
    path = tmp_path / "source.json.gz"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.write(opening + release)
        for _ in range(999):
            file.write(separator + release)
        file.write(closing)
    tracemalloc.start()
    count = sum(isinstance(event, SourceRelease) for event in read_releases(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1000
    assert peak < 8 << 20


def test_one_id_for_every_release(tmp_path: Path) -> None:
    same = [{**ONE, "ocid": f"ocds-abc123-{number}", "id": "1"} for number in range(3)]
    one_id = write(tmp_path, text_of(same), "one.json")
    several = write(tmp_path, text_of([*same, TWO]), "several.json")
    single = write(tmp_path, text_of([ONE]), "single.json")
    without = write(tmp_path, text_of([{"ocid": "1"}, {"ocid": "2"}]), "without.json")
    numeric = write(tmp_path, text_of([{"ocid": "1", "id": 1}, {"ocid": "2", "id": 1}]), "numeric.json")
    assert find_single_release_id([one_id]) == "1"
    assert find_single_release_id([one_id, one_id]) == "1"
    assert find_single_release_id([single, single]) == "1"
    assert find_single_release_id([several]) is None
    assert find_single_release_id([one_id, several]) is None
    assert find_single_release_id([single]) is None
    assert find_single_release_id([without]) is None
    assert find_single_release_id([numeric]) is None
    assert find_single_release_id([]) is None


def test_impic_is_read_as_the_standard_library_reads_it() -> None:
    events = read(samples.impic_path())
    assert [samples.as_plain(release) for release in releases_of(events)] == samples.impic_source()
    assert [event.notice.notice for event in events if isinstance(event, SourceNotice)] == ["other_extension"]
    amounts = [release["tender"]["value"]["amount"] for release in releases_of(events)]
    assert all(isinstance(amount, Number) for amount in amounts)
