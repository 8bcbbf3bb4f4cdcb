"""Rows of ``identity`` for the tables that all contracts share: who may sign, what is refused, what is written."""

from __future__ import annotations

from typing import Any

from tests.contracts.plays import Play, Step, after, do, holder, in_one_block, officer, registrar, wait
from tests.core.examples import AUDITOR, OFFICER, PUBLISHER, REGISTRAR, SCAN, attestation, registration
from tests.core.ledger import ACCEPTED, START, Ledger, Signer, key_of

HOUR, DAY = 3_600, 86_400
NOW = START + 60
OFFICE = 730 * DAY
OPERATORS = registrar("operator-1")
SECOND_REGISTRAR = registrar("agency-1", "second")
THIRD_REGISTRAR = registrar("agency-1", "third")

# The roles that may stand at each place among the signers, the other places being in order.
_REGISTRAR, _HOLDER, _NEW_KEY = {"identity.registrar"}, {"identity.holder"}, {"identity.new_key"}
_VOUCHERS = {"governance.auditor", "governance.officer", "governance.recovery", "identity.registrar"}
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("identity.register_key", 0): _REGISTRAR,
    ("identity.register_key", 1): _NEW_KEY,
    ("identity.end_key", 0): _HOLDER | _REGISTRAR,
    ("identity.rotate_key", 0): _HOLDER,
    ("identity.rotate_key", 1): _NEW_KEY,
    ("identity.grant_office", 0): _REGISTRAR,
    ("identity.end_office", 0): _HOLDER | _REGISTRAR,
    ("identity.delegate_office", 0): _HOLDER,
    ("identity.announce_recovery", 0): _VOUCHERS,
    ("identity.announce_recovery", 1): _VOUCHERS,
    ("identity.object_recovery", 0): _HOLDER | _REGISTRAR,
    ("identity.complete_recovery", 0): _HOLDER,
    ("identity.complete_recovery", 1): _NEW_KEY,
    ("identity.confirm_acts", 0): _HOLDER | {"governance.officer"},
    ("identity.attest_tag", 0): _REGISTRAR,
    ("identity.register_organisation", 0): _REGISTRAR,
    ("identity.register_organisation", 1): _NEW_KEY,
    ("identity.register_publisher", 0): _REGISTRAR | {"governance.auditor"},
    ("identity.review_offices", 0): _REGISTRAR | {"governance.officer"},
    ("identity.review_offices", 1): _REGISTRAR | {"governance.officer"},
    ("identity.close_organisation", 0): _REGISTRAR,
    ("identity.close_organisation", 1): _REGISTRAR,
}


def new_key(name: str) -> Signer:
    return (name, "identity.new_key")


def register(name: str = "agency-1/new", *signers: Signer, **changes: Any) -> Play:
    """A registrar, of agency-1 unless named, registers the key of a name."""
    return do("identity.register_key", registration(name) | changes, *(signers or (REGISTRAR,)), new_key(name))


def end(name: str, signer: Signer, **more: Any) -> Play:
    return do("identity.end_key", {"key": key_of(name)} | more, signer)


def rotate(old: str, new: str, handle: str, roles: list[str], signer: str = "", organisation: str = "") -> Play:
    arguments = {
        "handle": handle,
        "key": key_of(new),
        "old": key_of(old),
        "organisation": organisation or old.partition("/")[0],
        "roles": roles,
    }
    return do("identity.rotate_key", arguments, holder(signer or old), new_key(new))


def grant(name: str, role: str, *signers: Signer, until: int = NOW + 30 * DAY) -> Play:
    return do("identity.grant_office", {"key": key_of(name), "role": role, "until": until}, *(signers or (REGISTRAR,)))


def end_office(name: str, role: str, signer: Signer = REGISTRAR) -> Play:
    return do("identity.end_office", {"key": key_of(name), "role": role}, signer)


def delegate(giver: str, taker: str, role: str, until: int = NOW + 30 * DAY) -> Play:
    return do("identity.delegate_office", {"key": key_of(taker), "role": role, "until": until}, holder(giver))


def announce(old: str, new: str, *signers: Signer, recovery: str = "r-1", document: dict[str, Any] = SCAN) -> Play:
    """By operator-1's registrar and an auditor, unless named."""
    arguments = {"document": document, "key": key_of(new), "old": key_of(old), "recovery": recovery}
    return do("identity.announce_recovery", arguments, *(signers or (OPERATORS, AUDITOR)))


def object_to(signer: Signer, recovery: str = "r-1", reason: str = "key_not_lost") -> Play:
    return do("identity.object_recovery", {"reason": reason, "recovery": recovery}, signer)


def complete(
    old: str, new: str, handle: str, roles: list[str], held_back: list[str] | None = None, /, recovery: str = "r-1", **changes: Any
) -> Play:
    arguments = {
        "handle": handle,
        "held_back": held_back or [],
        "key": key_of(new),
        "old": key_of(old),
        "organisation": old.partition("/")[0],
        "recovery": recovery,
        "roles": roles,
    }
    return do("identity.complete_recovery", arguments | changes, holder("citizens-1/officer"), new_key(new))


def confirm(name: str, signer: Signer, *ids: str, finding: str = "own", **more: Any) -> Play:
    return do("identity.confirm_acts", {"finding": finding, "ids": sorted(ids), "key": key_of(name)} | more, signer)


