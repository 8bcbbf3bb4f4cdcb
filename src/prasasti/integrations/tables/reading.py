"""A folder of CSV files as rows whose mapped cells are converted, or the reasons why not.

Owns encoding, delimiter, header, the form of rows, keys that come twice, the year. Does not own how tables join. A file that is
cut off, or whose columns or bytes are not what they must be, is a problem of the whole folder; a row that is wrong is reported
and the others go on. Row numbers are those of a spreadsheet: the header is row 1, a cell with a line break is still one row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from prasasti.integrations.adapter import FileProblem, Finding, Place, ReportedRow
from prasasti.integrations.tables.conversions import Conversion, Fault, Setting, Unknown, find_notation
from prasasti.integrations.tables.mapping import Mapping, Table

FILE_PROBLEMS: Final = frozenset(
    """cannot_read empty_file utf_16_or_32 wrong_encoding cut_off broken_quotes no_header missing_column doubled_column
    field_too_large no_tables""".split()
)
ROW_FAULTS: Final = frozenset(
    """wrong_field_count not_an_amount ambiguous_amount negative_amount absurd_amount too_many_decimals not_a_date not_a_number
    missing_key doubled_key other_year unknown_table""".split()
)
"""Something is wrong with the row; it is in no release."""

ROW_REASONS: Final = frozenset({"repeated_row", "repeated_header"})
"""Nothing is wrong with the row, but it says nothing of its own."""

NOTICES: Final = frozenset(
    "byte_order_mark iso_8859_1 other_delimiter extra_column missing_optional_column no_rows missing_table indonesian_numbers".split()
)
FINDINGS: Final = frozenset({"unknown_value", "formula"})

DELIMITERS: Final = (",", ";", "\t")
MAX_FIELD_CHARACTERS: Final = 1 << 20
_FILE_NAME: Final = re.compile(r"(?P<table>.+?)(?:_(?P<year>[0-9]{4}))?\.csv", re.IGNORECASE)
_UTF_8_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_C1_CONTROL: Final = re.compile(rb"[\x80-\x9f]")
_FORMULA: Final = re.compile(r"[=@]|[+-](?![0-9., ]*$)")


class Row(msgspec.Struct, eq=False):
    """A row that is taken. `values` holds each converted cell by column and conversion; empty and unknown ones are absent."""

    table: str
    place: Place
    cells: dict[str, str]
    values: dict[tuple[str, Conversion], Any]
    setting: Setting
    derived: dict[str, Any] = msgspec.field(default_factory=dict)

    def get(self, column: str) -> str:
        """The cell's text, "" where it is empty or the file has no such column."""
        return self.cells.get(column, "")


class Reading(msgspec.Struct, kw_only=True):
    """What a folder holds. `rows` counts the data rows of each file; `reported_cells` keeps the cells of rows that are reported."""

    tables: dict[str, list[Row]] = msgspec.field(default_factory=dict)
    rows: dict[str, int] = msgspec.field(default_factory=dict)
    problems: list[FileProblem] = msgspec.field(default_factory=list)
    reported: list[ReportedRow] = msgspec.field(default_factory=list)
    reported_cells: list[tuple[str, Place, dict[str, str], Setting]] = msgspec.field(default_factory=list)
    findings: list[Finding] = msgspec.field(default_factory=list)
    notices: list[tuple[str, str, str]] = msgspec.field(default_factory=list)


class _Refused(Exception):
    """A file is not taken; caught in `read_folder`."""

    def __init__(self, code: str, detail: str = "", line: int = 0) -> None:
        super().__init__(code)
        self.code, self.detail, self.line = code, detail, line


def read_folder(folder: Path, mapping: Mapping, setting: Setting) -> Reading:
    """All CSV files of a folder, in the order of their names; OSError where the folder cannot be listed."""
    reading = Reading(tables={table.name: [] for table in mapping.tables})
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    for path in paths:
        try:
            _read_file(path, mapping, setting, reading)
        except _Refused as refused:
            reading.problems.append(FileProblem(path.name, refused.code, refused.detail, refused.line))
        except OSError as error:
            reading.problems.append(FileProblem(path.name, "cannot_read", error.strerror or type(error).__name__))
    if not any(reading.tables.values()) and not reading.problems and not reading.rows:
        reading.problems.append(FileProblem(folder.name, "no_tables", ", ".join(f"{table.name}_<year>.csv" for table in mapping.tables)))
    for table in mapping.tables:
        _report_doubled_keys(table, reading)
        if not any(_table_of(path.name) == table.name for path in paths):
            reading.notices.append((table.name, "missing_table", table.words))
    return reading


