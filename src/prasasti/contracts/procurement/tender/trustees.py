"""Who may help to open what a process seals (03.8; sealed-proposals: 4, message 2).

Owns that one judgement, which holds for the first round of a process and for each later one alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from prasasti.contracts.governance.roster import find_member
from prasasti.contracts.offices import key_key
from prasasti.contracts.procurement.process import PinnedTrustee
from prasasti.contracts.procurement.rounds import is_key_destroyed
from prasasti.contracts.procurement.seats import TRUSTEE
from prasasti.contracts.procurement.shapes import Trustee
from prasasti.core.contract import View
from prasasti.core.genesis import KeyRecord

MIN_TRUSTEES = 3


def do_trustees_fit(view: View, buyer: str, trustees: Sequence[Trustee], t: int) -> bool:
    """Three at least, more than half of whom open, of different organisations, none the buyer's, no class above its share, each
    with a key that can act."""
    organisations = [trustee.organisation for trustee in trustees]
    n = len(trustees)
    if n < MIN_TRUSTEES or t != n // 2 + 1 or len(dict.fromkeys(organisations)) != n or buyer in organisations:
        return False
    if not all(is_trustees_key(view, trustee.organisation, trustee.key_id) for trustee in trustees):
        return False
    classes = Counter(_find_class(view, organisation) for organisation in organisations)
    return max(classes.values()) <= min(t - 1, n - t)


def is_trustees_key(view: View, organisation: str, key_id: str) -> bool:
    """Whether a key of that id can open what is sealed, and was never said to be destroyed (46): of suite 00 a trustee's own
    signing key."""
    record = view.get(key_key(key_id), KeyRecord)
    is_standing = record is not None and record.until is None and not record.suspended
    is_own = record is not None and record.organisation == organisation and TRUSTEE in record.roles
    return is_standing and is_own and not is_key_destroyed(view, organisation, key_id)


def pin_trustees(trustees: Sequence[Trustee]) -> list[PinnedTrustee]:
    """Trustees as a round pins them; of suite 00 the signing key is its own id."""
    return [PinnedTrustee(each.key_id, each.key_id, each.organisation) for each in trustees]


def _find_class(view: View, organisation: str) -> str:
    """Who is no member is of one class with all others that are none: an officer may know three such firms."""
    member = find_member(view, organisation)
    return member.member_class if member is not None else ""
