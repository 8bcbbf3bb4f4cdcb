"""How releases of one process merge into one: the project's own table for `ocdsmerge.Merger(merge_rules=…)`.

Owns the table (a test compares it with the rules derived from the official schema) and the two calls of ocdsmerge. A path that the
table does not name merges as the standard says by default: objects field by field, lists of objects by their `id`.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import ocdsmerge
from ocdsmerge.exceptions import DuplicateIdValueWarning
from ocdsmerge.merge import CompiledRelease

from prasasti.integrations.ocds.problems import Notice

OMITTED: Final = ("id", "date", "tag")
"""They belong to a release, not to the process; the merged release gets its own."""

WHOLE_LISTS: Final = (
    # Lists that replace the earlier list as a whole, since their items have no identity.
    "parties.additionalIdentifiers",
    "parties.roles",
    "parties.beneficialOwners.nationalities",
    "buyer.additionalIdentifiers",
    "planning.documents.relatedLots",
    "planning.milestones.documents.relatedLots",
    "planning.milestones.relatedLots",
    "tender.procuringEntity.additionalIdentifiers",
    "tender.items.additionalClassifications",
    "tender.additionalProcurementCategories",
    "tender.submissionMethod",
    "tender.tenderers.additionalIdentifiers",
    "tender.documents.relatedLots",
    "tender.milestones.documents.relatedLots",
    "tender.milestones.relatedLots",
    "tender.amendments.changes",
    "tender.amendment.changes",
    "tender.lotGroups.relatedLots",
    "tender.enquiries.author.additionalIdentifiers",
    "tender.criteria.relatedLots",
    "bids.details.relatedLots",
    "bids.details.tenderers.additionalIdentifiers",
    "bids.details.documents.relatedLots",
    "awards.suppliers.additionalIdentifiers",
    "awards.items.additionalClassifications",
    "awards.documents.relatedLots",
    "awards.amendments.changes",
    "awards.amendment.changes",
    "awards.relatedLots",
    "contracts.items.additionalClassifications",
    "contracts.documents.relatedLots",
    "contracts.implementation.transactions.payer.additionalIdentifiers",
    "contracts.implementation.transactions.payee.additionalIdentifiers",
    "contracts.implementation.milestones.documents.relatedLots",
    "contracts.implementation.milestones.relatedLots",
    "contracts.implementation.documents.relatedLots",
    "contracts.relatedProcesses.relationship",
    "contracts.milestones.documents.relatedLots",
    "contracts.milestones.relatedLots",
    "contracts.amendments.changes",
    "contracts.amendment.changes",
    "contracts.signatories.additionalIdentifiers",
    "contracts.guarantees.guarantor.additionalIdentifiers",
    "relatedProcesses.relationship",
)

MERGE_RULES: Final[dict[tuple[str, ...], str]] = {
    **{(field,): "omitWhenMerged" for field in OMITTED},
    **{tuple(path.split(".")): "wholeListMerge" for path in WHOLE_LISTS},
}

_MERGER: Final = ocdsmerge.Merger(merge_rules=MERGE_RULES)


def sort_releases(releases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The order in which they merge: by the text of their dates, equal ones as given, so in the order of the log."""
    return sorted(releases, key=lambda release: str(release["date"]))


def compile_release(releases: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], list[Notice]]:
    """The compiled release of one process's releases (valid, in the order of the log), and what was ambiguous in them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DuplicateIdValueWarning)
        compiled: dict[str, Any] = _MERGER.create_compiled_release(list(releases))
    repeated = {Notice("", "repeated_id", str(warning.message)[:200]) for warning in caught}
    return compiled, [*_notice_equal_dates(releases), *sorted(repeated)]


def iterate_merged(releases: Sequence[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each release in the order of merging, with the compiled release of all up to it."""
    merged = CompiledRelease(merge_rules=MERGE_RULES)
    for release in sort_releases(releases):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DuplicateIdValueWarning)
            merged.append(release)
        yield release, merged.asdict()


def version_release(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The versioned release: every value with the release that said it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        versioned: dict[str, Any] = _MERGER.create_versioned_release(list(releases))
    return versioned


def _notice_equal_dates(releases: Sequence[dict[str, Any]]) -> list[Notice]:
    counts = Counter(str(release["date"]) for release in releases)
    return [Notice("date", "equal_dates", date) for date, count in sorted(counts.items()) if count > 1]