def _table_of(name: str) -> str:
    match = _FILE_NAME.fullmatch(name)
    return match["table"].lower() if match else ""


def _read_file(path: Path, mapping: Mapping, setting: Setting, reading: Reading) -> None:
    text = _decode(path, reading)
    table = mapping.find_table(_table_of(path.name))
    if table is None:
        _report_unknown(path.name, text, reading)
        return
    delimiter = _find_delimiter(text, mapping.list_columns(table.name))
    if delimiter != ",":
        reading.notices.append((path.name, "other_delimiter", {";": ";", "\t": "tab"}[delimiter]))
    records = _iterate_records(text, delimiter)
    header = [name.strip().lower() for name in next(records)[1]]
    _check_header(path.name, header, table, mapping, reading)
    reading.rows[path.name] = 0
    places: list[tuple[Place, dict[str, str]]] = []
    for number, record in records:
        reading.rows[path.name] += 1
        place = Place(path.name, number)
        cells = dict(zip(header, (cell.strip() for cell in record), strict=False))
        if [cell.strip().lower() for cell in record] == header:
            _report(reading, table.name, place, cells, setting, "repeated_header")
        elif len(record) != len(header):
            _report(reading, table.name, place, cells, setting, "wrong_field_count", f"{len(record)}, not {len(header)}")
        else:
            places.append((place, cells))
    if not reading.rows[path.name]:
        reading.notices.append((path.name, "no_rows", ""))
    _take_rows(path.name, places, table, mapping, setting, reading)


def _decode(path: Path, reading: Reading) -> str:
    """UTF-8, or ISO-8859-1 where no byte sequence is UTF-8 and no byte a control of ISO-8859-1; the file ends with a whole line."""
    content = path.read_bytes()
    if not content.removeprefix(codecs.BOM_UTF8).strip():
        raise _Refused("empty_file")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:4]:
        raise _Refused("utf_16_or_32")
    if content.startswith(codecs.BOM_UTF8):
        reading.notices.append((path.name, "byte_order_mark", ""))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _UTF_8_SEQUENCE.search(content) or _C1_CONTROL.search(content):
            raise _Refused("wrong_encoding", line=content.count(b"\n", 0, error.start) + 1) from error
        text = content.decode("iso-8859-1")
        reading.notices.append((path.name, "iso_8859_1", ""))
    if text[-1] not in "\r\n":
        raise _Refused("cut_off", text.splitlines()[-1][-40:], text.count("\n") + 1)
    return text


def _find_delimiter(text: str, columns: Iterable[str]) -> str:
    """The one by which the first line holds the most columns of the table."""
    first = text.lstrip("\r\n").splitlines()[0]
    wanted = set(columns)
    found = {each: len(wanted & {name.strip().lower() for name in next(csv.reader([first], delimiter=each), [])}) for each in DELIMITERS}
    best = max(DELIMITERS, key=lambda each: found[each])
    if found[best] < min(2, len(wanted)):
        raise _Refused("no_header", first[:80], 1)
    return best


