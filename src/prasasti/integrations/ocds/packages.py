"""Release and record packages of what the ledger recorded, written as they are read.

Owns: which version of a release is exported, the forms of both packages, the file. Does not own: finding releases in the ledger and
their documents, the words of the report. A document is checked against the model again before it goes out, since a ledger takes any
bytes that a publisher attests; what is not valid is left out and reported, never mended.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import msgspec

from prasasti.integrations.ocds.canonical import JsonFault, encode_checked, encode_json, parse_json
from prasasti.integrations.ocds.checking import find_fields_used, validate_release
from prasasti.integrations.ocds.extensions import find_extensions, may_use_extensions
from prasasti.integrations.ocds.merge_rules import compile_release, version_release
from prasasti.integrations.ocds.problems import Notice, Problem


class LedgerRelease(msgspec.Struct, frozen=True):
    """A release as the ledger recorded it. `document` is None where it is withheld or missing; `position` is the entry's in the log,
    `date` the entry's date of the release, seconds UTC.
    """

    position: int
    publisher: str
    ocid: str
    release_id: str
    document: bytes | None
    kind: Literal["new", "update", "contradiction"] = "new"
    date: int = 0


class PackageFacts(msgspec.Struct, frozen=True):
    """What a package says of itself; the publisher's licence and publication policy stand in its organisation's record.

    `published_date` is a date and time of RFC 3339. Empty texts are left out.
    """

    uri: str
    published_date: str
    publisher_name: str
    publisher_scheme: str = ""
    publisher_uid: str = ""
    publisher_uri: str = ""
    licence: str = ""
    publication_policy: str = ""


class LeftOut(msgspec.Struct, frozen=True):
    """A recorded release that no package can hold, and why."""

    position: int
    ocid: str
    release_id: str
    problems: tuple[Problem, ...]


class ExportReport(msgspec.Struct):
    """What was written. No file was written where `releases` is 0: the standard knows no empty package."""

    releases: int = 0
    records: int = 0
    extensions: list[str] = msgspec.field(default_factory=list)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    notices: list[tuple[str, Notice]] = msgspec.field(default_factory=list)


def select_current(releases: Iterable[LedgerRelease]) -> list[LedgerRelease]:
    """Of each release its newest version that is no contradiction, at the place of its first version in the log."""
    current: dict[tuple[str, str, str], LedgerRelease] = {}
    for release in sorted(releases, key=lambda release: release.position):
        if release.kind != "contradiction":
            current[(release.publisher, release.ocid, release.release_id)] = release
    return list(current.values())


def load_release(recorded: LedgerRelease) -> dict[str, Any] | LeftOut:
    """The release of a document with the ledger's ocid and release id (the document keeps its source's), or why it is left out."""
    found = _load(recorded)
    return found.value if isinstance(found, _Loaded) else found


def _parse(document: bytes) -> tuple[Any, list[Problem]]:
    try:
        value = parse_json(document.decode("utf-8"))
    except UnicodeDecodeError as error:
        return None, [Problem("", "not_json", f"byte {error.start} is not UTF-8")]
    if isinstance(value, JsonFault):
        return None, [Problem(value.path, value.fault, value.detail)]
    return (value, []) if isinstance(value, dict) else (None, [Problem("", "not_an_object")])


def write_release_package(path: Path, releases: Iterable[LedgerRelease], facts: PackageFacts) -> ExportReport:
    """One release package of the given releases, in their order (one publisher's; `select_current` chose the versions)."""
    report = ExportReport()
    return _write_package(path, "releases", _release_elements(releases, report), facts, report)


def write_record_package(
    path: Path, processes: Iterable[Sequence[LedgerRelease]], facts: PackageFacts, *, versioned: bool = False
) -> ExportReport:
    """One record package, a record a process: its releases, the compiled release and, if asked, the versioned one."""
    report = ExportReport()
    return _write_package(path, "records", _record_elements(processes, versioned, report), facts, report)


def write_compiled_releases(path: Path, processes: Iterable[Sequence[LedgerRelease]]) -> ExportReport:
    """The compiled release of each process, one a line (JSON lines)."""
    report = ExportReport()
    compiled = _compile_all(processes, report)
    first = next(compiled, None)
    if first is not None:
        with write_atomically(path) as file:
            for _, merged in _chain(first, compiled):
                file.write(encode_checked(merged) + b"\n")
    return report


Element: TypeAlias = tuple[bytes, set[tuple[str, str]]]
"""A release or record as it is written, and the fields used in it that may be an extension's."""


class _Loaded(msgspec.Struct):
    """A release that is exported: parsed, and its bytes."""

    value: dict[str, Any]
    encoded: bytes

    def find_fields(self) -> set[tuple[str, str]]:
        return find_fields_used(self.value) if may_use_extensions(self.encoded) else set()


def _release_elements(releases: Iterable[LedgerRelease], report: ExportReport) -> Iterator[Element]:
    for release in _load_all(releases, report):
        yield release.encoded, release.find_fields()


def _record_elements(processes: Iterable[Sequence[LedgerRelease]], versioned: bool, report: ExportReport) -> Iterator[Element]:
    for releases, compiled in _compile_all(processes, report):
        pieces = [b'{"compiledRelease":', encode_checked(compiled), b',"ocid":', encode_json(releases[0].value["ocid"]), b',"releases":[']
        pieces += [b",".join(release.encoded for release in releases), b"]"]
        if versioned:
            pieces += [b',"versionedRelease":', encode_checked(version_release([release.value for release in releases]))]
        yield b"".join([*pieces, b"}"]), set().union(*(release.find_fields() for release in releases))


def _compile_all(processes: Iterable[Sequence[LedgerRelease]], report: ExportReport) -> Iterator[tuple[list[_Loaded], dict[str, Any]]]:
    """Each process that has a release to export: those releases, and the compiled one."""
    for process in processes:
        releases = list(_load_all(process, report))
        if releases:
            report.records += 1
            compiled, notices = compile_release([release.value for release in releases])
            report.notices += [(releases[0].value["ocid"], notice) for notice in notices]
            yield releases, compiled


def _load_all(releases: Iterable[LedgerRelease], report: ExportReport) -> Iterator[_Loaded]:
    for recorded in releases:
        release = _load(recorded)
        if isinstance(release, LeftOut):
            report.left_out.append(release)
        else:
            report.releases += 1
            yield release


def _load(recorded: LedgerRelease) -> _Loaded | LeftOut:
    problems = [Problem("", "document_missing")]
    if recorded.document is not None:
        value, problems = _parse(recorded.document)
        problems = problems or validate_release(value)
        if not problems and (value["id"], value["ocid"]) == (recorded.release_id, recorded.ocid):
            return _Loaded(value, recorded.document)
        if not problems:
            own = {**value, "id": recorded.release_id, "ocid": recorded.ocid}
            return _Loaded(own, encode_checked(own))
    return LeftOut(recorded.position, recorded.ocid, recorded.release_id, tuple(problems))


def _write_package(path: Path, field: str, elements: Iterator[Element], facts: PackageFacts, report: ExportReport) -> ExportReport:
    """Element by element; `extensions` comes last, when it is known which of them the elements use."""
    first = next(elements, None)
    if first is None:
        return report
    fields_used: set[tuple[str, str]] = set()
    with write_atomically(path) as file:
        file.write(encode_json(_package_fields(facts))[:-1] + b',"' + field.encode() + b'":[\n')
        separator = b""
        for element, used in _chain(first, elements):
            file.write(separator + element)
            separator = b",\n"
            fields_used |= used
        report.extensions = find_extensions(fields_used)
        file.write(b"\n]" + (b',"extensions":' + encode_json(report.extensions) if report.extensions else b"") + b"}\n")
    return report


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _package_fields(facts: PackageFacts) -> dict[str, Any]:
    publisher = {
        "name": facts.publisher_name,
        "scheme": facts.publisher_scheme,
        "uid": facts.publisher_uid,
        "uri": facts.publisher_uri,
    }
    fields = {
        "uri": facts.uri,
        "version": "1.1",
        "publishedDate": facts.published_date,
        "publisher": {name: text for name, text in publisher.items() if text},
        "license": facts.licence,
        "publicationPolicy": facts.publication_policy,
    }
    return {name: value for name, value in fields.items() if value}


@contextmanager
def write_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name whole or not at all.

    A crash while it is written leaves the earlier file and beside it `.<name>.<random>.part`, which may be deleted; a crash after the
    rename leaves the new file.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
