"""The arithmetic of a selection, written a second time: what ``explain`` computes with, so that a fault of the node's own shows.

Owns plain formulas over numbers (procurement-lifecycle, 4 to 6; sealed-proposals, 2 and 3). Imports no rule of a contract.
Money in minor units, shares in basis points, scores in units of 0.0001 point: 1,000,000 is 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256, sha512
from typing import NamedTuple

LARGEST_AMOUNT_MINOR = 2**63 - 1
CONTROL_BP = 5_000
LONGEST_PATH = 8


class Offered(NamedTuple):
    """What is ranked of a proposal; ``tie`` is its tie hash in hex."""

    bidder: str
    price_minor: int
    tkdn_bp: int
    technical: int
    tie: str


class Placed(NamedTuple):
    """Its numbers, and its place, from 1; 0: below the threshold."""

    offer: Offered
    evaluated_e8: int
    points: int
    final: int
    place: int


class Weights(NamedTuple):
    """By what is ranked."""

    selection: str
    technical_bp: int
    threshold: int
    preference_bp: int
    preference_least_tkdn_bp: int


class Tie(NamedTuple):
    """A tag tied to an organisation, in force."""

    tag: str
    relation: str
    organisation: str
    share_bp: int


def compute_bill_minor(quantities_thousandths: Sequence[int], unit_prices_minor: Sequence[int]) -> int:
    """Unit prices stand, at the request's quantities; rounded down once."""
    return sum(quantity * price for quantity, price in zip(quantities_thousandths, unit_prices_minor, strict=True)) // 1_000


def compute_technical_score(weights_bp: Sequence[int], member_scores: Sequence[Sequence[int]]) -> int:
    """Σ weight · Σ member scores / (10,000 · members), rounded down; ``member_scores`` has a list of members' scores a criterion."""
    members = len(member_scores[0])
    return sum(weight * sum(scores) for weight, scores in zip(weights_bp, member_scores, strict=True)) // (10_000 * members)


def compute_evaluated_e8(weights: Weights, price_minor: int, tkdn_bp: int) -> int:
    """HEA in 10⁻⁸ minor units: price · (10⁸ − TKDN · preference), the preference from its least TKDN on."""
    discount = tkdn_bp * weights.preference_bp if tkdn_bp >= weights.preference_least_tkdn_bp else 0
    return price_minor * (10**8 - discount)


