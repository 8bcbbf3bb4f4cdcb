"""Finding the releases of a file, whatever its wrapping, in memory that does not grow with the file.

Owns: gzip, the encoding, the walk over packages, lists, JSON lines and concatenated values, one release at a time, with its place.
Does not own: what a release must look like (`checking`), personal data, the ledger. Damage is a value with file and byte offset;
nothing is guessed: reading a file stops where its structure is broken, and goes on after a value that is broken in itself.

A file is read twice: first whole, to learn whether it can be decompressed and decoded, then release by release.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, cast

import msgspec

from prasasti.core.types import require
from prasasti.integrations.ocds.canonical import JsonFault, parse_json
from prasasti.integrations.ocds.extensions import is_known_extension
from prasasti.integrations.ocds.problems import Notice, Problem

CHUNK_BYTES: Final = 1 << 20
MAX_VALUE_BYTES: Final = 64 << 20
"""One release or record, or what stands before and after them in a package."""

_ELEMENTS: Final = {b"releases": "release", b"records": "record"}
_PACKAGE_FIELDS: Final = frozenset({b"version", b"extensions"})
_BOM: Final = b"\xef\xbb\xbf"
_WHITESPACE: Final = re.compile(rb"[ \t\n\r]*")
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_UP_TO_BRACKET: Final = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
_SCALAR: Final = re.compile(rb"[-+.0-9A-Za-z]*")
_UTF_8_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OBJECT_END: Final = re.compile(rb"\}[ \t\n\r]*[,\]]")
MAX_LEAPS: Final = 10_000
_check_syntax: Final = msgspec.json.Decoder(msgspec.Raw).decode
_C1_CONTROL: Final = re.compile(rb"[\x80-\x9f]")


class SourceRelease(msgspec.Struct, frozen=True):
    """One release as it stands in a source. `position` counts the file's releases from 1, `offset` the (decompressed) bytes.

    `where` says it in other words, where the source is no file of releases (rows of a table).
    """

    file: str
    position: int
    offset: int
    release: dict[str, Any]
    where: str = ""


class SourceProblem(msgspec.Struct, frozen=True):
    """Why a file or one of its values is not read. `position` is 0 where the problem is the file's."""

    file: str
    position: int
    offset: int
    problem: Problem


class SourceNotice(msgspec.Struct, frozen=True):
    """What was tolerated in a file as a whole, or seen in one of its packages."""

    file: str
    offset: int
    notice: Notice


SourceEvent = SourceRelease | SourceProblem | SourceNotice


class FileSurvey(msgspec.Struct, frozen=True):
    """What the first reading of a file found. `size_bytes` is decompressed, so that offsets show the progress."""

    compressed: bool
    encoding: str
    size_bytes: int
    byte_order_mark: bool = False


class _Stop(Exception):
    """The file's structure is broken at an offset; caught in `read_releases`, which ends the file with a problem."""

    def __init__(self, problem: str, offset: int, detail: str = "") -> None:
        super().__init__(problem)
        self.offset = offset
        self.problem = Problem("", problem, detail)


class _Span(msgspec.Struct, frozen=True):
    """The bytes of one value of the file.

    `kind` is release, record, other (any object that is no package), package (its own fields, already read), empty (a package's list).
    """

    kind: str
    offset: int
    body: bytes


def read_releases(path: Path, *, encoding: str | None = None, max_value_bytes: int = MAX_VALUE_BYTES) -> Iterator[SourceEvent]:
    """Every release of a file, in its order, and every problem and notice, each at its place.

    Takes release packages, record packages (their embedded releases), releases; single, in a list, as JSON lines or one after the
    other; plain or gzip. `encoding` (`utf-8` or `iso-8859-1`) overrides what the file itself shows.
    """
    file = str(path)
    survey = survey_file(path, encoding=encoding)
    if isinstance(survey, SourceProblem):
        yield survey
        return
    yield from _notices_of_survey(file, survey)
    position = 0
    try:
        with _open(path, survey.compressed) as stream:
            for span in _walk_file(_Window(_chunks(stream), max_value_bytes)):
                for event in _events_of_span(span, file, survey.encoding, position + 1):
                    if not isinstance(event, SourceNotice):
                        position = max(position, event.position)
                    yield event
    except _Stop as stop:
        yield SourceProblem(file, 0, stop.offset, stop.problem)
    except OSError as error:
        yield SourceProblem(file, 0, 0, Problem("", "cannot_read", error.strerror or type(error).__name__))