def found(organisation: str = "supplier-1", signer: Signer = REGISTRAR, **roles_by_name: list[str]) -> Play:
    """A member's registrar registers an organisation with keys of these names."""
    roles = roles_by_name or {"registrar": ["identity.registrar"]}
    keys = [{"handle": name.partition("_")[0], "key": key_of(f"{organisation}/{name}"), "roles": each} for name, each in roles.items()]
    arguments = {"class": "", "keys": sorted(keys, key=lambda key: str(key["key"])), "organisation": organisation}
    return do("identity.register_organisation", arguments, signer, *(new_key(f"{organisation}/{name}") for name in roles))


def publish(organisation: str, *prefixes: str, signer: Signer = REGISTRAR) -> Play:
    arguments = {"licence": "CC-BY-4.0", "ocid_prefixes": sorted(prefixes), "organisation": organisation, "publication_policy": ""}
    return do("identity.register_publisher", arguments, signer)


def tie(relation: str = "director", signer: Signer = REGISTRAR, **changes: Any) -> Play:
    """A registrar ties a tag to publisher-1, or to another organisation or person."""
    arguments = attestation(relation) | changes
    return do("identity.attest_tag", {name: value for name, value in arguments.items() if value is not None}, signer)


def of_person(relation: str = "self", organisation: str = "operator-1", **changes: Any) -> Play:
    return tie(relation, organisation=None, person={"handle": "officer", "organisation": organisation}, **changes)


def tie_often(times: int) -> Play:
    """So many ties, then one more."""

    def play(ledger: Ledger) -> str:
        arguments, number = attestation("director"), 0
        while number < times:
            size = min(100, times - number)
            steps = [ledger.sign("identity.attest_tag", arguments, REGISTRAR) for _ in range(size)]
            assert ledger.seal(*steps) == [ACCEPTED] * size
            number += size
        return tie()(ledger)

    return play


def review(quarter: str, keys: int, offices: int, *signers: Signer) -> Play:
    arguments = {"keys": keys, "offices": offices, "quarter": quarter}
    return do("identity.review_offices", arguments, *(signers or (REGISTRAR, OFFICER)))


def close(organisation: str, *signers: Signer, reason: str = "merged") -> Play:
    return do("identity.close_organisation", {"organisation": organisation, "reason": reason}, *signers)


PAYER = register("agency-1/payer", handle="payer", roles=["treasury.payer"])
PAYER_LOST = after(
    PAYER,
    announce("agency-1/payer", "agency-1/payer-2"),
    wait(72 * HOUR),
    complete("agency-1/payer", "agency-1/payer-2", "payer", [], ["treasury.payer"]),
)
OFFICER_LOST = announce(OFFICER[0], "agency-1/new")
OFFICER_BACK = complete(OFFICER[0], "agency-1/new", "officer", ["governance.officer"])
SECOND = register("agency-1/second", roles=["identity.registrar"])
THIRD = register("agency-1/third", REGISTRAR, SECOND_REGISTRAR, handle="person-2", roles=["identity.registrar"])
THREE = after(SECOND, THIRD)
PUBLISHERS_REGISTRAR = register("publisher-1/registrar", roles=["identity.registrar"])
DESK = register("agency-1/desk", handle="desk", roles=["governance.desk"])
SUSPECT = after(register(), end(OFFICER[0], REGISTRAR, suspect_since=START))
WITHOUT_REVIEWS = after(register(), wait(300 * DAY))
RECOVERY_KEY = register("agency-1/recovery", handle="recovery", roles=["governance.recovery"])
END_OFFICER: Step = ("identity.end_key", {"key": key_of(OFFICER[0])}, (REGISTRAR,))
END_ITSELF: Step = ("identity.end_key", {"key": key_of(OFFICER[0])}, (holder(OFFICER[0]),))
LONG_FILE = SCAN | {"size": 8 * 2**20 + 1}
ACT, OTHER_ACT = "44" * 32, "55" * 32


def register_in_block(name: str, handle: str) -> Step:
    return ("identity.register_key", registration(name, handle=handle), (REGISTRAR, new_key(name)))


# With its officer and its registrar 64 people, and one who is neither.
CROWD = after(*(register(f"agency-1/{name}", handle=name, roles=[role]) for name, role in (
    *((f"crowd-{number}", "governance.officer") for number in range(62)), ("desk", "governance.desk"),
)))  # fmt: skip

