"""Cells: nothing that a spreadsheet runs, nothing that a terminal obeys."""

from __future__ import annotations

import pytest

from prasasti.readmodel.cells import spell_cell


@pytest.mark.parametrize(
    ("cell", "spelled"),
    [
        ("Taman kota", "Taman kota"),
        ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
        ("+62 21", "'+62 21"),
        ("-1+1|cmd", "'-1+1|cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("＝1", "'＝1"),
        ("-1500.50", "-1500.50"),
        ("--1", "'--1"),
        (-3, "-3"),
        (None, ""),
        (b"\x01\xff", "01ff"),
        ("a\nb\x1b[2J\u202egnp", "a b�[2J�gnp"),
    ],
)  # fmt: skip
def test_cells(cell: object, spelled: str) -> None:
    assert spell_cell(cell) == spelled
