"""Records of ``procurement`` and the keys they stand under, among them those of its gapless lists (``contracts.lists``)."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from msgspec import Struct

from prasasti.contracts import lists
from prasasti.core.contract import View, Write

LIST_PAGE_ITEMS = lists.LIST_PAGE_ITEMS

ListName = Literal["buyer", "publisher", "supplier"]
VersionKind = Literal["contradiction", "new", "update"]


class ReleaseVersion(Struct, frozen=True):
    """One document under a release's id: ``date`` is the release's own, ``time`` the block's, seconds UTC."""

    date: int
    document: str
    kind: VersionKind
    redaction_version: int
    tag: list[str]
    time: int


class ReleaseRecord(Struct, frozen=True):
    """An attested release; ``number`` is its place in the publisher's list, versions oldest first."""

    number: int
    ocid: str
    publisher: str
    release_id: str
    versions: list[ReleaseVersion]


class ListedRelease(Struct, frozen=True):
    """Item of a publisher's list of releases."""

    ocid: str
    release_id: str


class ListedProcess(Struct, frozen=True):
    """Item of a buyer's or supplier's list of processes."""

    ocid: str
    publisher: str


class ListedMark(Struct, frozen=True):
    """A process stands in a party's list, at this number."""

    number: int


def release_key(publisher: str, ocid: str, release_id: str) -> str:
    """Key of a ReleaseRecord (formats: Keys in the state)."""
    return f"procurement/release/{_digest(publisher, ocid, release_id)}"


def listed_key(list_name: ListName, party: str, publisher: str, ocid: str) -> str:
    """Key of a ListedMark."""
    return f"procurement/listed/{_digest(list_name, party, publisher, ocid)}"


def count_key(list_name: ListName, identifier: str) -> str:
    """Key of a list's count."""
    return lists.count_key("procurement", list_name, identifier)


def item_key(list_name: ListName, identifier: str, number: int) -> str:
    """Key of a list's item."""
    return lists.item_key("procurement", list_name, identifier, number)


def append_item(view: View, list_name: ListName, identifier: str, item: Struct) -> tuple[Write, ...]:
    """Writes that put an item at the end of a list; its number is the count before."""
    return lists.append_item(view, "procurement", list_name, identifier, item)


def count_items(view: View, list_name: ListName, identifier: str) -> int:
    """How many items a list has."""
    return lists.count_items(view, "procurement", list_name, identifier)


def list_process(view: View, list_name: ListName, party: str, publisher: str, ocid: str) -> tuple[Write, ...]:
    """Writes that enter a process into a party's list with the first release that names the party."""
    mark = listed_key(list_name, party, publisher, ocid)
    if view.get(mark, ListedMark) is not None:
        return ()
    number = count_items(view, list_name, party)
    return (*append_item(view, list_name, party, ListedProcess(ocid, publisher)), Write(mark, ListedMark(number)))


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:32]