ROWS: dict[str, tuple[str, Play]] = {
    # identity.00
    "a holder's key ended earlier in the block": ("identity.00.1", in_one_block(END_OFFICER, END_ITSELF)),
    # identity.01
    "a key of one's own organisation": (ACCEPTED, register()),
    "a publisher's key, by a founder": (ACCEPTED, register("publisher-1/new", roles=["procurement.publisher"])),
    "another office for whom one is held back": (
        ACCEPTED, after(PAYER_LOST, register("agency-1/spare", handle="payer", roles=["procurement.publisher"]))),
    "an office that is held back": (
        "identity.00.2", after(PAYER_LOST, register("agency-1/spare", handle="payer", roles=["treasury.payer"]))),
    "another member's key": ("identity.01.1", register("operator-1/new")),
    "an unknown organisation's key": ("identity.01.1", register(organisation="agency-9")),
    "a publisher's key, by who is no founder": (
        "identity.01.1", after(SECOND, register("publisher-1/new", SECOND_REGISTRAR))),
    "another publisher's key, by a publisher": (
        "identity.01.1", after(PUBLISHERS_REGISTRAR, register("publisher-2/new", registrar("publisher-1")))),
    "a publisher's key, by a founder, once it has a registrar": (
        "identity.01.1", after(PUBLISHERS_REGISTRAR, register("publisher-1/new"))),
    "a publisher's own key, by its registrar": (
        ACCEPTED, after(PUBLISHERS_REGISTRAR, register("publisher-1/new", registrar("publisher-1")))),
    "a closed publisher's key": ("identity.01.1", after(close("publisher-1", REGISTRAR, OPERATORS), register("publisher-1/new"))),
    "a key that is bound": ("identity.01.2", after(register(), register())),
    "a key that another organisation has": ("identity.01.2", register("operator-1/officer", organisation="agency-1")),
    "a key that was bound once": ("identity.01.2", after(register(), end("agency-1/new", REGISTRAR), register())),
    "a key twice in a block": (
        "identity.01.2", in_one_block(register_in_block("agency-1/new", "a"), register_in_block("agency-1/new", "b"))),
    "an unknown role": ("identity.01.3", register(roles=["governance.king"])),
    "a known role and an unknown one": ("identity.01.3", register(roles=["governance.officer", "some.role"])),
    "the role of every key": ("identity.01.3", register(roles=["identity.holder"])),
    "the role of no key": ("identity.01.3", register(roles=["identity.new_key"])),
    "an auditor's role for an agency": ("identity.01.3", register(roles=["governance.auditor"])),
    "an auditor's role for a publisher": ("identity.01.3", register("publisher-1/new", roles=["governance.auditor"])),
    "an auditor's role for an auditor": (ACCEPTED, register("auditor-1/new", registrar("auditor-1"), roles=["governance.auditor"])),
    "a witness's role for a publisher": ("identity.01.3", register("publisher-1/new", roles=["governance.witness"])),
    "a witness's role for a member": (ACCEPTED, register(roles=["governance.witness"])),
    "roles that go together": (
        ACCEPTED, register(roles=["governance.officer", "identity.registrar", "procurement.officer", "procurement.publisher"])),
    "two roles that exclude one another": ("identity.01.4", register(roles=["treasury.approver", "treasury.payer"])),
    "a role that a spare key's excludes": (
        "identity.01.4", after(PAYER, register("agency-1/spare", handle="payer", roles=["treasury.budget"]))),
    "the same role for another person": (
        ACCEPTED, after(PAYER, register("agency-1/spare", handle="other", roles=["treasury.budget"]))),
    "a role that what is held back excludes": (
        "identity.01.4", after(PAYER_LOST, register("agency-1/spare", handle="payer", roles=["treasury.budget"]))),
    "a role that an ended key's would have excluded": (
        ACCEPTED, after(PAYER, end("agency-1/payer", REGISTRAR), register(handle="payer", roles=["treasury.budget"]))),
    "until the longest time": (ACCEPTED, register(until=NOW + OFFICE)),
    "beyond it": ("identity.01.5", register(until=NOW + OFFICE + 1)),
    "a second ahead": (ACCEPTED, register(until=NOW + 1)),
    "until now": ("identity.01.5", register(until=NOW)),
    "a registrar with a date": ("identity.01.5", register(roles=["identity.registrar"], until=NOW + DAY)),
    "a machine with a date": ("identity.01.5", register(roles=["governance.store"], until=NOW + DAY)),
    "an officer by one of two registrars": ("identity.01.6", after(SECOND, register())),
    "an officer by both": (ACCEPTED, after(SECOND, register("agency-1/new", REGISTRAR, SECOND_REGISTRAR))),
    "a clerk by one of two registrars": (ACCEPTED, after(SECOND, register(roles=["procurement.publisher"]))),
    "an officer by two keys of one registrar": ("identity.01.6", after(
        register("agency-1/spare", handle="registrar", roles=["identity.registrar"]),
        SECOND,
        register("agency-1/new", REGISTRAR, registrar("agency-1", "spare")),
    )),
    "an officer by one of another organisation": ("identity.01.6", after(SECOND, register("agency-1/new", REGISTRAR, OPERATORS))),
    "two quarters without a review": ("identity.01.7", after(WITHOUT_REVIEWS, register("agency-1/later"))),
    "two quarters without a review, and only one person to make it": (ACCEPTED, after(
        found(), wait(300 * DAY), register("supplier-1/later", registrar("supplier-1")))),
    "one of them made up for": (ACCEPTED, after(WITHOUT_REVIEWS, review("2026-Q2", 3, 3), register("agency-1/later"))),
    "a person's third key": (ACCEPTED, after(
        *[register(f"agency-1/{number}", handle="clerk", roles=["procurement.publisher"]) for number in "123"])),
    "a 65th officer": ("identity.01.9", after(CROWD, register("agency-1/late", handle="late", roles=["governance.officer"]))),
    "a 65th person who is no officer": (ACCEPTED, after(CROWD, register("agency-1/late", handle="late", roles=["governance.desk"]))),
    "a second office of one of 64": (ACCEPTED, after(CROWD, grant(OFFICER[0], "identity.registrar"))),
    "a person's fourth key": ("identity.01.8", after(
        *[register(f"agency-1/{number}", handle="clerk", roles=["procurement.publisher"]) for number in "1234"])),
    # identity.02
    "one's own key": (ACCEPTED, end(OFFICER[0], holder(OFFICER[0]))),
    "a key of the registrar's organisation": (ACCEPTED, end(OFFICER[0], REGISTRAR, reason="stolen")),
    "for a reason that is none": ("identity.00.6", end(OFFICER[0], REGISTRAR, reason="whim")),
    "a publisher's key, by a founding registrar": (ACCEPTED, end(PUBLISHER[0], REGISTRAR)),
    "a colleague's key": ("identity.02.1", end(REGISTRAR[0], holder(OFFICER[0]))),
    "a registrar that acts as a holder": ("identity.02.1", end(OFFICER[0], holder(REGISTRAR[0]))),
    "another member's officer": ("identity.02.1", end("operator-1/officer", REGISTRAR)),
    "a key that nobody has": ("identity.02.1", end("agency-1/nobody", REGISTRAR)),
    "a publisher's key, by a later registrar": ("identity.02.1", after(SECOND, end(PUBLISHER[0], SECOND_REGISTRAR))),
    "a key that has ended": ("identity.02.2", after(end(OFFICER[0], REGISTRAR), end(OFFICER[0], REGISTRAR))),
    "the last registrar, by itself": ("identity.02.3", end(REGISTRAR[0], REGISTRAR)),
    "the last registrar, as a holder": ("identity.02.3", end(REGISTRAR[0], holder(REGISTRAR[0]))),
    "the last but one": (ACCEPTED, after(SECOND, end(REGISTRAR[0], SECOND_REGISTRAR))),
    "the last one after that": ("identity.02.3", after(SECOND, end(REGISTRAR[0], REGISTRAR), end("agency-1/second", SECOND_REGISTRAR))),
    "the last of three": ("identity.02.3", after(
        THREE, end(REGISTRAR[0], REGISTRAR), end("agency-1/second", THIRD_REGISTRAR), end("agency-1/third", THIRD_REGISTRAR))),
    "a registrar's one key of two": (ACCEPTED, after(
        register("agency-1/spare", handle="registrar", roles=["identity.registrar"]), end(REGISTRAR[0], REGISTRAR))),
    "a publisher's only registrar": (
        "identity.02.3", after(PUBLISHERS_REGISTRAR, end("publisher-1/registrar", registrar("publisher-1")))),
    "both registrars in a block": ("identity.02.3", after(SECOND, in_one_block(
        *[("identity.end_key", {"key": key_of(f"agency-1/{name}")}, (holder(f"agency-1/{name}"),)) for name in ("registrar", "second")]
    ))),
    "two registrars end each other in a block": ("identity.00.1", after(SECOND, in_one_block(
        ("identity.end_key", {"key": key_of("agency-1/second")}, (REGISTRAR,)),
        ("identity.end_key", {"key": key_of(REGISTRAR[0])}, (SECOND_REGISTRAR,)),
    ))),
    "suspect from its first moment": (ACCEPTED, end(OFFICER[0], REGISTRAR, suspect_since=START)),
    "suspect before that": ("identity.02.4", end(OFFICER[0], REGISTRAR, suspect_since=START - 1)),
    "suspect since now": (ACCEPTED, end(OFFICER[0], REGISTRAR, suspect_since=NOW)),
    "suspect in the future": ("identity.02.4", end(OFFICER[0], REGISTRAR, suspect_since=NOW + 1)),
    # identity.03
    "an officer's new key": (ACCEPTED, rotate(OFFICER[0], "agency-1/new", "officer", ["governance.officer"])),
    "the last registrar's new key": (ACCEPTED, rotate(REGISTRAR[0], "agency-1/new", "registrar", ["identity.registrar"])),
    "with one role more": (
        "identity.03.1", rotate(OFFICER[0], "agency-1/new", "officer", ["governance.officer", "procurement.officer"])),
    "with one role less": ("identity.03.1", rotate(OFFICER[0], "agency-1/new", "officer", [])),
    "under another handle": ("identity.03.1", rotate(OFFICER[0], "agency-1/new", "other", ["governance.officer"])),
    "for another organisation": (
        "identity.03.1", rotate(OFFICER[0], "agency-1/new", "officer", ["governance.officer"], organisation="operator-1")),
    "a colleague's new key": (
        "identity.03.1", rotate(OFFICER[0], "agency-1/new", "officer", ["governance.officer"], signer=REGISTRAR[0])),
    "a new key for nobody's": (
        "identity.03.1", rotate("agency-1/nobody", "agency-1/new", "officer", ["governance.officer"], signer=OFFICER[0])),
    "a new key that is bound": ("identity.03.2", rotate(OFFICER[0], REGISTRAR[0], "officer", ["governance.officer"])),
    "a new key during a recovery": (
        "identity.03.3", after(OFFICER_LOST, rotate(OFFICER[0], "agency-1/other", "officer", ["governance.officer"]))),
    "a new key after an objection": (ACCEPTED, after(
        OFFICER_LOST, object_to(holder(OFFICER[0])), rotate(OFFICER[0], "agency-1/other", "officer", ["governance.officer"]))),
    # identity.04
    "an office more": (ACCEPTED, grant(OFFICER[0], "procurement.officer")),
    "a publisher's office, by a founder": (ACCEPTED, grant(PUBLISHER[0], "governance.desk")),
    "an office for an ended key": (
        "identity.00.2", after(register(), end("agency-1/new", REGISTRAR), grant("agency-1/new", "governance.desk"))),
    "an office that is held back, given": ("identity.00.2", after(PAYER_LOST, grant("agency-1/payer-2", "treasury.payer"))),
    "an office for nobody": ("identity.00.3", grant("agency-1/nobody", "governance.desk")),
    "an office for another's officer": ("identity.04.1", grant("operator-1/officer", "governance.desk")),
    "an unknown office": ("identity.04.2", grant(OFFICER[0], "governance.king")),
    "a machine's role": ("identity.04.2", grant(OFFICER[0], "governance.store")),
    "an auditor's office for an agency": ("identity.04.2", grant(OFFICER[0], "governance.auditor")),
    "an office that excludes": ("identity.04.3", after(PAYER, grant("agency-1/payer", "treasury.approver"))),
    "an office until the longest time": (ACCEPTED, grant(OFFICER[0], "governance.desk", until=NOW + OFFICE)),
    "an office beyond it": ("identity.04.4", grant(OFFICER[0], "governance.desk", until=NOW + OFFICE + 1)),
    "an office until now": ("identity.04.4", grant(OFFICER[0], "governance.desk", until=NOW)),
    "an office of a 65th person": ("identity.04.6", after(CROWD, grant("agency-1/desk", "governance.officer"))),
    "a weighty office by one of two registrars": ("identity.04.5", after(SECOND, grant(OFFICER[0], "treasury.approver"))),
    "a weighty office by both": (ACCEPTED, after(SECOND, grant(OFFICER[0], "treasury.approver", REGISTRAR, SECOND_REGISTRAR))),
    "a light office by one of two": (ACCEPTED, after(SECOND, grant(OFFICER[0], "treasury.payer"))),
    # identity.05
    "an office less": (ACCEPTED, end_office(OFFICER[0], "governance.officer")),
    "one's own office": (ACCEPTED, end_office(OFFICER[0], "governance.officer", holder(OFFICER[0]))),
    "an office that will not be given back": (ACCEPTED, after(PAYER_LOST, end_office("agency-1/payer-2", "treasury.payer"))),
    "nobody's office": ("identity.00.3", end_office("agency-1/nobody", "governance.officer")),
    "another's office": ("identity.05.1", end_office("operator-1/officer", "governance.officer")),
    "a colleague's office": ("identity.05.1", end_office(REGISTRAR[0], "identity.registrar", holder(OFFICER[0]))),
    "an office that it does not have": ("identity.05.2", end_office(OFFICER[0], "governance.desk")),
    "an ended key's office": ("identity.05.2", after(end(OFFICER[0], REGISTRAR), end_office(OFFICER[0], "governance.officer"))),
    "the last registrar's office": ("identity.05.3", end_office(REGISTRAR[0], "identity.registrar")),
    "the last but one registrar's office": (ACCEPTED, after(SECOND, end_office(REGISTRAR[0], "identity.registrar", SECOND_REGISTRAR))),
    # identity.06
    "an office shared": (ACCEPTED, delegate(OFFICER[0], REGISTRAR[0], "governance.officer")),
    "an office shared with an ended key": (
        "identity.00.2", after(DESK, end("agency-1/desk", REGISTRAR), delegate(OFFICER[0], "agency-1/desk", "governance.officer"))),
    "an office shared with nobody": ("identity.00.3", delegate(OFFICER[0], "agency-1/nobody", "governance.officer")),
    "an office shared abroad": ("identity.06.1", delegate(OFFICER[0], "operator-1/registrar", "governance.officer")),
    "an office that one does not have": ("identity.06.2", delegate(OFFICER[0], REGISTRAR[0], "governance.desk")),
    "an office lent on": ("identity.06.2", after(
        DESK, delegate(OFFICER[0], REGISTRAR[0], "governance.officer"), delegate(REGISTRAR[0], "agency-1/desk", "governance.officer"))),
    "a machine's role shared": ("identity.06.2", after(
        register(roles=["governance.store"]), delegate("agency-1/new", OFFICER[0], "governance.store"))),
    "an office shared with whom it excludes": (
        "identity.06.3", after(
            PAYER, grant(OFFICER[0], "procurement.officer"), delegate(OFFICER[0], "agency-1/payer", "procurement.officer"))),
    "a registrar's office shared": ("identity.06.2", delegate(REGISTRAR[0], OFFICER[0], "identity.registrar")),
    "an office shared for 90 days": (ACCEPTED, delegate(OFFICER[0], REGISTRAR[0], "governance.officer", NOW + 90 * DAY)),
    "for longer": ("identity.06.4", delegate(OFFICER[0], REGISTRAR[0], "governance.officer", NOW + 90 * DAY + 1)),
    "until now, shared": ("identity.06.4", delegate(OFFICER[0], REGISTRAR[0], "governance.officer", NOW)),
    "as long as one has it": (
        ACCEPTED, after(grant(OFFICER[0], "governance.desk"), delegate(OFFICER[0], REGISTRAR[0], "governance.desk"))),
    "longer than one has it": ("identity.06.4", after(
        grant(OFFICER[0], "governance.desk"), delegate(OFFICER[0], REGISTRAR[0], "governance.desk", NOW + 30 * DAY + 1))),
    "an office shared with a 65th person": ("identity.06.6", after(CROWD, delegate(OFFICER[0], "agency-1/desk", "governance.officer"))),
    "an office that the other has": ("identity.06.5", after(
        grant(REGISTRAR[0], "governance.officer"), delegate(OFFICER[0], REGISTRAR[0], "governance.officer"))),
    # identity.07
    "a lost key": (ACCEPTED, OFFICER_LOST),
    "a lost key that has ended": ("identity.00.2", after(end(OFFICER[0], REGISTRAR), OFFICER_LOST)),
    "a lost key of nobody": ("identity.00.3", announce("agency-1/nobody", "agency-1/new")),
    "a document that nobody opens": (
        "identity.00.5", announce(OFFICER[0], "agency-1/new", document=SCAN | {"media_type": "application/zip"})),
    "a document that is too long": ("identity.00.5", announce(OFFICER[0], "agency-1/new", document=LONG_FILE)),
    "by a registrar alone with an officer": ("identity.07.1", announce(OFFICER[0], "agency-1/new", OPERATORS, officer("citizens-1"))),
    "by the organisation's own registrar and an auditor": ("identity.07.1", announce(OFFICER[0], "agency-1/new", REGISTRAR, AUDITOR)),
    "by an auditor's own registrar": ("identity.07.1", announce(OFFICER[0], "agency-1/new", registrar("auditor-1"), AUDITOR)),
    "by another auditor's registrar": (ACCEPTED, announce(OFFICER[0], "agency-1/new", registrar("auditor-2"), AUDITOR)),
    "by a publisher's registrar": ("identity.07.1", after(
        PUBLISHERS_REGISTRAR, announce(OFFICER[0], "agency-1/new", registrar("publisher-1"), AUDITOR))),
    "by the recovery key and an auditor": (ACCEPTED, after(
        RECOVERY_KEY, announce(OFFICER[0], "agency-1/new", ("agency-1/recovery", "governance.recovery"), AUDITOR))),
    "by another's recovery key": ("identity.07.1", after(
        RECOVERY_KEY, announce("operator-1/officer", "operator-1/new", ("agency-1/recovery", "governance.recovery"), AUDITOR))),
    "an auditor's key, by an auditor": (
        "identity.07.1", announce("auditor-1/officer", "auditor-1/new", OPERATORS, ("auditor-2/auditor", "governance.auditor"))),
    "an auditor's key, by a citizens' officer": (
        ACCEPTED, announce("auditor-1/officer", "auditor-1/new", OPERATORS, officer("citizens-1"))),
    "an auditor's key, by an agency's officer": ("identity.07.1", announce("auditor-1/officer", "auditor-1/new", OPERATORS, OFFICER)),
    "from outside, where the house can vouch": ("identity.07.1", after(THREE, OFFICER_LOST)),
    "by two of three registrars": (ACCEPTED, after(THREE, announce(OFFICER[0], "agency-1/new", REGISTRAR, SECOND_REGISTRAR))),
    "by both others, a registrar's key": (
        ACCEPTED, after(THREE, announce("agency-1/third", "agency-1/new", REGISTRAR, SECOND_REGISTRAR))),
    "by the lost key itself and another": (
        "identity.07.1", after(THREE, announce("agency-1/third", "agency-1/new", THIRD_REGISTRAR, SECOND_REGISTRAR))),
    "a new key of a recovery that is bound": ("identity.07.2", announce(OFFICER[0], REGISTRAR[0])),
    "a second recovery": ("identity.07.3", after(OFFICER_LOST, announce(OFFICER[0], "agency-1/other", recovery="r-2"))),
    "a second recovery after an objection": (ACCEPTED, after(
        OFFICER_LOST, object_to(holder(OFFICER[0])), announce(OFFICER[0], "agency-1/new", recovery="r-2"))),
    "a recovery's id again": (
        "identity.07.4", after(OFFICER_LOST, object_to(holder(OFFICER[0])), announce(OFFICER[0], "agency-1/new"))),
    # identity.08
    "an objection": (ACCEPTED, after(OFFICER_LOST, object_to(holder(OFFICER[0])))),
    "an objection by a registrar of the house": (ACCEPTED, after(OFFICER_LOST, object_to(REGISTRAR))),
    "a second objection": ("identity.00.2", after(OFFICER_LOST, object_to(REGISTRAR), object_to(REGISTRAR))),
    "an objection to nothing": ("identity.00.3", object_to(REGISTRAR)),
    "an objection for no reason": ("identity.00.6", after(OFFICER_LOST, object_to(REGISTRAR, reason="whim"))),
    "in the last second": (ACCEPTED, after(OFFICER_LOST, wait(72 * HOUR - 1), object_to(REGISTRAR))),
    "a second later": ("identity.08.1", after(OFFICER_LOST, wait(72 * HOUR), object_to(REGISTRAR))),
    "an objection from abroad": ("identity.08.2", after(OFFICER_LOST, object_to(OPERATORS))),
    "an objection by a colleague": ("identity.08.2", after(OFFICER_LOST, object_to(holder(REGISTRAR[0])))),
    # identity.09
    "recovered": (ACCEPTED, after(OFFICER_LOST, wait(72 * HOUR), OFFICER_BACK)),
    "recovered after an objection": ("identity.00.2", after(OFFICER_LOST, object_to(REGISTRAR), wait(72 * HOUR), OFFICER_BACK)),
    "recovered on the last day": (ACCEPTED, after(OFFICER_LOST, wait(72 * HOUR + 7 * DAY - 1), OFFICER_BACK)),
    "recovered too late": ("identity.00.2", after(OFFICER_LOST, wait(72 * HOUR + 7 * DAY), OFFICER_BACK)),
    "recovered twice": ("identity.00.2", after(OFFICER_LOST, wait(72 * HOUR), OFFICER_BACK, OFFICER_BACK)),
    "recovered although ended": ("identity.00.2", after(OFFICER_LOST, end(OFFICER[0], REGISTRAR), wait(72 * HOUR), OFFICER_BACK)),
    "recovered without an announcement": ("identity.00.3", OFFICER_BACK),
    "recovered a second early": ("identity.09.1", after(OFFICER_LOST, wait(72 * HOUR - 1), OFFICER_BACK)),
    "recovered with an office more": ("identity.09.2", after(
        OFFICER_LOST, wait(72 * HOUR), complete(OFFICER[0], "agency-1/new", "officer", ["governance.desk", "governance.officer"]))),
    "recovered with an office that was given since": (ACCEPTED, after(
        OFFICER_LOST, grant(OFFICER[0], "governance.desk"), wait(72 * HOUR),
        complete(OFFICER[0], "agency-1/new", "officer", ["governance.desk", "governance.officer"]))),
    "recovered with another key": (
        "identity.09.2", after(OFFICER_LOST, wait(72 * HOUR), complete(OFFICER[0], "agency-1/other", "officer", ["governance.officer"]))),
    "recovered under another handle": (
        "identity.09.2", after(OFFICER_LOST, wait(72 * HOUR), complete(OFFICER[0], "agency-1/new", "other", ["governance.officer"]))),
    "recovered as somebody else's": ("identity.09.2", after(
        OFFICER_LOST, wait(72 * HOUR), complete(OFFICER[0], "agency-1/new", "officer", ["governance.officer"], old=key_of(REGISTRAR[0])))),
    "a payer's office held back": (ACCEPTED, PAYER_LOST),
    "a payer's office at once": ("identity.09.2", after(
        PAYER, announce("agency-1/payer", "agency-1/payer-2"), wait(72 * HOUR),
        complete("agency-1/payer", "agency-1/payer-2", "payer", ["treasury.payer"]))),
    "recovered with a key bound meanwhile": ("identity.09.3", after(
        OFFICER_LOST, register(handle="other"), wait(72 * HOUR), OFFICER_BACK)),
    # identity.10
    "an act owned": (ACCEPTED, after(SUSPECT, confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT))),
    "an act disowned, by the person": (ACCEPTED, after(
        register("agency-1/spare", handle="officer", roles=["governance.desk"]), end(OFFICER[0], REGISTRAR, suspect_since=START),
        confirm(OFFICER[0], holder("agency-1/spare"), ACT, finding="disowned", document=SCAN))),
    "an act owned with a document that nobody opens": (
        "identity.00.5", after(SUSPECT, confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT, document=LONG_FILE))),
    "an act of a key that stands": ("identity.10.1", confirm(REGISTRAR[0], OFFICER, ACT)),
    "an act of a key that ended unsuspected": (
        "identity.10.1", after(register(), end(OFFICER[0], REGISTRAR), confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT))),
    "an act owned by a colleague": ("identity.10.2", after(SUSPECT, confirm(OFFICER[0], holder(REGISTRAR[0]), ACT))),
    "an act owned by another's officer": ("identity.10.2", after(SUSPECT, confirm(OFFICER[0], officer("operator-1"), ACT))),
    "an act owned twice": ("identity.10.3", after(
        SUSPECT, confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT),
        confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT, OTHER_ACT, finding="disowned"))),
    "another act": (ACCEPTED, after(
        SUSPECT, confirm(OFFICER[0], ("agency-1/new", "governance.officer"), ACT),
        confirm(OFFICER[0], ("agency-1/new", "governance.officer"), OTHER_ACT))),
    # identity.12
    "a director's tag": (ACCEPTED, tie()),
    "an owner's tag": (ACCEPTED, tie("owner", share_bp=2_500)),
    "the tag of who designs the works of a line": (ACCEPTED, tie("designer:benches")),
    "an official's own tag": (ACCEPTED, of_person()),
    "a relative's tag, by an auditor's registrar": (ACCEPTED, of_person("relative", signer=registrar("auditor-1"))),
    "a tag of nobody": ("identity.00.3", tie(organisation="agency-9")),
    "a tag of nobody's person": ("identity.00.3", of_person(organisation="agency-9")),
    "a tag of the own organisation": ("identity.12.1", tie(organisation="agency-1")),
    "a tag of an own official": ("identity.12.1", of_person(organisation="agency-1")),
    "a friend's tag": ("identity.12.2", tie("friend")),
    "an organisation's relative": ("identity.12.2", tie("relative")),
    "a person's owner": ("identity.12.2", of_person("owner", share_bp=1)),
    "an owner without a share": ("identity.12.2", tie("owner")),
    "a director with a share": ("identity.12.2", tie(share_bp=1)),
    "a designer of nothing": ("identity.12.2", tie("designer")),
    "a designer of a line without a name": ("identity.12.2", tie("designer:")),
    "a director of a line": ("identity.12.2", tie("director:benches")),
    "a tag by who is no member": ("identity.12.3", after(found("buyer-1"), tie(signer=registrar("buyer-1")))),
    "the thousandth tie of a tag": (ACCEPTED, tie_often(999)),
    "the thousand and first": ("identity.12.4", tie_often(1_000)),
    # identity.13
    "an organisation": (ACCEPTED, found()),
    "an organisation twice": ("identity.13.1", after(found(), found(again=["identity.registrar"]))),
    "a member's id": ("identity.13.1", found("operator-1", again=["identity.registrar"])),
    "an organisation without a registrar": ("identity.13.2", found(officer=["governance.officer"])),
    "with a person in two offices that exclude": ("identity.13.3", found(
        one=["identity.registrar"], two_a=["treasury.approver"], two_b=["treasury.payer"])),
    "with two persons in them": (ACCEPTED, found(one=["identity.registrar"], two=["treasury.approver"], three=["treasury.payer"])),
    "the day's hundredth": (ACCEPTED, after(*[found(f"supplier-{number}") for number in range(100)])),
    "the day's hundred and first": ("identity.13.4", after(*[found(f"supplier-{number}") for number in range(101)])),
    "the next day's first": (ACCEPTED, after(*[found(f"supplier-{number}") for number in range(100)], wait(DAY), found("supplier-100"))),
    "by who is no member": ("identity.13.5", after(found("buyer-1"), found(signer=registrar("buyer-1")))),
    "with a member's role": ("identity.13.6", found(registrar=["identity.registrar"], store=["governance.store"])),
    "with a key that was bound": ("identity.13.7", after(
        register("supplier-1/registrar", organisation="agency-1", roles=["procurement.publisher"]), found())),
    # identity.14
    "a publisher": (ACCEPTED, publish("agency-1", "ocds-new789-")),
    "a publisher, by an auditor": (ACCEPTED, publish("publisher-3", "ocds-new789-", signer=AUDITOR)),
    "a closed publisher": ("identity.00.2", after(close("publisher-1", REGISTRAR, OPERATORS), publish("publisher-1", "ocds-new789-"))),
    "a publisher that nobody knows": ("identity.00.3", publish("agency-9", "ocds-new789-")),
    "another's prefix": ("identity.14.1", publish("agency-1", "ocds-abc123-")),
    "one's own prefix": (ACCEPTED, publish("publisher-1", "ocds-abc123-", "ocds-new789-")),
    "a prefix that begins another's": ("identity.14.1", publish("agency-1", "ocds-a")),
    "a prefix that another's begins": ("identity.14.1", publish("agency-1", "ocds-abc123-x")),
    "a prefix that one's own begins": ("identity.14.1", publish("publisher-1", "ocds-abc123-x")),
    "two prefixes, one of which begins the other": ("identity.14.1", publish("agency-1", "ocds-new789-", "ocds-new789-x")),
    "a prefix that was given since": (
        "identity.14.1", after(publish("agency-1", "ocds-new789-"), publish("publisher-3", "ocds-new789-"))),
    "a publisher, by who is no member": (
        "identity.14.2", after(found("buyer-1"), publish("buyer-1", "ocds-new789-", signer=registrar("buyer-1")))),
    # identity.15
    "a review of the last quarter": (ACCEPTED, review("2025-Q4", 2, 2)),
    "by the officer first": (ACCEPTED, review("2025-Q4", 2, 2, OFFICER, REGISTRAR)),
    "a review twice": ("identity.15.1", after(review("2025-Q4", 2, 2), review("2025-Q4", 2, 2))),
    "a review of this quarter": ("identity.15.1", review("2026-Q1", 2, 2)),
    "a review of a quarter before": ("identity.15.1", review("2025-Q3", 2, 2)),
    "a review with a key too few": ("identity.15.2", review("2025-Q4", 1, 2)),
    "a review with an office too many": ("identity.15.2", review("2025-Q4", 2, 3)),
    "a review by two registrars": ("identity.15.3", review("2025-Q4", 2, 2, REGISTRAR, OPERATORS)),
    "a review with another's officer": ("identity.15.3", review("2025-Q4", 2, 2, REGISTRAR, officer("operator-1"))),
    "a review by one person": ("identity.15.3", after(
        register("agency-1/both", handle="registrar", roles=["governance.officer"]),
        wait(91 * DAY),
        review("2026-Q1", 3, 3, REGISTRAR, ("agency-1/both", "governance.officer")))),
    "a review by two": (ACCEPTED, after(
        register("agency-1/both", handle="registrar", roles=["governance.officer"]), wait(91 * DAY), review("2026-Q1", 3, 3))),
    # identity.16
    "an organisation closed": (ACCEPTED, after(found(), close("supplier-1", registrar("supplier-1"), REGISTRAR))),
    "by the member first": (ACCEPTED, after(found(), close("supplier-1", REGISTRAR, registrar("supplier-1")))),
    "a publisher closed by a founder and another member": (ACCEPTED, close("publisher-1", REGISTRAR, OPERATORS)),
    "closed twice": ("identity.00.2", after(close("publisher-1", REGISTRAR, OPERATORS), close("publisher-1", REGISTRAR, OPERATORS))),
    "nobody closed": ("identity.00.3", close("agency-9", REGISTRAR, OPERATORS)),
    "closed for no reason": ("identity.00.6", close("publisher-1", REGISTRAR, OPERATORS, reason="whim")),
    "a member closed": ("identity.16.1", close("operator-1", REGISTRAR, OPERATORS)),
    "closed by two members": ("identity.16.2", after(found(), close("supplier-1", REGISTRAR, OPERATORS))),
    "closed by two of its own": ("identity.16.2", after(
        found(one=["identity.registrar"], two=["identity.registrar"]),
        close("supplier-1", registrar("supplier-1", "one"), registrar("supplier-1", "two")))),
    "closed with another that is no member": ("identity.16.2", after(
        found(), found("buyer-1"), close("supplier-1", registrar("supplier-1"), registrar("buyer-1")))),
}  # fmt: skip
