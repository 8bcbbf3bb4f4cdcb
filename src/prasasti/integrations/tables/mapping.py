"""The form of a mapping: one table of data from which an adapter works and from which its page is made.

Owns the rows of that table and what follows from them alone: a table's columns, its key, its money. Does not own any system's
mapping, nor how tables join.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import msgspec

from prasasti.integrations.tables.conversions import MONEY, TEXT, Conversion


class Field(msgspec.Struct, frozen=True):
    """A column told at a path of a release.

    `section` names the part of a release that a row of the table makes. In a path `[]` is the row's own element of a list; a path
    that ends in `[]` appends. `join`: appended to what an earlier field wrote there, with this between. `lost`: what of the column
    the field does not say. `required`: without this column the file is refused, since its rows would say something else.
    """

    table: str
    column: str
    section: str
    path: str
    conversion: Conversion = TEXT
    stage: str = ""
    join: str = ""
    lost: str = ""
    required: bool = False


class Constant(msgspec.Struct, frozen=True):
    """What every row of a section says beside its columns."""

    section: str
    path: str
    value: Any
    table: str = ""


class Compared(msgspec.Struct, frozen=True):
    """A money column that is compared with what another table tells, and not told again."""

    table: str
    column: str
    stage: str
    other: str


class Joined(msgspec.Struct, frozen=True):
    """A column by which rows find one another or their release; `use` says how."""

    table: str
    column: str
    use: str
    required: bool = False
    conversion: Conversion | None = None


class Unmapped(msgspec.Struct, frozen=True):
    """A column that no release tells, with the reason."""

    table: str
    column: str
    reason: str


class Derived(msgspec.Struct, frozen=True):
    """What the adapter computes from several rows, by the name under which `Field.column` has it."""

    name: str
    words: str


class Table(msgspec.Struct, frozen=True):
    """A kind of file. `key` columns identify a row, `year` is the column of its budget year, `ignored` differ between equal rows.

    The first key and `process`, the column of the process it belongs to (where that is no key), hold digits.
    """

    name: str
    words: str
    key: tuple[str, ...]
    year: str = ""
    ignored: tuple[str, ...] = ()
    process: str = ""


class Mapping(msgspec.Struct, frozen=True, dict=True):
    """A system's whole mapping. `releases` says of each section in which release it stands, `rules` what holds of all."""

    tables: tuple[Table, ...]
    fields: tuple[Field, ...]
    constants: tuple[Constant, ...] = ()
    compared: tuple[Compared, ...] = ()
    joined: tuple[Joined, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
    derived: tuple[Derived, ...] = ()
    releases: dict[str, str] = msgspec.field(default_factory=dict)
    rules: tuple[str, ...] = ()

    @cached_property
    def sections(self) -> dict[tuple[str, str], list[Field]]:
        """(table, section) → its fields, in the order of the table."""
        found: dict[tuple[str, str], list[Field]] = {}
        for field in self.fields:
            found.setdefault((field.table, field.section), []).append(field)
        return found

    def find_table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)

    def list_columns(self, table: str) -> list[str]:
        """Every column of a table that the mapping names, told or not."""
        derived = {each.name for each in self.derived}
        rows: list[Field | Compared | Joined | Unmapped] = [*self.fields, *self.compared, *self.joined, *self.unmapped]
        columns = [row.column for row in rows if row.table == table and row.column not in derived]
        found = self.find_table(table)
        return list(dict.fromkeys([*columns, *(found.key if found else ()), *([found.year] if found and found.year else [])]))

    def list_required(self, table: str) -> list[str]:
        rows: list[Field | Joined] = [*self.fields, *self.joined]
        return list(dict.fromkeys(row.column for row in rows if row.table == table and row.required))

    def list_conversions(self, table: str) -> list[tuple[str, Conversion]]:
        """The column and conversion of each cell that must convert before its row is taken."""
        derived = {each.name for each in self.derived}
        found = [(field.column, field.conversion) for field in self.fields if field.table == table and field.column not in derived]
        found += [(each.column, MONEY) for each in self.compared if each.table == table]
        found += [(each.column, each.conversion) for each in self.joined if each.table == table and each.conversion is not None]
        return found

    def list_money(self, table: str) -> list[tuple[str, str]]:
        """(column, stage) of each money column, once."""
        rows = [(field.column, field.stage) for field in self.fields if field.table == table and field.stage]
        rows += [(each.column, each.stage) for each in self.compared if each.table == table]
        return list(dict(rows).items())
