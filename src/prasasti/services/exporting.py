"""Reading recorded releases back: as packages of open data, and as one process's story.

Owns choosing which releases and reading their documents, one process at a time. Packages, merging and the story's
lines are ``integrations.ocds``'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prasasti.core.genesis import OrganisationRecord
from prasasti.integrations.ocds.packages import (
    ExportReport,
    LedgerRelease,
    PackageFacts,
    select_current,
    write_record_package,
    write_release_package,
)
from prasasti.integrations.ocds.story import StoryLine, build_story
from prasasti.services.ledger import Ledger
from prasasti.services.releases import RecordedRelease, iterate_releases


class NothingFits(LookupError):
    """No recorded release is what was asked for. ``known`` are ocids that are recorded, a few."""

    def __init__(self, problem: str, known: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.known = known


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export; None leaves a condition out. ``since`` ≤ a release's own date < ``until``, seconds UTC."""

    publisher: str | None = None
    ocid: str | None = None
    buyer: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One process as its releases tell it; buyer and suppliers in the form of the lists."""

    ocid: str
    publisher: str
    buyer: str
    suppliers: list[str]
    lines: list[StoryLine]


def export_records(ledger: Ledger, selection: Selection, path: Path, *, uri: str = "", versioned: bool = False) -> ExportReport:
    """Write a record package of every process that has a release in the selection, with all its releases; NothingFits."""
    processes = _group_processes(ledger, selection)
    facts = _describe_package(ledger, next(iter(processes))[0], uri)
    current = (select_current(_load(ledger, recorded)) for recorded in processes.values())
    return write_record_package(path, current, facts, versioned=versioned)


def export_releases(ledger: Ledger, selection: Selection, path: Path, *, uri: str = "") -> ExportReport:
    """Write a release package of the releases in the selection, each in its newest version; NothingFits."""
    chosen = _select(ledger, selection)
    facts = _describe_package(ledger, chosen[0].publisher, uri)
    newest: dict[tuple[str, str], RecordedRelease] = {}
    for release in chosen:
        if release.kind != "contradiction":
            newest[release.ocid, release.release_id] = release
    return write_release_package(path, (loaded for release in newest.values() for loaded in _load(ledger, [release])), facts)


def tell_story(ledger: Ledger, ocid: str) -> Story:
    """The story of a process; NothingFits names what is recorded instead."""
    recorded = list(iterate_releases(ledger, ocid=ocid))
    if not recorded:
        known = sorted({release.ocid for release in iterate_releases(ledger)})
        raise NothingFits(f"no release of {ocid} is recorded", known[:3])
    newest = recorded[-1]
    suppliers = sorted({supplier for release in recorded for supplier in release.suppliers})
    buyer = next((release.buyer for release in reversed(recorded) if release.buyer), "")
    return Story(ocid, newest.publisher, buyer, suppliers, build_story(list(_load(ledger, recorded))))


def _select(ledger: Ledger, selection: Selection) -> list[RecordedRelease]:
    """Recorded releases that fit, of one publisher: a package speaks for one."""
    found = [
        release
        for release in iterate_releases(ledger, ocid=selection.ocid, buyer=selection.buyer, since=selection.since, until=selection.until)
        if selection.publisher is None or release.publisher == selection.publisher
    ]
    if not found:
        raise NothingFits("no recorded release fits; 'prasasti show' without an ocid lists what is recorded")
    publishers = sorted({release.publisher for release in found})
    if len(publishers) > 1:
        raise NothingFits(f"a package is one publisher's: choose --publisher among {', '.join(publishers)}")
    return found


def _group_processes(ledger: Ledger, selection: Selection) -> dict[tuple[str, str], list[RecordedRelease]]:
    """(publisher, ocid) → all its releases, for every process with a release that fits."""
    wanted = {(release.publisher, release.ocid) for release in _select(ledger, selection)}
    processes: dict[tuple[str, str], list[RecordedRelease]] = {}
    for release in iterate_releases(ledger, ocid=selection.ocid):
        if (release.publisher, release.ocid) in wanted:
            processes.setdefault((release.publisher, release.ocid), []).append(release)
    return processes


def _load(ledger: Ledger, recorded: Sequence[RecordedRelease]) -> Iterator[LedgerRelease]:
    for release in recorded:
        document = ledger.documents.read(release.document)
        yield LedgerRelease(release.position, release.publisher, release.ocid, release.release_id, document, release.kind or "new")


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
