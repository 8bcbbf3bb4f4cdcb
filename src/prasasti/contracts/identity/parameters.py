"""Fixed bounds of ``identity``: the roles that a key can be given."""

from __future__ import annotations

MAX_ROLES = 16

# Every role of every contract's table that a key can hold; ``identity.new_key`` and ``identity.holder`` are not given.
KNOWN_ROLES = (
    "governance.auditor",
    "governance.officer",
    "identity.registrar",
    "procurement.officer",
    "procurement.publisher",
)
# Roles reserved to members of one class.
ROLE_CLASSES = {"governance.auditor": "auditor"}
