"""Files and rows as people and systems really send them: each a clear code, a reported row, nothing half-imported."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.integrations.adapter import Adaptation
from prasasti.integrations.inaproc import tables
from prasasti.integrations.ocds.checking import validate_release
from prasasti.integrations.tables.reading import MAX_FIELD_CHARACTERS
from tests.integrations.inaproc.folders import (
    YEAR,
    Rows,
    adapt,
    assert_accounted,
    finding_codes,
    read_sample,
    releases_of,
    reported_codes,
    write_folder,
    write_rows,
)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Adaptation:
    return adapt(write_folder(tmp_path_factory.mktemp("sample"), read_sample()))


def file_of(folder: Path, table: str) -> Path:
    return folder / f"{table}_{YEAR}.csv"


# Forms that are taken


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_another_delimiter(tmp_path: Path, expected: Adaptation, delimiter: str) -> None:
    found = adapt(write_folder(tmp_path, read_sample(), delimiter=delimiter))
    assert releases_of(found) == releases_of(expected)
    assert {code for _, code, _ in found.notices} == {"other_delimiter"}


def test_a_byte_order_mark(tmp_path: Path, expected: Adaptation) -> None:
    found = adapt(write_folder(tmp_path, read_sample(), encoding="utf-8-sig"))
    assert releases_of(found) == releases_of(expected)
    assert {code for _, code, _ in found.notices} == {"byte_order_mark"}


def test_another_encoding(tmp_path: Path) -> None:
    sample = read_sample()
    sample[tables.NOTICE][0]["nama_paket"] = "Pembangunan Café"
    in_utf_8 = adapt(write_folder(tmp_path / "utf-8", sample))
    in_latin = adapt(write_folder(tmp_path / "latin", sample, encoding="iso-8859-1"))
    assert releases_of(in_latin) == releases_of(in_utf_8)
    assert [(file, code) for file, code, _ in in_latin.notices] == [(f"pengumuman_{YEAR}.csv", "iso_8859_1")]
    assert in_utf_8.notices == []


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n\r\n"])
def test_another_line_end(tmp_path: Path, expected: Adaptation, line_end: str) -> None:
    folder = write_folder(tmp_path, read_sample())
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", line_end.encode()))
    assert releases_of(adapt(folder)) == releases_of(expected)


def test_columns_in_another_order_and_capitals(tmp_path: Path, expected: Adaptation) -> None:
    sample = {
        table: [{name.upper() + " ": cell for name, cell in reversed(row.items())} for row in rows] for table, rows in read_sample().items()
    }
    assert releases_of(adapt(write_folder(tmp_path, sample))) == releases_of(expected)


def test_rows_in_another_order(tmp_path: Path, expected: Adaptation) -> None:
    sample = {table: list(reversed(rows)) for table, rows in read_sample().items()}
    assert releases_of(adapt(write_folder(tmp_path, sample))) == releases_of(expected)


@pytest.mark.parametrize(
    ("spell", "notice"),
    [
        (lambda amount: f"{amount:,.2f}".translate(str.maketrans(",.", ".,")), "indonesian_numbers"),
        (lambda amount: f"{amount:,.2f}", None),
        (lambda amount: f"{amount:,}".replace(",", "."), "indonesian_numbers"),
    ],
)
def test_numbers_as_text_in_either_notation(
    tmp_path: Path, expected: Adaptation, spell: Callable[[Decimal], str], notice: str | None
) -> None:
    """The third way writes no decimals: 900.000.000 shows what 28.000 alone would not."""
    sample = read_sample()
    for row in sample[tables.NOTICE]:
        row |= {column: spell(Decimal(row[column])) for column in ("pagu", "hps")}
    found = adapt(write_folder(tmp_path, sample))
    assert {code for _, code, _ in found.notices} == ({notice} if notice else set())
    sums = [
        {stage: sum(amount.value or 0 for amount in each.amounts if amount.stage == stage) for stage in ("planned", "tendered")}
        for each in (found, expected)
    ]
    assert sums[0] == sums[1]


def test_an_extra_column_and_a_missing_one_are_named(tmp_path: Path, expected: Adaptation) -> None:
    sample = read_sample()
    for row in sample[tables.NOTICE]:
        row["warna"] = "biru"
        del row["provinsi"]
    found = adapt(write_folder(tmp_path, sample))
    assert found.notices == [
        (f"pengumuman_{YEAR}.csv", "extra_column", "warna"),
        (f"pengumuman_{YEAR}.csv", "missing_optional_column", "provinsi"),
    ]
    assert releases_of(found).keys() == releases_of(expected).keys()
    assert releases_of(found)["ocds-inaprc-tender-101900-tender"]["tender"]["description"] == "Jalan Contoh No. 1, Kota Contoh"


def test_a_missing_table_is_named_and_the_others_are_told(tmp_path: Path) -> None:
    sample = read_sample()
    del sample[tables.BIDDER]
    found = adapt(write_folder(tmp_path, sample))
    assert found.notices == [(tables.BIDDER, "missing_table", "bidders of tenders")]
    assert "winner_not_among_bidders" in finding_codes(found)
    assert_accounted(found)


def test_a_table_without_rows(tmp_path: Path) -> None:
    sample = read_sample()
    folder = write_folder(tmp_path, sample)
    file_of(folder, tables.PAYMENT).write_text(write_rows(sample[tables.PAYMENT]).splitlines()[0] + "\r\n")
    found = adapt(folder)
    assert (f"{tables.PAYMENT}_{YEAR}.csv", "no_rows", "") in found.notices
    assert "no_realisation" in finding_codes(found)


def test_a_row_with_a_line_break_inside_is_one_row(tmp_path: Path) -> None:
    sample = read_sample()
    sample[tables.NOTICE][0]["nama_paket"] = "Pembangunan\nBengkel\r\nContoh"
    found = adapt(write_folder(tmp_path, sample))
    releases = {each.release["id"]: each for each in found.releases}
    assert releases["ocds-inaprc-tender-101900-tender"].release["tender"]["title"] == "Pembangunan\nBengkel\r\nContoh"
    last = releases["ocds-inaprc-tender-103900-planning"]
    assert [(place.file, place.row) for place in last.places] == [(f"pengumuman_{YEAR}.csv", 4)]


HOSTILE = [
    "<script>alert(1)</script>",
    "\x1b[2J\x07",
    "\u202egnp.exe\u2066",
    "a\x00b",
    "{amount}%s",
    '"; DROP TABLE release; --',
    "[bold]x[/bold]",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_data(tmp_path: Path, title: str) -> None:
    sample = read_sample()
    sample[tables.NOTICE][0]["nama_paket"] = title
    found = adapt(write_folder(tmp_path, sample))
    release = releases_of(found)["ocds-inaprc-tender-101900-tender"]
    assert release["tender"]["title"] == title
    assert validate_release(release) == []


def test_a_formula_in_a_text_is_text_and_named(tmp_path: Path) -> None:
    sample = read_sample()
    sample[tables.NOTICE][0]["nama_paket"] = '=HYPERLINK("http://x.example")'
    found = adapt(write_folder(tmp_path, sample))
    assert [(finding.code, finding.places[0].row, finding.detail) for finding in found.findings if finding.code == "formula"] == [
        ("formula", 2, "nama_paket")
    ]
    assert releases_of(found)["ocds-inaprc-tender-101900-tender"]["tender"]["title"].startswith("=HYPERLINK")


def test_a_word_that_no_code_is_for_is_named(tmp_path: Path) -> None:
    sample = read_sample()
    sample[tables.NOTICE][0]["mtd_pemilihan"] = "Lelang Cepat"
    found = adapt(write_folder(tmp_path, sample))
    assert [finding.detail for finding in found.findings if finding.code == "unknown_value"] == ["mtd_pemilihan: Lelang Cepat"]
    tender = releases_of(found)["ocds-inaprc-tender-101900-tender"]["tender"]
    assert "procurementMethod" not in tender
    assert tender["procurementMethodDetails"] == "Lelang Cepat; Pasca Satu File"


# Rows that are reported


def set_cell(table: str, column: str, cell: str) -> Callable[[dict[str, Rows]], None]:
    def change(sample: dict[str, Rows]) -> None:
        sample[table][0][column] = cell

    return change


def repeat_row(table: str, **cells: str) -> Callable[[dict[str, Rows]], None]:
    def change(sample: dict[str, Rows]) -> None:
        sample[table].append({**sample[table][0], **cells})

    return change


BAD_ROWS: list[tuple[Callable[[dict[str, Rows]], None], str, int, str]] = [
    (set_cell(tables.NOTICE, "pagu", "-1000000000"), tables.NOTICE, 2, "negative_amount"),
    (set_cell(tables.NOTICE, "pagu", "9999999999999999999"), tables.NOTICE, 2, "absurd_amount"),
    (set_cell(tables.NOTICE, "hps", "=A1*2"), tables.NOTICE, 2, "not_an_amount"),
    (set_cell(tables.NOTICE, "hps", "1.5E9"), tables.NOTICE, 2, "not_an_amount"),
    (set_cell(tables.NOTICE, "hps", "990.000"), tables.NOTICE, 2, "ambiguous_amount"),
    (set_cell(tables.NOTICE, "hps", "990000000.555"), tables.NOTICE, 2, "too_many_decimals"),
    (set_cell(tables.NOTICE, "tgl_pengumuman_tender", "2026-02-31T00:00:00Z"), tables.NOTICE, 2, "not_a_date"),
    (set_cell(tables.NOTICE, "kd_tender", ""), tables.NOTICE, 2, "missing_key"),
    (set_cell(tables.NOTICE, "kd_tender", "=101900"), tables.NOTICE, 2, "not_a_number"),
    (set_cell(tables.NOTICE, "kd_tender", "101900\x1b[2J"), tables.NOTICE, 2, "not_a_number"),
    (set_cell(tables.CONTRACT, "versi_addendum", "I"), tables.CONTRACT, 2, "not_a_number"),
    (set_cell(tables.RESULT, "tahun_anggaran", "2025"), tables.RESULT, 2, "other_year"),
    (repeat_row(tables.NOTICE), tables.NOTICE, 5, "repeated_row"),
    (repeat_row(tables.NOTICE, last_update_ref="other"), tables.NOTICE, 5, "repeated_row"),
    (repeat_row(tables.NOTICE, pagu="1"), tables.NOTICE, 5, "doubled_key"),
    (repeat_row(tables.CONTRACT, nilai_kontrak="1"), tables.CONTRACT, 6, "doubled_key"),
    (repeat_row(tables.STEP, tgl_awal="2026-01-13T00:00:00Z"), tables.STEP, 26, "doubled_key"),
    (repeat_row(tables.PROGRAM, kd_program="503", is_deleted="True"), tables.PROGRAM, 4, "deleted"),
    (repeat_row(tables.BIDDER, kd_tender="999900", kd_peserta="1"), tables.BIDDER, 8, "no_date"),
    (repeat_row(tables.CONTRACT, kd_tender="999900", kontrak_id=""), tables.CONTRACT, 6, "letter_without_result"),
    (set_cell(tables.RESULT, "nama_penyedia", ""), tables.RESULT, 2, "no_winner"),
]


@pytest.mark.parametrize(("change", "table", "row", "code"), BAD_ROWS)
def test_a_bad_row_is_reported_and_the_others_go_on(
    tmp_path: Path, expected: Adaptation, change: Callable[[dict[str, Rows]], None], table: str, row: int, code: str
) -> None:
    sample = read_sample()
    change(sample)
    found = adapt(write_folder(tmp_path, sample))
    assert found.problems == []
    assert reported_codes(found) - reported_codes(expected) == {(table, row, code)}
    assert len(found.releases) > 20
    assert_accounted(found)


def test_a_header_that_stands_again_among_the_rows(tmp_path: Path, expected: Adaptation) -> None:
    sample = read_sample()
    sample[tables.NOTICE].insert(1, {column: column for column in sample[tables.NOTICE][0]})
    found = adapt(write_folder(tmp_path, sample))
    assert (tables.NOTICE, 3, "repeated_header") in reported_codes(found)
    assert releases_of(found) == releases_of(expected)
    assert_accounted(found)


def test_a_row_with_a_cell_too_many_and_one_broken_in_two(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, read_sample())
    path = file_of(folder, tables.NOTICE)
    lines = path.read_text(encoding="utf-8").splitlines()
    cut = len(lines[2]) // 2
    path.write_text("\n".join([lines[0], lines[1] + ",x", lines[2][:cut], lines[2][cut:], lines[3]]) + "\n", encoding="utf-8")
    found = adapt(folder)
    assert {(row, code) for table, row, code in reported_codes(found) if table == tables.NOTICE} == {
        (2, "wrong_field_count"),
        (3, "wrong_field_count"),
        (4, "wrong_field_count"),
    }
    assert_accounted(found)


def test_the_rows_of_an_unknown_table_are_reported(tmp_path: Path, expected: Adaptation) -> None:
    folder = write_folder(tmp_path, read_sample())
    (folder / "katalog_2026.csv").write_text("a;b\n1;2\n3;4\n")
    (folder / "README.txt").write_text("not a table")
    found = adapt(folder)
    assert {(row.place.row, row.code) for row in found.reported if row.place.file == "katalog_2026.csv"} == {
        (2, "unknown_table"),
        (3, "unknown_table"),
    }
    assert releases_of(found) == releases_of(expected)
    assert_accounted(found)


# Files that are not taken, and with them the folder


def spoil_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return spoil


BAD_FILES: list[tuple[Callable[[Path], None], str, int]] = [
    (spoil_bytes(lambda content: b""), "empty_file", 0),
    (spoil_bytes(lambda content: b"\xef\xbb\xbf\r\n"), "empty_file", 0),
    (spoil_bytes(lambda content: content[: len(content) * 2 // 3]), "cut_off", 3),
    (spoil_bytes(lambda content: content[:-2]), "cut_off", 4),
    (spoil_bytes(lambda content: content + b'1,"2,3\r\n'), "cut_off", 5),
    (spoil_bytes(lambda content: content.replace(b",Selesai", b',"Sele"sai', 1)), "broken_quotes", 2),
    (spoil_bytes(lambda content: content.decode().encode("utf-16")), "utf_16_or_32", 0),
    (spoil_bytes(lambda content: content.replace(b"Bengkel", b"\xc3\xa9 \xe9", 1)), "wrong_encoding", 2),
    (spoil_bytes(lambda content: content.replace(b"Bengkel", b"\x93", 1)), "wrong_encoding", 2),
    (spoil_bytes(lambda content: content.partition(b"\r\n")[2]), "no_header", 1),
    (spoil_bytes(lambda content: content.replace(b",", b"|")), "no_header", 1),
    (spoil_bytes(lambda content: content.replace(b"hps", b"harga", 1)), "missing_column", 1),
    (spoil_bytes(lambda content: content.replace(b"kd_tender", b"id", 1)), "missing_column", 1),
    (spoil_bytes(lambda content: content.replace(b"hps", b"pagu", 1)), "doubled_column", 1),
    (spoil_bytes(lambda content: content.replace(b"Bengkel", b"x" * (MAX_FIELD_CHARACTERS + 1), 1)), "field_too_large", 2),
]


@pytest.mark.parametrize(("spoil", "code", "line"), BAD_FILES)
def test_a_bad_file_stops_the_folder(tmp_path: Path, spoil: Callable[[Path], None], code: str, line: int) -> None:
    folder = write_folder(tmp_path, read_sample())
    spoil(file_of(folder, tables.NOTICE))
    found = adapt(folder)
    assert [(problem.file, problem.code, problem.line) for problem in found.problems] == [(f"pengumuman_{YEAR}.csv", code, line)]
    assert found.releases == []


def test_every_bad_file_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, read_sample())
    for table in (tables.NOTICE, tables.STEP):
        file_of(folder, table).write_bytes(b"")
    assert [problem.file for problem in adapt(folder).problems] == [f"{tables.STEP}_{YEAR}.csv", f"{tables.NOTICE}_{YEAR}.csv"]


def test_a_folder_without_tables(tmp_path: Path) -> None:
    assert [problem.code for problem in adapt(tmp_path).problems] == ["no_tables"]


@given(st.data())
@settings(max_examples=60)
def test_whatever_the_cells_hold_every_row_and_amount_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Cells changed at random, rows doubled, dropped and moved: no crash, nothing unaccounted, every release valid."""
    sample = read_sample()
    nasty = st.sampled_from(
        ["", "0", "-1", "1.234,56", "1,234.56", "750.000", "=1+1", "2026-01-01", "2025", "101900", "x" * 300, "Selesai"]
    )
    for _ in range(data.draw(st.integers(1, 8))):
        rows = sample[data.draw(st.sampled_from(sorted(sample)))]
        if not rows:
            continue
        row = data.draw(st.integers(0, len(rows) - 1))
        action = data.draw(st.sampled_from(["cell", "cell", "cell", "column", "double", "drop", "move"]))
        if action == "cell":
            rows[row] = {**rows[row], data.draw(st.sampled_from(sorted(rows[row]))): data.draw(nasty)}
        elif action == "column":
            column, cell = data.draw(st.sampled_from(sorted(rows[row]))), data.draw(nasty)
            rows[:] = [{**each, column: cell} for each in rows]
        elif action == "double":
            rows.append(dict(rows[row]))
        else:
            moved = rows.pop(row)
            if action == "move":
                rows.insert(0, moved)
    found = adapt(write_folder(tmp_path_factory.mktemp("any"), sample))
    assert found.problems == [] or not any(sample.values())
    assert_accounted(found)
    assert [each.release["id"] for each in found.releases if validate_release(each.release)] == []
    ids = [each.release["id"] for each in found.releases]
    assert len(set(ids)) == len(ids)
