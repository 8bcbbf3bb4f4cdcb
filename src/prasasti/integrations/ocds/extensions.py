"""The ten extensions of OCDS that the model knows: their addresses, and the fields by which a release uses each.

Owns what a package declares under `extensions`. Bids, lots and enquiries are pinned to v1.1.5: their current state is for OCDS 1.2.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_OCP: Final = "https://raw.githubusercontent.com/open-contracting-extensions/"
_MEXICO: Final = "https://raw.githubusercontent.com/contratacionesabiertas/"


class Extension(msgspec.Struct, frozen=True):
    """One extension. `fields` are (object of the model, field) pairs; a release that has one of them uses the extension."""

    name: str
    repository: str
    version: str
    fields: frozenset[tuple[str, str]]

    @property
    def url(self) -> str:
        return f"{self.repository}/{self.version}/extension.json"


EXTENSIONS: Final = (
    Extension(
        "beneficialOwners",
        _OCP + "ocds_beneficialOwners_extension",
        "master",
        frozenset({("Organization", "beneficialOwners"), ("OrganizationDetails", "listedOnRegulatedMarket")}),
    ),
    Extension("bids", _OCP + "ocds_bid_extension", "v1.1.5", frozenset({("Release", "bids"), ("Award", "relatedBid")})),
    Extension(
        "contract_completion",
        _OCP + "ocds_contract_completion_extension",
        "master",
        frozenset(("Implementation", field) for field in ("endDate", "endDateDetails", "finalValue", "finalValueDetails")),
    ),
    Extension("enquiries", _OCP + "ocds_enquiry_extension", "v1.1.5", frozenset({("Tender", "enquiries")})),
    Extension("guarantees", _MEXICO + "ocds_guarantees_extension", "master", frozenset({("Contract", "guarantees")})),
    Extension(
        "lots",
        _OCP + "ocds_lots_extension",
        "v1.1.5",
        frozenset({("Tender", "lots"), ("Tender", "lotDetails"), ("Tender", "lotGroups"), ("Item", "relatedLot")})
        | {(name, "relatedLots") for name in ("Award", "Document", "Milestone", "Bid")},
    ),
    Extension(
        "performance_failures",
        _OCP + "ocds_performance_failures_extension",
        "master",
        frozenset({("Implementation", "performanceFailures")}),
    ),
    Extension(
        "requirements",
        _OCP + "ocds_requirements_extension",
        "master",
        frozenset({("Tender", "criteria"), ("Bid", "requirementResponses")}),
    ),
    Extension("signatories", _OCP + "ocds_contract_signatories_extension", "master", frozenset({("Contract", "signatories")})),
    Extension(
        "transaction_milestones",
        _OCP + "ocds_transactions_relatedMilestone_extension",
        "v1.1",
        frozenset({("Transaction", "relatedImplementationMilestone")}),
    ),
)


_FIELD_NAMES: Final = re.compile(
    b'"(?:' + b"|".join(sorted({field.encode() for extension in EXTENSIONS for _, field in extension.fields})) + b')"'
)  # fmt: skip


def may_use_extensions(document: bytes) -> bool:
    """Whether a name of an extension's field stands in a document; most have none, and need not be walked for it.

    A key may be written with escapes: such a document is walked.
    """
    return _FIELD_NAMES.search(document) is not None or b"\\u" in document


def is_known_extension(url: str) -> bool:
    """Whether a declared address is one of the ten, in any version of it."""
    return any(url.startswith(extension.repository + "/") for extension in EXTENSIONS)


def find_extensions(fields_used: set[tuple[str, str]]) -> list[str]:
    """The addresses of the extensions that the given fields (of `checking.find_fields_used`) belong to, sorted."""
    return sorted(extension.url for extension in EXTENSIONS if extension.fields & fields_used)