def survey_file(path: Path, *, encoding: str | None = None) -> FileSurvey | SourceProblem:
    """Reads the whole file once: whether it opens, decompresses to its checksum, and in which encoding it is."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            compressed = stream.read(2) == b"\x1f\x8b"
        with _open(path, compressed) as stream:
            return _survey_encoding(file, stream, compressed, encoding)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        return SourceProblem(file, 0, 0, Problem("", "corrupt_gzip", str(error)))
    except OSError as error:
        return SourceProblem(file, 0, 0, Problem("", "cannot_read", error.strerror or type(error).__name__))


def find_single_release_id(paths: Iterable[Path], *, encoding: str | None = None) -> str | None:
    """The id that every release of a source carries, where there are at least two and all carry it; else None.

    Reads only until two ids differ.
    """
    found: str | None = None
    count = 0
    for path in paths:
        for event in read_releases(path, encoding=encoding):
            if not isinstance(event, SourceRelease):
                continue
            release_id = event.release.get("id")
            if not isinstance(release_id, str) or (count and release_id != found):
                return None
            found = release_id
            count += 1
    return found if count > 1 else None


def _open(path: Path, compressed: bool) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if compressed else path.open("rb")


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _survey_encoding(file: str, stream: IO[bytes], compressed: bool, encoding: str | None) -> FileSurvey | SourceProblem:
    """UTF-8 where the whole file decodes so; ISO-8859-1 where no byte sequence is UTF-8 and no byte is a C1 control; else a problem.

    Text of ISO-8859-1 practically never holds a sequence that is UTF-8 by chance, so a file with both is damaged or mixed.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = 0
    first = b""
    wrong_at = -1
    seen_utf_8 = seen_c1 = False
    tail = b""
    for chunk in _chunks(stream):
        if size == 0:
            first = chunk[:4]
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in first:
                return SourceProblem(file, 0, 0, Problem("", "utf_16_or_32"))
        if wrong_at < 0:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                wrong_at = size - (len(error.object) - len(chunk)) + error.start
        if not chunk.isascii():
            seen_utf_8 = seen_utf_8 or _UTF_8_SEQUENCE.search(tail + chunk) is not None
            seen_c1 = seen_c1 or _C1_CONTROL.search(chunk) is not None
        tail = chunk[-3:]
        size += len(chunk)
    if wrong_at < 0 and decoder.getstate()[0]:
        wrong_at = size - len(decoder.getstate()[0])
    if size == 0:
        return SourceProblem(file, 0, 0, Problem("", "empty_file"))
    mark = first.startswith(_BOM)
    if encoding is None and wrong_at >= 0 and (seen_utf_8 or seen_c1):
        return SourceProblem(file, 0, wrong_at, Problem("", "wrong_encoding"))
    if encoding == "utf-8" and wrong_at >= 0:
        return SourceProblem(file, 0, wrong_at, Problem("", "wrong_encoding"))
    chosen = encoding or ("utf-8" if wrong_at < 0 else "iso-8859-1")
    return FileSurvey(compressed, chosen, size, mark)


def _notices_of_survey(file: str, survey: FileSurvey) -> Iterator[SourceNotice]:
    if survey.byte_order_mark:
        yield SourceNotice(file, 0, Notice("", "byte_order_mark"))
    if survey.encoding == "iso-8859-1":
        yield SourceNotice(file, 0, Notice("", "iso_8859_1"))


def _events_of_span(span: _Span, file: str, encoding: str, position: int) -> Iterator[SourceEvent]:
    """The release of a span, the releases of a record, or the notices of a package's own fields."""
    value = _parse(span, encoding)
    if isinstance(value, JsonFault):
        place = 0 if span.kind == "package" else position
        yield SourceProblem(file, place, span.offset + value.offset, Problem(value.path, value.fault, value.detail))
    elif span.kind == "empty":
        yield SourceNotice(file, span.offset, Notice("", "no_releases"))
    elif span.kind == "package":
        for notice in _notices_of_package(value):
            yield SourceNotice(file, span.offset, notice)
    elif not isinstance(value, dict):
        yield SourceProblem(file, position, span.offset, Problem("", "not_an_object"))
    elif span.kind == "record":
        yield from _events_of_record(value, span, file, position)
    elif span.kind == "other" and "ocid" not in value:
        yield SourceProblem(file, position, span.offset, Problem("", "not_ocds"))
    else:
        yield SourceRelease(file, position, span.offset, value)


