"""Reading recorded releases back: as packages of open data, and as flat tables.

Owns choosing which processes and reading their documents, a page of them at a time, whatever there is in all. Packages and
merging are ``integrations.ocds``'s, the conditions the read model's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from prasasti.core.genesis import OrganisationRecord
from prasasti.integrations.ocds.packages import (
    ExportReport,
    LedgerRelease,
    PackageFacts,
    select_current,
    write_atomically,
    write_compiled_releases,
    write_record_package,
    write_release_package,
)
from prasasti.readmodel import queries
from prasasti.readmodel.cells import spell_cell
from prasasti.readmodel.queries import SECTIONS, Conditions
from prasasti.services.ledger import Ledger
from prasasti.services.projecting import open_current
from prasasti.services.reading import load_versions
from prasasti.services.releases import NothingFits

Progress = Callable[[int, int], None]


def export_records(
    ledger: Ledger, conditions: Conditions, path: Path, *, uri: str = "", versioned: bool = False, progress: Progress | None = None
) -> ExportReport:
    """Write a record package of every process that fits, with all its releases; NothingFits."""
    with open_current(ledger, progress) as model, model.reading() as connection:
        facts = _describe_package(ledger, _find_publisher(connection, conditions), uri)
        processes = _iterate_processes(ledger, connection, conditions, progress)
        return write_record_package(path, processes, facts, versioned=versioned)


def export_compiled(ledger: Ledger, conditions: Conditions, path: Path, *, progress: Progress | None = None) -> ExportReport:
    """Write the compiled release of every process that fits, one a line; NothingFits."""
    with open_current(ledger, progress) as model, model.reading() as connection:
        _find_publisher(connection, conditions)
        return write_compiled_releases(path, _iterate_processes(ledger, connection, conditions, progress))


def export_releases(ledger: Ledger, conditions: Conditions, path: Path, *, uri: str = "", progress: Progress | None = None) -> ExportReport:
    """Write a release package of the processes that fit, each release in its newest version; NothingFits.

    Where the conditions name dates, only releases of these dates.
    """
    with open_current(ledger, progress) as model, model.reading() as connection:
        facts = _describe_package(ledger, _find_publisher(connection, conditions), uri)
        current = (release for process in _iterate_processes(ledger, connection, conditions, progress) for release in process)
        return write_release_package(path, (release for release in current if _is_dated(release, conditions)), facts)


def export_tables(ledger: Ledger, conditions: Conditions, folder: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Write one CSV file a section into a folder, each row with its publisher and ocid; rows by section. NothingFits.

    Each file appears under its name whole or not at all; a crash leaves the earlier ones, or some of the new ones.
    """
    counts = dict.fromkeys(SECTIONS, 0)
    with open_current(ledger, progress) as model, model.reading() as connection:
        total = queries.count_processes(connection, conditions, 2**62)
        if total == 0:
            raise _nothing_fits()
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            writers = {section: _open_section(stack, folder / f"{section}.csv", section) for section in SECTIONS}
            done = 0
            for page in queries.iterate_pages(connection, conditions):
                for section, writer in writers.items():
                    rows = queries.list_section(connection, section, page)
                    writer.writerows([spell_cell(cell) for cell in row] for row in rows)
                    counts[section] += len(rows)
                done += len(page)
                if progress is not None:
                    progress(done, total)
    return counts


def _open_section(stack: ExitStack, path: Path, section: str) -> Any:
    """A CSV writer (RFC 4180) of a section, its header written."""
    binary = stack.enter_context(write_atomically(path))
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="", write_through=True)
    stack.callback(text.detach)  # the file itself is closed by what made it
    writer = csv.writer(text)
    writer.writerow(["publisher", "ocid", *SECTIONS[section].c.keys()])
    return writer


def _find_publisher(connection: Connection, conditions: Conditions) -> str:
    """The one publisher of what fits: a package speaks for one."""
    publishers = queries.list_publishers(connection, conditions)
    if not publishers:
        raise _nothing_fits()
    if len(publishers) > 1:
        raise NothingFits(f"a package is one publisher's: choose --publisher among {', '.join(publishers)}")
    return publishers[0]


def _nothing_fits() -> NothingFits:
    return NothingFits("no recorded release fits; 'prasasti show' without an ocid lists what is recorded")


def _iterate_processes(
    ledger: Ledger, connection: Connection, conditions: Conditions, progress: Progress | None
) -> Iterator[list[LedgerRelease]]:
    """The releases of each process that fits, in the order of the processes' first releases, newest versions only."""
    total = queries.count_processes(connection, conditions, 2**62) if progress is not None else 0
    done = 0
    for page in queries.iterate_pages(connection, conditions):
        loaded = load_versions(ledger, connection, queries.list_versions(connection, page))
        for _, versions in groupby(loaded, lambda version: (version.publisher, version.ocid)):
            yield select_current(versions)
        done += len(page)
        if progress is not None:
            progress(done, total)


def _is_dated(release: LedgerRelease, conditions: Conditions) -> bool:
    since, until = conditions.dated_since, conditions.dated_until
    return (since is None or release.date >= since) and (until is None or release.date < until)


def _describe_package(ledger: Ledger, publisher: str, uri: str) -> PackageFacts:
    """What the package says of itself; dated by the ledger's newest block, so that equal ledgers export equal bytes."""
    record = ledger.state.get(f"identity/organisation/{publisher}", OrganisationRecord)
    newest = datetime.fromtimestamp(ledger.database.read_tip().time, UTC)
    return PackageFacts(
        uri=uri or f"urn:prasasti:{ledger.chain}:{publisher}",
        published_date=newest.strftime("%Y-%m-%dT%H:%M:%SZ"),
        publisher_name=publisher,
        licence=record.licence if record is not None else "",
        publication_policy=record.publication_policy if record is not None else "",
    )
