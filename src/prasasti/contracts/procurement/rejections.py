"""Numbered refusals of ``procurement``. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

LOST_IN_BLOCK = Rejection("procurement.00.1", "a signer's key, role or standing was lost earlier in the block")
DOCUMENT_UNFIT = Rejection("procurement.00.5", "the document is no JSON, or larger than a release may be")
NOT_PUBLISHER = Rejection("procurement.45.1", "the publisher is not the actor, or not registered for the ocid's prefix")
TAG_UNKNOWN = Rejection("procurement.45.2", "a tag is not in the codelist of OCDS 1.1")
TOO_MANY_VERSIONS = Rejection("procurement.45.3", "the release has as many versions as a release may have")