def _iterate_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number; empty lines are passed over but numbered. `_Refused` where quotes do not pair."""
    csv.field_size_limit(MAX_FIELD_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        start = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            code = "cut_off" if "unexpected end" in str(error) else "field_too_large" if "field larger" in str(error) else "broken_quotes"
            raise _Refused(code, str(error), start) from error
        number += 1
        if any(cell.strip() for cell in record):
            yield number, record


def _check_header(file: str, header: list[str], table: Table, mapping: Mapping, reading: Reading) -> None:
    doubled = sorted(name for name, count in Counter(header).items() if count > 1)
    if doubled:
        raise _Refused("doubled_column", ", ".join(doubled), 1)
    known = mapping.list_columns(table.name)
    required = [*table.key, *filter(None, (table.year, table.process)), *mapping.list_required(table.name)]
    missing = [name for name in dict.fromkeys(required) if name not in header]
    if missing:
        raise _Refused("missing_column", ", ".join(missing), 1)
    extra = [name for name in header if name not in known]
    optional = [name for name in known if name not in header and name not in table.ignored]
    if extra:
        reading.notices.append((file, "extra_column", ", ".join(extra)))
    if optional:
        reading.notices.append((file, "missing_optional_column", ", ".join(optional)))


def _take_rows(
    file: str, places: list[tuple[Place, dict[str, str]]], table: Table, mapping: Mapping, setting: Setting, reading: Reading
) -> None:
    money = [column for column, _ in mapping.list_money(table.name)]
    notation = find_notation(cells[column] for _, cells in places for column in money if cells.get(column))
    if notation in ("comma", "mixed"):
        reading.notices.append((file, "indonesian_numbers", notation))
    setting = msgspec.structs.replace(setting, notation=notation)
    year = _find_year(file, [cells for _, cells in places], table)
    conversions = mapping.list_conversions(table.name)
    for place, cells in places:
        fault = _find_fault(cells, table, year)
        values: dict[tuple[str, Conversion], Any] = {}
        if fault is None:
            fault = _convert(place, cells, conversions, setting, values, reading)
        if fault is not None:
            _report(reading, table.name, place, cells, setting, fault.code, fault.detail)
        else:
            reading.tables[table.name].append(Row(table.name, place, cells, values, setting))


def _find_year(file: str, all_cells: list[dict[str, str]], table: Table) -> str:
    """The file's budget year: that of its name, else that of most of its rows."""
    match = _FILE_NAME.fullmatch(file)
    if match and match["year"]:
        return match["year"]
    years = Counter(cells[table.year] for cells in all_cells) if table.year else Counter[str]()
    return years.most_common(1)[0][0] if years else ""


def _find_fault(cells: dict[str, str], table: Table, year: str) -> Fault | None:
    if table.year and cells[table.year] != year:
        return Fault("other_year", f"{cells[table.year][:20]}, not {year}")
    for column in filter(None, (table.key[0], table.process)):
        if not re.fullmatch("[0-9]{1,18}", cells[column]):
            return Fault("missing_key" if not cells[column] else "not_a_number", f"{column} {cells[column][:40]}".strip())
    return None


def _convert(
    place: Place,
    cells: dict[str, str],
    conversions: list[tuple[str, Conversion]],
    setting: Setting,
    values: dict[tuple[str, Conversion], Any],
    reading: Reading,
) -> Fault | None:
    """Fills `values`; the first fault, or None. Findings are kept only of a row that is taken."""
    findings: list[Finding] = []
    for column in dict.fromkeys(column for column, _ in conversions):
        if _FORMULA.match(cells.get(column, "")):
            findings.append(Finding("formula", (place,), column))
    for column, conversion in conversions:
        cell = cells.get(column, "")
        if not cell or (column, conversion) in values:
            continue
        value = conversion.convert(cell, setting)
        if isinstance(value, Fault):
            return Fault(value.code, f"{column} {value.detail}".strip())
        if isinstance(value, Unknown):
            findings.append(Finding("unknown_value", (place,), f"{column}: {value.value[:60]}"))
        else:
            values[column, conversion] = value
    reading.findings += findings
    return None


def _report_doubled_keys(table: Table, reading: Reading) -> None:
    """The first row of a key stands. An equal one says nothing new, another one contradicts it; both are reported."""
    first: dict[tuple[str, ...], Row] = {}
    kept: list[Row] = []
    for row in reading.tables[table.name]:
        key = tuple(row.get(column) for column in table.key)
        earlier = first.setdefault(key, row)
        if earlier is row:
            kept.append(row)
            continue
        compared = [{name: cell for name, cell in each.cells.items() if name not in table.ignored} for each in (earlier, row)]
        code = "repeated_row" if compared[0] == compared[1] else "doubled_key"
        detail = f"{' '.join(filter(None, key))}: {earlier.place.file} row {earlier.place.row}"
        _report(reading, table.name, row.place, row.cells, row.setting, code, detail)
    reading.tables[table.name] = kept


def _report_unknown(file: str, text: str, reading: Reading) -> None:
    """A table that the adapter does not know: its rows are counted and reported, each."""
    delimiter = max(DELIMITERS, key=text.splitlines()[0].count)
    records = _iterate_records(text, delimiter)
    next(records, None)
    numbers = [number for number, _ in records]
    reading.rows[file] = len(numbers)
    reading.reported += [ReportedRow(Place(file, number), "unknown_table") for number in numbers]


def _report(reading: Reading, table: str, place: Place, cells: dict[str, str], setting: Setting, code: str, detail: str = "") -> None:
    reading.reported.append(ReportedRow(place, code, detail))
    reading.reported_cells.append((table, place, cells, setting))