def _events_of_record(record: dict[str, Any], span: _Span, file: str, position: int) -> Iterator[SourceEvent]:
    releases = record.get("releases")
    if not isinstance(releases, list) or not releases:
        yield SourceProblem(file, position, span.offset, Problem("releases", "record_without_releases", str(record.get("ocid", ""))[:100]))
        return
    for index, release in enumerate(releases):
        path = f"releases[{index}]"
        if not isinstance(release, dict):
            yield SourceProblem(file, position + index, span.offset, Problem(path, "not_an_object"))
        elif "url" in release and "ocid" not in release:
            yield SourceProblem(file, position + index, span.offset, Problem(path, "linked_release", str(release["url"])[:200]))
        else:
            yield SourceRelease(file, position + index, span.offset, release)


def _parse(span: _Span, encoding: str) -> Any | JsonFault:
    text = span.body.decode(encoding)
    value = parse_json(text)
    if isinstance(value, JsonFault) and value.offset:
        return msgspec.structs.replace(value, offset=len(text[: value.offset].encode(encoding)))
    return value


def _notices_of_package(package: dict[str, Any]) -> Iterator[Notice]:
    version = package.get("version")
    if version is not None and version != "1.1":
        yield Notice("version", "other_version", str(version)[:20])
    extensions = package.get("extensions")
    for index, url in enumerate(extensions if isinstance(extensions, list) else []):
        if not (isinstance(url, str) and is_known_extension(url)):
            yield Notice(f"extensions[{index}]", "other_extension", str(url)[:200])


class _Window:
    """The bytes of a file around the point of reading; what lies before `start` has been dropped."""

    def __init__(self, chunks: Iterator[bytes], max_value_bytes: int) -> None:
        self.chunks = chunks
        self.max_value_bytes = max_value_bytes
        self.buffer = b""
        self.start = 0
        """Where the value being kept begins in the buffer."""
        self.at = 0
        """The point of reading in the buffer."""
        self.base = 0
        """The file's offset of the buffer's first byte."""

    @property
    def offset(self) -> int:
        return self.base + self.at

    def keep_from_here(self) -> None:
        self.start = self.at

    def fill(self) -> bool:
        """Appends what comes next, at least doubling what is kept; False at the end of the file."""
        kept = self.buffer[self.start :]
        if len(kept) > self.max_value_bytes:
            raise _Stop("value_too_large", self.base + self.start, str(self.max_value_bytes))
        pieces = [kept]
        length = 0
        while length <= len(kept):
            chunk = next(self.chunks, b"")
            if not chunk:
                break
            pieces.append(chunk)
            length += len(chunk)
        self.base += self.start
        self.at -= self.start
        self.start = 0
        self.buffer = b"".join(pieces)
        return length > 0

    def peek(self) -> int:
        """The next byte that is no whitespace, or -1 at the end of the file."""
        while True:
            match = require(_WHITESPACE.match(self.buffer, self.at), "a match of what may be nothing")
            self.at = match.end()
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.fill():
                return -1

    def expect(self, wanted: bytes) -> int:
        """Steps over the next byte, which must be one of `wanted`."""
        byte = self.peek()
        if byte < 0:
            raise _Stop("cut_off", self.offset)
        if byte not in wanted:
            raise _Stop("corrupt_json", self.offset, f"{' or '.join(chr(one) for one in wanted)} expected")
        self.at += 1
        return byte

    @property
    def kept(self) -> bytes:
        return self.buffer[self.start : self.at]

    def read_key(self) -> bytes:
        """Steps over an object's key; its bytes without the quotes."""
        self.expect(b'"')
        self.at -= 1
        return self.read_value()[1:-1]

    def read_value(self) -> bytes:
        """Steps over one value of any kind; its bytes."""
        self.peek()
        begin = self.at - self.start
        self.skip_value()
        return self.buffer[self.start + begin : self.at]

    def skip_value(self) -> None:
        """Steps over one value of any kind, by its brackets and strings alone."""
        byte = self.peek()
        if byte < 0:
            raise _Stop("cut_off", self.offset)
        if byte in b"{[":
            if not self._leap():
                self._skip_brackets()
        elif byte == ord('"'):
            self._skip_string()
        else:
            self._skip_scalar()

    def _leap(self) -> bool:
        """Steps over an object that stands whole in the buffer, without a look at each bracket; False where that is not sure.

        It ends where as many braces close as open, if what lies between is one JSON value: braces in texts make it no value.
        """
        begin = at = self.at
        is_open = 0
        for match in islice(_OBJECT_END.finditer(self.buffer, begin), MAX_LEAPS):
            end = match.start() + 1
            is_open += self.buffer.count(b"{", at, end) - self.buffer.count(b"}", at, end)
            at = end
            if is_open <= 0:
                try:
                    _check_syntax(self.buffer[begin:end])
                except (msgspec.DecodeError, RecursionError):
                    return False
                self.at = end
                return True
        return False

    def _skip_brackets(self) -> None:
        closing = bytearray()
        while True:
            match = require(_UP_TO_BRACKET.match(self.buffer, self.at), "a match of what may be nothing")
            self.at = match.end()
            byte = self.buffer[self.at] if self.at < len(self.buffer) else ord('"')
            if byte == ord('"'):
                if not self.fill():
                    raise _Stop("cut_off", self.offset)
                continue
            if byte in b"{[":
                closing.append(ord("}") if byte == ord("{") else ord("]"))
            elif closing.pop() != byte:
                raise _Stop("corrupt_json", self.offset, f"{chr(byte)} closes nothing that is open")
            self.at += 1
            if not closing:
                return

    def _skip_string(self) -> None:
        while (match := _STRING.match(self.buffer, self.at)) is None:
            if not self.fill():
                raise _Stop("cut_off", self.offset)
        self.at = match.end()

    def _skip_scalar(self) -> None:
        while True:
            match = require(_SCALAR.match(self.buffer, self.at), "a match of what may be nothing")
            if match.end() < len(self.buffer) or not self.fill():
                break
        if match.end() == self.at:
            raise _Stop("corrupt_json", self.offset, "a value expected")
        self.at = match.end()


