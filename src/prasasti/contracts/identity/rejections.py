"""Numbered refusals of ``identity``. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

LOST_IN_BLOCK = Rejection("identity.00.1", "a signer's key, role or standing was lost earlier in the block")
FOREIGN_ORGANISATION = Rejection("identity.01.1", "the registrar may not register keys of that organisation")
KEY_BOUND = Rejection("identity.01.2", "the key is bound already, or was once")
ROLE_NOT_ALLOWED = Rejection("identity.01.3", "a role is unknown, or not for that organisation")
FOREIGN_KEY = Rejection("identity.02.1", "the key is neither the signer's own nor one that the registrar may end")
KEY_ENDED = Rejection("identity.02.2", "the key has ended already")
LAST_REGISTRAR = Rejection("identity.02.3", "the key is the last registrar's of its organisation")
