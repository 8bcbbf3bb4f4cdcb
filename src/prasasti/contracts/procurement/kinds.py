"""The kinds of procurement, fixed with the plan (01), and what differs between them whatever the ledger's profile.

Owns what follows from the nature of a kind. Figures that law or State set a kind are parameters (``parameters``).
"""

from __future__ import annotations

from typing import NamedTuple

WORKS, GOODS, SERVICES, CONSULTANCY, SOCIAL = "works", "goods", "services", "consultancy", "social"


class Kind(NamedTuple):
    """A row of procurement-lifecycle, 3: Kinds.

    ``category`` and ``additional`` are OCDS ``mainProcurementCategory`` and ``additionalProcurementCategories``.
    ``quantities`` says how an accepted quantity is established. ``prequalified`` kinds ask for a qualification and two files
    before; ``negotiated`` ones negotiate the price down before 25; of ``designed`` ones who designed or supervises may not
    propose (I5). Where ``retained`` is false money is retained only beside a warranty. ``periodic`` milestones may be spans
    of time. ``by_community``: an organisation of citizens may do it without a tender (28).
    """

    category: str
    quantities: str
    additional: tuple[str, ...] = ()
    by_community: bool = False
    designed: bool = False
    negotiated: bool = False
    periodic: bool = False
    prequalified: bool = False
    retained: bool = False


KINDS = {
    CONSULTANCY: Kind("services", "stated", additional=("consultingServices",), negotiated=True, prequalified=True),
    GOODS: Kind("goods", "counted"),
    SERVICES: Kind("services", "counted", periodic=True),
    SOCIAL: Kind("services", "counted", by_community=True, periodic=True),
    WORKS: Kind("works", "measured", designed=True, retained=True),
}