def _walk_file(window: _Window) -> Iterator[_Span]:
    """The values of a file one after the other, each an object or a list of objects."""
    if window.peek() == _BOM[0] and window.buffer.startswith(_BOM):
        window.at += len(_BOM)
    if window.peek() < 0:
        raise _Stop("empty_file", window.offset)
    while (byte := window.peek()) >= 0:
        window.keep_from_here()
        if byte == ord("["):
            yield from _walk_list(window)
        else:
            yield from _walk_object(window)


def _walk_list(window: _Window) -> Iterator[_Span]:
    window.expect(b"[")
    if window.peek() == ord("]"):
        window.at += 1
        return
    while True:
        if window.peek() == ord("["):
            raise _Stop("nested_list", window.offset)
        yield from _walk_object(window)
        window.keep_from_here()
        if window.expect(b",]") == ord("]"):
            return


def _walk_object(window: _Window) -> Iterator[_Span]:
    """The elements of a package one by one and then what else it says, or any other object as a whole."""
    if window.peek() not in (ord("{"), -1):
        raise _Stop("corrupt_json", window.offset, "{ or [ expected")
    window.keep_from_here()
    offset = window.offset
    window.expect(b"{")
    package: dict[bytes, bytes] = {}
    elements_seen = False
    closed = window.peek() == ord("}")
    window.at += closed
    while not closed:
        key = window.read_key()
        window.expect(b":")
        if key in _ELEMENTS and window.peek() == ord("["):
            elements_seen = True
            window.keep_from_here()
            yield from _walk_elements(window, _ELEMENTS[key])
        elif key in _PACKAGE_FIELDS:
            package[key] = window.read_value()
        else:
            window.skip_value()
        if elements_seen:
            window.keep_from_here()
        closed = window.expect(b",}") == ord("}")
    if elements_seen:
        yield _Span("package", offset, b"{" + b",".join(b'"' + key + b'":' + value for key, value in package.items()) + b"}")
    else:
        yield _Span("other", offset, window.kept)


def _walk_elements(window: _Window, kind: str) -> Iterator[_Span]:
    window.expect(b"[")
    if window.peek() == ord("]"):
        window.at += 1
        yield _Span("empty", window.offset, b"null")
        return
    closed = False
    while not closed:
        window.peek()
        window.keep_from_here()
        offset = window.offset
        window.skip_value()
        yield _Span(kind, offset, window.kept)
        window.keep_from_here()
        closed = window.expect(b",]") == ord("]")
