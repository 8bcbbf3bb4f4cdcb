"""Answers in three forms: a table for people, one JSON object or CSV for programs.

Owns the options ``--json`` and ``--csv`` of commands that read; tables are the shell's. What others wrote stands in all of
them as data: no cell can steer a terminal or be run by a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import click

from prasasti.cli.shell import clean, shell
from prasasti.readmodel.cells import spell_cell

Parameters = ParamSpec("Parameters")


def answering(function: Callable[Concatenate[bool, Parameters], None]) -> Callable[Parameters, None]:
    """``--json`` and ``--csv``, also behind the command's name; the function is told whether CSV is asked for."""

    @click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for spreadsheets.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
    @wraps(function)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> None:
        as_csv, as_json = bool(options.pop("as_csv")), bool(options.pop("as_json"))
        if as_csv and (as_json or shell().as_json):
            raise click.UsageError("give --json or --csv, not both")
        shell().as_json = shell().as_json or as_json
        check_texts(options)
        function(as_csv, *arguments, **options)

    return run


def check_texts(options: Mapping[str, Any]) -> None:
    """UsageError for a text that is no UTF-8, as a terminal of another encoding sends it: no database takes one."""
    for name, value in options.items():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not is_utf_8(text):
                raise click.UsageError(f"{name}: {clean(text)} is not UTF-8")


def is_utf_8(text: str) -> bool:
    """Whether a text has no half characters, which stand for bytes that are not UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def print_csv(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Rows as CSV (RFC 4180) on standard output, under these columns; lists are joined."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([spell_cell("; ".join(map(str, cell)) if isinstance(cell, list) else cell) for cell in map(row.get, columns)])
    click.echo(text.getvalue(), nl=False)
