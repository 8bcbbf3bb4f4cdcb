"""Fixed bounds and codelists of ``procurement``."""

from __future__ import annotations

MAX_OCID_BYTES = 128
MAX_RELEASE_ID_BYTES = 256
MAX_SUPPLIERS = 50
MAX_VERSIONS = 64
MAX_RELEASE_BYTES = 8 * 2**20
MAX_PARTY_BYTES = 100
RELEASE_MEDIA_TYPE = "application/json"

# Codelist releaseTag of OCDS 1.1.5, which is closed.
RELEASE_TAGS = (
    "award",
    "awardCancellation",
    "awardUpdate",
    "compiled",
    "contract",
    "contractAmendment",
    "contractTermination",
    "contractUpdate",
    "implementation",
    "implementationUpdate",
    "planning",
    "planningUpdate",
    "tender",
    "tenderAmendment",
    "tenderCancellation",
    "tenderUpdate",
)
