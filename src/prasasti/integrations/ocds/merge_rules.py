"""How releases of one process merge into one: the project's own table for `ocdsmerge.Merger(merge_rules=…)`.

Owns the table (a test compares it with the rules derived from the official schema) and the calls of ocdsmerge. A path that the
table does not name merges as the standard says by default: objects field by field, lists of objects by their `id`.

Most releases merge without a question, and for those a walk over the objects themselves gives what ocdsmerge gives by way of
a table of all their paths, several times faster. Wherever there is a question (an id twice in a list, a value where an object
was, ids of two types), ocdsmerge answers. A test holds the two together.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

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
    equal_dates = _notice_equal_dates(releases) if len(releases) > 1 else []
    merged = _merge_plainly(releases)
    if merged is not None:
        return merged, equal_dates
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", DuplicateIdValueWarning)
        compiled: dict[str, Any] = _MERGER.create_compiled_release(list(releases))
    repeated = {Notice("", "repeated_id", str(warning.message)[:200]) for warning in caught}
    return compiled, [*equal_dates, *sorted(repeated)]


def merge_releases(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The compiled release alone. Fields may have been left out beforehand: each merges by itself."""
    merged = _merge_plainly(releases)
    if merged is not None:
        return merged
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)
        compiled: dict[str, Any] = _MERGER.create_compiled_release(list(releases))
    return compiled


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


# -- the walk -------------------------------------------------------------------------------------------------------------

_OMIT: Final = "omitWhenMerged"
_WHOLE: Final = "wholeListMerge"


def _build_tree() -> dict[str, Any]:
    """The table as a tree: field → rule, or the tree below it."""
    tree: dict[str, Any] = {}
    for path, rule in MERGE_RULES.items():
        node = tree
        for field in path[:-1]:
            node = node.setdefault(field, {})
        node[path[-1]] = rule
    return tree


_TREE: Final = _build_tree()
_NO_RULES: Final[dict[str, Any]] = {}


class _Questionable(Exception):
    """The walk met what only ocdsmerge answers; caught in `_merge_plainly`."""


class _Object(dict[str, Any]):
    """An object that grows as releases merge; a null stands in it until the end."""


class _List(dict[object, _Object]):
    """A list of objects by their ids, or by a mark of its own for one without."""


def _merge_plainly(releases: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The compiled release, or None where there is a question."""
    merged = _Object()
    ordered = releases if len(releases) == 1 else sort_releases(releases)
    try:
        for release in ordered:
            _merge_object(merged, release, _TREE)
    except _Questionable:
        return None
    newest = ordered[-1]
    ocid, date = newest.get("ocid"), newest.get("date")
    head = {"tag": ["compiled"], "id": f"{ocid}-{date}", "date": date}
    # A release names its ocid; where it was left out beforehand, so it is here.
    return {**head, **_finish_object(merged)} if ocid is not None else _finish_object(merged)


def _merge_object(target: _Object, source: dict[str, Any], rules: dict[str, Any]) -> None:
    for field, value in source.items():
        rule = rules.get(field)
        if rule is _OMIT:
            continue
        kind = type(value)
        if rule is _WHOLE or (kind is not dict and kind is not list):
            if type(target.get(field)) in _GROWING:
                raise _Questionable
            target[field] = value
        elif value:
            below = rule or _NO_RULES
            if kind is dict:
                _merge_object(_grow(target, field, _Object), value, below)
            else:
                _merge_list(target, field, value, below)


def _merge_list(target: _Object, field: str, value: list[Any], rules: dict[str, Any]) -> None:
    if any(type(item) is not dict for item in value):
        if type(target.get(field)) in _GROWING:
            raise _Questionable
        target[field] = value
        return
    merged = _grow(target, field, _List)
    seen = set()
    for item in value:
        identifier: object = item.get("id", _NO_RULES)
        if identifier is _NO_RULES:
            identifier = object()
        elif type(identifier) is not str or identifier in seen:
            raise _Questionable
        seen.add(identifier)
        _merge_object(merged.setdefault(identifier, _Object()), item, rules)


_Growing = TypeVar("_Growing", _Object, _List)
_GROWING: Final = (_Object, _List)


def _grow(target: _Object, field: str, kind: type[_Growing]) -> _Growing:
    """The object or list that stands under a field, new where nothing does."""
    found = target.get(field)
    if type(found) is kind:
        return found
    if field in target:
        raise _Questionable
    made = target[field] = kind()
    return made


def _finish_object(merged: _Object) -> dict[str, Any]:
    """Plain objects and lists, without nulls; an object or list in which no value was ever told is none."""
    finished: dict[str, Any] = {}
    for field, value in merged.items():
        kind = type(value)
        if kind is _Object:
            inner = _finish_object(value)
            if inner or _tells(value):
                finished[field] = inner
        elif kind is _List:
            items = [inner for item in value.values() if (inner := _finish_object(item)) or _tells(item)]
            if items:
                finished[field] = items
        elif value is not None:
            finished[field] = value
    return finished


def _tells(merged: _Object | _List) -> bool:
    """Whether a value, if only null, stands somewhere in it."""
    return any(_tells(value) if type(value) in _GROWING else True for value in merged.values())