def place_offers(weights: Weights, offers: Iterable[Offered]) -> list[Placed]:
    """Offers by their place, then those below the threshold by bidder."""
    all_offers = sorted(offers, key=lambda offer: offer.bidder)
    by_price = weights.selection == "price_only"
    left = [offer for offer in all_offers if by_price or offer.technical >= weights.threshold]
    evaluated = {offer.bidder: compute_evaluated_e8(weights, offer.price_minor, offer.tkdn_bp) for offer in all_offers}
    lowest = min((evaluated[offer.bidder] for offer in left), default=0)
    points = {each.bidder: 1_000_000 * lowest // evaluated[each.bidder] if evaluated[each.bidder] else 1_000_000 for each in left}
    price_bp = 10_000 - weights.technical_bp
    final = {
        each.bidder: 0 if by_price else (weights.technical_bp * each.technical + price_bp * points[each.bidder]) // 10_000 for each in left
    }
    # Ties: higher TKDN, higher technical score, lower price, lowest tie hash.
    left.sort(key=lambda each: (
        evaluated[each.bidder] if by_price else -final[each.bidder], -each.tkdn_bp, -each.technical, each.price_minor, each.tie,
    ))  # fmt: skip
    ranked = [
        Placed(each, evaluated[each.bidder], points[each.bidder], final[each.bidder], place) for place, each in enumerate(left, start=1)
    ]
    return ranked + [Placed(each, evaluated[each.bidder], 0, 0, 0) for each in all_offers if each not in left]


def compute_outcome(choices: Iterable[str], seats: int) -> str:
    """More than half of the seats adopt, or reject; else tied."""
    cast = list(choices)
    if 2 * cast.count("adopt") > seats:
        return "adopted"
    return "rejected" if 2 * cast.count("reject") > seats else "tied"


def compute_parts_minor(price_minor: int, shares_bp: Sequence[int], unit_minor: int) -> list[int]:
    """A price by shares: half-up on the running total, in payment units, so that the parts add up."""
    parts, total_bp, before = [], 0, 0
    for share_bp in shares_bp:
        total_bp += share_bp
        upto = (2 * (price_minor // unit_minor) * total_bp + 10_000) // 20_000 * unit_minor
        parts.append(upto - before)
        before = upto
    return parts


def compute_envelope(round_hex: str, lot: str, slot: str, sealer: str, sealed: bytes) -> str:
    """An envelope's id in hex: its bytes in their context."""
    context = _hash("context", bytes.fromhex(round_hex), lot.encode(), slot.encode(), sealer.encode())
    return _hash("envelope", context, sealed).hex()


def open_plain(sealed: bytes) -> bytes | None:
    """What an envelope of suite 00 holds: all up to the last byte 80, behind which only zeros stand; None where it is malformed."""
    body = sealed[1:].rstrip(b"\0")
    return body[:-1] if body.endswith(b"\x80") else None


def compute_tie_hash(round_hex: str, lot: str, secrets: Iterable[bytes], bidder: str) -> str:
    """Tie hash in hex; ``secrets`` in the order of their envelopes' ids."""
    return sha256(_frame(b"tie", bytes.fromhex(round_hex), lot.encode(), *secrets, bidder.encode())).hexdigest()


def find_shared(held: Mapping[str, set[str]]) -> dict[str, str]:
    """Bidders that have a tag in common with another, and the tag."""
    return {
        bidder: tag
        for bidder, tags in held.items()
        for tag in sorted(tags)
        if any(tag in others for other, others in held.items() if other != bidder)
    }


def list_controllers(ties: Sequence[Tie], organisation: str) -> set[str]:
    """Tags that control an organisation or hold more than half of it, the product along a path of companies."""
    found: set[str] = set()
    best = {organisation: 10_000}
    frontier = [organisation]
    for _ in range(LONGEST_PATH):
        reached: dict[str, int] = {}
        for tie in ties:
            if tie.organisation not in frontier or tie.relation not in ("controller", "owner", "self"):
                continue
            share_bp = best[tie.organisation] * (tie.share_bp if tie.relation == "owner" else 10_000) // 10_000
            if share_bp <= CONTROL_BP:
                continue
            found.add(tie.tag)
            for other in ties:
                if other.tag == tie.tag and other.relation == "self":
                    reached[other.organisation] = max(reached.get(other.organisation, 0), share_bp)
        frontier = sorted(each for each, share_bp in reached.items() if share_bp > best.get(each, 0))
        best |= {each: reached[each] for each in frontier}
    return found


def list_directed(ties: Sequence[Tie], organisation: str) -> set[str]:
    """Tags of an organisation's directors and key persons."""
    return {tie.tag for tie in ties if tie.organisation == organisation and tie.relation in ("director", "key_person")}


def list_person_ties(own: set[str], near: set[str], ties: Sequence[Tie], recent: Sequence[Tie]) -> set[str]:
    """Organisations whose proposals a person may not judge, by own tags and those of close relatives: what these own, run or work
    for, and what that controls (I3); the groups of those for which the person worked lately (I4, ``recent``)."""
    tags = own | near
    found = {tie.organisation for tie in ties if tie.tag in tags and tie.relation != "self"} | _list_controlled(ties, tags)
    for tie in recent:
        if tie.tag in own and tie.relation in ("director", "employee", "key_person"):
            found |= {tie.organisation} | _list_controlled(ties, list_controllers(ties, tie.organisation))
    return found


def list_designers(ties: Sequence[Tie], buyer: str, plan: str) -> set[str]:
    """Organisations tied to a tag that designed or supervised a plan line's works, and what these control."""
    names = (f"designer:{plan}", f"supervisor:{plan}")
    tags = {tie.tag for tie in ties if tie.organisation == buyer and tie.relation in names}
    return ({tie.organisation for tie in ties if tie.tag in tags} | _list_controlled(ties, tags)) - {buyer}


def _list_controlled(ties: Sequence[Tie], tags: set[str]) -> set[str]:
    """Organisations that tags control, themselves or through others that they control."""
    found: set[str] = set()
    for _ in range(LONGEST_PATH):
        controlled = {tie.organisation for tie in ties if tie.tag in tags and _controls(tie)}
        found |= controlled
        tags = {tie.tag for tie in ties if tie.organisation in controlled and tie.relation == "self"}
    return found


def _controls(tie: Tie) -> bool:
    return tie.relation in ("controller", "self") or (tie.relation == "owner" and tie.share_bp > CONTROL_BP)


def _frame(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _hash(label: str, *parts: bytes) -> bytes:
    return sha512(_frame(f"prasasti/seal/1/{label}".encode(), *parts)).digest()[:32]
