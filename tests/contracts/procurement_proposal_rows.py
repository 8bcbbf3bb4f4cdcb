"""Rows of sealed proposals, their opening, their files and the trustees' keys (08 to 10, 43, 44, 46), on a ledger made by
``selection.found``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from prasasti.contracts.procurement.process import LotRecord, lot_key
from prasasti.contracts.procurement.sealing.framing import compute_round
from prasasti.core.encoding import encode_base64, encode_canonical
from prasasti.core.storage_receipts import encode_receipt
from tests.contracts.plays import Play
from tests.contracts.selection import (
    AUTHORITY,
    COMMITTEE,
    DAY,
    LOT,
    MAJORITY,
    MILLION,
    MINUTES,
    OFFICER,
    PROCESS,
    TRUSTEES,
    Selection,
    list_sealers,
    lot,
    proposal,
    round_of,
    seal,
    signer,
    tender,
)
from tests.core.ledger import ACCEPTED, START, Ledger, Signer, key_of, signing_key

ALLOWED: dict[tuple[str, int], set[str]] = {
    **{("procurement.submit_sealed", place): {"procurement.bidder"} for place in range(2)},
    ("procurement.withdraw_sealed", 0): {"procurement.bidder"},
    ("procurement.publish_opening_shares", 0): {"procurement.trustee"},
    ("procurement.report_file_missing", 0): {"procurement.committee"},
    ("procurement.confirm_file", 0): {"procurement.committee"},
    ("procurement.confirm_key_destroyed", 0): {"procurement.trustee"},
}
FIVE = ("auditor-1", "citizens-1", "operator-1", "trustees-1", "trustees-2")
STORES = ("auditor-1", "citizens-1")
FILE, OTHER_FILE = "f1" * 32, "f2" * 32
FILE_BYTES = 65_569
NOWHERE = "00" * 32
QUALIFICATION = b'{"files":[]}'


def bidder_of(name: str) -> Signer:
    return (f"{name}/bidder", "procurement.bidder")


def trustee_of(name: str) -> Signer:
    return (f"{name}/trustee", "procurement.trustee")


class Bench(Selection):
    """A selection of which proposals are sealed slot by slot, to trustees that are named."""

    def __init__(self, ledger: Ledger, trustees: tuple[str, ...] = TRUSTEES) -> None:
        super().__init__(ledger)
        self.trustees = trustees
        self.number = 1

    @property
    def keep_until(self) -> int:
        """The earliest that a store may promise beside a proposal."""
        return self.process().deadline + 365 * DAY

    def lot(self, name: str = LOT) -> LotRecord:
        record = self.ledger.application.state.view.get(lot_key(PROCESS, name), LotRecord)
        assert record is not None
        return record

    def ask(self, **changes: Any) -> str:
        """Money, a plan line, a request."""
        self.prepare()
        named = [{"key_id": key_of(f"{name}/trustee"), "organisation": name} for name in self.trustees]
        request = tender(self.ledger.time, t=len(self.trustees) // 2 + 1, trustees=named, **changes)
        return self.do("procurement.publish_tender", request, OFFICER, *MAJORITY)

    def technical(self, **changes: Any) -> bytes:
        return encode_canonical(
            {"bmp_bp": 0, "currency": "IDR", "files": [], "tkdn_bp": 0, "valid_until": self.ledger.time + 90 * DAY} | changes
        )

    def arguments(self, bidder: str, slot: str, plaintext: bytes | None = None, lot_name: str = LOT) -> tuple[dict[str, Any], str]:
        """Arguments of 08, and the envelope's id."""
        round_ = round_of(self.ledger, number=self.number, trustees=self.trustees)
        if plaintext is None:
            plaintext = {"qualification": QUALIFICATION, "technical": self.technical()}.get(slot) or proposal(self.ledger, 280 * MILLION)
        sealed, envelope = seal(round_, plaintext, lot_name, slot, bidder)
        return {
            "files": [], "lot": lot_name, "members": [], "process": PROCESS, "round": compute_round(*round_).hex(),
            "sealed": base64.b64encode(sealed).decode(), "slot": slot,
        }, envelope  # fmt: skip

    def submit(self, bidder: str, slot: str = "proposal", plaintext: bytes | None = None, lot_name: str = LOT, **changes: Any) -> str:
        arguments, envelope = self.arguments(bidder, slot, plaintext, lot_name)
        signers = changes.pop("signers", None) or list_sealers(bidder, arguments | changes)
        answer = self.do("procurement.submit_sealed", arguments | changes, *signers)
        if answer == ACCEPTED:
            self.envelopes[bidder, slot] = envelope
        return answer

    def withdraw(self, bidder: str, slot: str = "proposal", **changes: Any) -> str:
        arguments = {"lot": LOT, "process": PROCESS, "slot": slot} | changes
        return self.do("procurement.withdraw_sealed", arguments, bidder_of(bidder))

    def give(self, trustee: str, *envelopes: str, index: int = 0, key: str = "", lot_name: str = LOT, **changes: Any) -> str:
        """A trustee's shares; without envelopes those of all that were sealed last."""
        place = index or self.trustees.index(trustee) + 1
        shares = [
            {"envelope": each, "index": place, "point": "", "proof": ""} | changes
            for each in sorted(envelopes or self.envelopes.values())
        ]  # fmt: skip
        arguments = {"lot": lot_name, "process": PROCESS, "shares": shares}
        return self.do("procurement.publish_opening_shares", arguments, (key, "procurement.trustee") if key else trustee_of(trustee))

    def receipts(self, *stores: str, sha256: str = FILE, size: int = FILE_BYTES, until: int | None = None) -> list[dict[str, Any]]:
        """Receipts of stores, each named as the key that signs, made as a store makes them."""
        keep_until = self.keep_until if until is None else until
        return [
            {
                "key": key_of(store),
                "keep_until": keep_until,
                "sig": encode_base64(signing_key(store).sign(encode_receipt(self.ledger.chain, sha256, size, keep_until)).signature),
            }
            for store in stores
        ]

    def file(self, sha256: str = FILE, stores: Sequence[str] = STORES, **changes: Any) -> dict[str, Any]:
        receipts = self.receipts(*(f"{store}/store" for store in stores), sha256=sha256, **changes)
        return {"receipts": receipts, "sha256": sha256, "size": FILE_BYTES}

    def until(self, time: int) -> str:
        self.wait_until(time)
        return ACCEPTED

    def close(self, seconds: int = 0) -> str:
        self.wait_until(self.process().deadline + seconds)
        return ACCEPTED

    def begin(self) -> str:
        """The opening."""
        self.close()
        self.wait_until(self.lot().opening)
        return ACCEPTED

    def open_all(self, *envelopes: str) -> str:
        """As many trustees share as it takes."""
        for name in self.trustees[: len(self.trustees) // 2 + 1]:
            assert self.give(name, *envelopes) == ACCEPTED
        return ACCEPTED

    def qualify(self, *outcomes: tuple[str, bool]) -> str:
        """The prequalification is closed, opened, judged, and its window passes: who passed may propose."""
        self.wait_until(self.process().qualification_deadline)
        self.open_all()
        self.declare_all()
        assert self.require_of(*outcomes) == ACCEPTED
        self.wait_until(self.lot().window_ends)
        assert self.lot().state == "open"
        return ACCEPTED

    def declared(self) -> str:
        self.declare_all()
        return ACCEPTED

    def report(self, bidder: str = "bidder-1", slot: str = "proposal", name: str = COMMITTEE[0], **changes: Any) -> str:
        arguments = {"envelope": self.envelopes.get((bidder, slot), NOWHERE), "lot": LOT, "process": PROCESS, "sha256": FILE} | changes
        return self.do("procurement.report_file_missing", arguments, signer(name, "committee"))

    def confirm(self, bidder: str = "bidder-1", slot: str = "proposal", name: str = COMMITTEE[0], **changes: Any) -> str:
        arguments = {
            "envelope": self.envelopes.get((bidder, slot), NOWHERE), "lot": LOT, "process": PROCESS, "sha256": FILE, "size": FILE_BYTES,
        } | changes  # fmt: skip
        return self.do("procurement.confirm_file", arguments, signer(name, "committee"))

    def destroy(self, trustee: str = TRUSTEES[0], key_id: str = "") -> str:
        return self.do("procurement.confirm_key_destroyed", {"key_id": key_id or key_of(f"{trustee}/trustee")}, trustee_of(trustee))

    def cancel(self, *lots: str) -> str:
        arguments = {"document": MINUTES, "lots": list(lots or (LOT,)), "process": PROCESS, "reason": "no_need"}
        return self.do("procurement.cancel_tender", arguments, AUTHORITY)


Step = Callable[[Bench], str]


def run(*steps: Step, trustees: tuple[str, ...] = TRUSTEES) -> Play:
    """Steps of one selection: all but the last are accepted; the last one's outcome."""

    def play(ledger: Ledger) -> str:
        bench = Bench(ledger, trustees)
        for each in steps[:-1]:
            assert each(bench) == ACCEPTED
        return steps[-1](bench)

    return play


def ask(**changes: Any) -> Step:
    def step(bench: Bench) -> str:
        return bench.ask(**{name: value(bench.ledger.time) if callable(value) else value for name, value in changes.items()})

    return step


def submit(
    bidder: str = "bidder-1", slot: str = "proposal", *, stores: Sequence[str] | None = None, until: int = 0, **changes: Any
) -> Step:
    """08; with ``stores`` a file beside it that these promised to keep, ``until`` so many seconds longer than they have to."""

    def step(bench: Bench) -> str:
        files = [] if stores is None else [bench.file(stores=stores, until=bench.keep_until + until)]
        return bench.submit(bidder, slot, **{"files": files, **changes})

    return step


def withdraw(bidder: str = "bidder-1", slot: str = "proposal", **changes: Any) -> Step:
    return lambda bench: bench.withdraw(bidder, slot, **changes)


def give(trustee: str = TRUSTEES[0], **changes: Any) -> Step:
    return lambda bench: bench.give(trustee, **changes)


def give_together(*trustees: str, at_grace_end: bool = False) -> Step:
    """Trustees' shares for the first bidder in one block; its last outcome. Where the grace ends then, its deadline runs first."""

    def step(bench: Bench) -> str:
        if at_grace_end:
            bench.ledger.time = bench.lot().grace_ends
        shares = [{"envelope": bench.envelopes["bidder-1", "proposal"], "point": "", "proof": ""}]
        signed = [
            bench.ledger.sign(
                "procurement.publish_opening_shares",
                {"lot": LOT, "process": PROCESS, "shares": [each | {"index": TRUSTEES.index(name) + 1} for each in shares]},
                trustee_of(name),
            )
            for name in trustees
        ]
        outcomes = bench.ledger.seal(*signed)
        assert outcomes[:-1] == [ACCEPTED] * (len(trustees) - 1)
        return outcomes[-1]

    return step


def give_for(*bidders: str, trustee: str = TRUSTEES[0]) -> Step:
    return lambda bench: bench.give(trustee, *(bench.envelopes[bidder, "proposal"] for bidder in bidders))


def receive(make: Callable[[Bench], list[dict[str, Any]]]) -> Step:
    """08 with one file, whose receipts are these."""
    return lambda bench: bench.submit("bidder-1", files=[{"receipts": make(bench), "sha256": FILE, "size": FILE_BYTES}])


def close(seconds: int = 0) -> Step:
    return lambda bench: bench.close(seconds)


def begin(bench: Bench) -> str:
    return bench.begin()


def open_all(bench: Bench) -> str:
    return bench.open_all()


def declare(bench: Bench) -> str:
    return bench.declared()


def report(**changes: Any) -> Step:
    return lambda bench: bench.report(**changes)


def confirm(**changes: Any) -> Step:
    return lambda bench: bench.confirm(**changes)


def wait(seconds: int) -> Step:
    def step(bench: Bench) -> str:
        bench.wait_until(bench.ledger.time + seconds)
        return ACCEPTED

    return step


def judge(*outcomes: tuple[str, bool], requirement: str = "licence") -> Step:
    return lambda bench: bench.require_of(*outcomes, requirement=requirement)


def consortium(*shares: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"organisation": name, "share_bp": share_bp} for name, share_bp in shares]


def debar(organisation: str) -> Step:
    """An organisation is told of a violation, has no answer, and is debarred."""

    def step(bench: Bench) -> str:
        named = {"document": MINUTES, "ground": "collusion", "organisation": organisation, "violation": "violation-1"}
        auditor = ("auditor-1/auditor", "governance.auditor")
        assert bench.do("procurement.notify_violation", named, auditor) == ACCEPTED
        reply = {"document": MINUTES, "violation": "violation-1"}
        signed = (f"{organisation}/bidder", "procurement.bidder")
        assert bench.do("procurement.reply_violation", reply, signed) == ACCEPTED
        arguments = {"act": "debar", "debarment": "debarment-1", "until": bench.ledger.time + 365 * DAY, **named}
        return bench.do("procurement.debar", arguments, AUTHORITY)

    return step


def suspend(name: str) -> Step:
    """Two members' officers suspend a key at once, until members have voted."""
    arguments = {
        "decision": "s-1", "document": MINUTES, "key": key_of(name), "organisation": "", "reason": "outage",
    }  # fmt: skip
    signers = (("agency-1/clerk", "governance.officer"), ("auditor-1/officer", "governance.officer"))
    return lambda bench: bench.do("governance.suspend_at_once", arguments, *signers)


ASKED = ask()
TWO = ask(files="two", requirements=[
    {"id": "licence", "stage": "technical", "title": "Licence to trade"}, {"id": "tax", "stage": "financial", "title": "Taxes paid"},
])  # fmt: skip
QUALIFYING = ask(files="two", qualification=True, qualification_deadline=lambda now: now + 12 * DAY)
QUALIFIED: tuple[Step, ...] = (
    lambda bench: bench.qualify(("bidder-1", False), *((f"bidder-{number}", True) for number in (2, 3, 4))),
)  # fmt: skip
PARTNERS = consortium(("bidder-1", 6_000), ("bidder-2", 4_000))
FILED = submit(stores=STORES)
READ: tuple[Step, ...] = (ASKED, FILED, begin, open_all, declare)
AUDITORS_STORE, CITIZENS_STORE = "auditor-1/store", "citizens-1/store"


def spoil(receipts: list[dict[str, Any]], **changes: Any) -> list[dict[str, Any]]:
    """The last receipt altered."""
    return [*receipts[:-1], receipts[-1] | changes]


ROWS: dict[str, tuple[str, Play]] = {
    # 08
    "a proposal": (ACCEPTED, run(ASKED, submit())),
    "a proposal in the deadline's last second": (ACCEPTED, run(ASKED, close(-1), submit())),
    "a proposal at the deadline": ("procurement.08.1", run(ASKED, submit("bidder-2"), close(), submit())),
    "a proposal for no lot of the process": ("procurement.00.2", run(ASKED, submit(lot_name="lot-9"))),
    "a proposal for no process": ("procurement.00.2", run(ASKED, submit(process="ocds-213czf-none"))),
    "a proposal in a slot of two files": ("procurement.00.2", run(ASKED, submit(slot="technical"))),
    "a proposal sealed to another round": ("procurement.00.2", run(ASKED, submit(round="ab" * 32))),
    "a proposal for a cancelled lot": ("procurement.00.2", run(ASKED, Bench.cancel, submit())),
    "a technical file": (ACCEPTED, run(TWO, submit(slot="technical"))),
    "a proposal in one file where there are two": ("procurement.00.2", run(TWO, submit())),
    "a request to qualify": (ACCEPTED, run(QUALIFYING, submit(slot="qualification"))),
    "a proposal before anybody qualified": ("procurement.00.2", run(QUALIFYING, submit(slot="technical"))),
    "a consortium": (ACCEPTED, run(ASKED, submit(members=PARTNERS))),
    "a consortium with a member that was not asked": ("procurement.00.1", run(
        ASKED, submit(members=PARTNERS, signers=[bidder_of("bidder-1")]))),
    "a consortium that somebody else signs too": ("procurement.00.1", run(
        ASKED, submit(members=PARTNERS, signers=[bidder_of(f"bidder-{number}") for number in (1, 2, 3)]))),
    "a consortium's correction, by its leader": (ACCEPTED, run(
        ASKED, submit(members=PARTNERS), submit(members=PARTNERS, signers=[bidder_of("bidder-1")]))),
    "a consortium by its leader after a member left": ("procurement.00.1", run(
        ASKED, submit(members=PARTNERS), submit(), submit(members=PARTNERS, signers=[bidder_of("bidder-1")]))),
    "a consortium without its leader": ("procurement.08.2", run(ASKED, submit(members=consortium(("bidder-2", 10_000))))),
    "a consortium with a member twice": (
        "procurement.08.2", run(ASKED, submit(members=consortium(("bidder-1", 5_000), ("bidder-1", 5_000))))),
    "a consortium with the buyer": ("procurement.08.2", run(ASKED, submit(members=consortium(("agency-1", 1), ("bidder-1", 9_999))))),
    "a consortium with a trustee": ("procurement.08.2", run(ASKED, submit(members=consortium(("auditor-1", 1), ("bidder-1", 9_999))))),
    "a consortium with a trustee of no round": (
        ACCEPTED, run(ASKED, submit(members=consortium(("bidder-1", 9_999), ("trustees-2", 1))))),
    "a member of another's consortium alone": ("procurement.08.2", run(ASKED, submit(members=PARTNERS), submit("bidder-2"))),
    "a member of another's consortium, for another lot": (ACCEPTED, run(
        ask(lots=[lot("lot-1", 200 * MILLION), lot("lot-2", 100 * MILLION)]),
        submit(members=PARTNERS), submit("bidder-2", lot_name="lot-2"))),
    "two consortia with one member": ("procurement.08.2", run(
        ASKED, submit(members=PARTNERS), submit("bidder-3", members=consortium(("bidder-2", 1), ("bidder-3", 9_999))))),
    "a member that left a consortium": (ACCEPTED, run(ASKED, submit(members=PARTNERS), submit(), submit("bidder-2"))),
    "a member of a consortium that withdrew": (ACCEPTED, run(ASKED, submit(members=PARTNERS), withdraw(), submit("bidder-2"))),
    "a leader whose consortium still fills a slot": ("procurement.08.2", run(
        TWO, submit(slot="technical", members=PARTNERS), submit(slot="financial", members=PARTNERS), withdraw(slot="financial"),
        submit("bidder-2", "technical"))),
    "a debarred bidder": ("procurement.08.2", run(ASKED, debar("bidder-1"), submit())),
    "a consortium with a debarred member": ("procurement.08.2", run(ASKED, debar("bidder-2"), submit(members=PARTNERS))),
    "another is debarred": (ACCEPTED, run(ASKED, debar("bidder-2"), submit())),
    "who did not qualify": ("procurement.08.3", run(
        QUALIFYING, *(submit(f"bidder-{number}", "qualification") for number in (1, 2, 3, 4)),
        *QUALIFIED, submit("bidder-1", "technical"))),
    "who qualified": (ACCEPTED, run(
        QUALIFYING, *(submit(f"bidder-{number}", "qualification") for number in (1, 2, 3, 4)),
        *QUALIFIED, submit("bidder-2", "technical"))),
    "who did not ask to qualify": ("procurement.08.3", run(
        QUALIFYING, *(submit(f"bidder-{number}", "qualification") for number in (2, 3, 4)),
        lambda bench: bench.qualify(*((f"bidder-{number}", True) for number in (2, 3, 4))), submit("bidder-1", "technical"))),
    "a file with receipts of two stores": (ACCEPTED, run(ASKED, FILED)),
    "a file with one receipt": ("procurement.08.4", run(ASKED, submit(stores=STORES[:1]))),
    "a file with two receipts of one store": ("procurement.08.4", run(ASKED, submit(stores=("auditor-1", "auditor-1")))),
    "a file with receipts of two members of one class": ("procurement.08.4", run(ASKED, submit(stores=("auditor-1", "auditor-2")))),
    "a file with receipts of three stores": (ACCEPTED, run(ASKED, submit(stores=("auditor-1", "auditor-2", "citizens-1")))),
    "a file that is kept a second too short": ("procurement.08.4", run(ASKED, submit(stores=STORES, until=-1))),
    "a file that is kept a second longer": (ACCEPTED, run(ASKED, submit(stores=STORES, until=1))),
    "a receipt by a key that is no store's": (
        "procurement.08.4", run(ASKED, receive(lambda bench: bench.receipts(AUDITORS_STORE, "citizens-1/trustee")))),
    "a receipt by nobody's key": (
        "procurement.08.4", run(ASKED, receive(lambda bench: bench.receipts(AUDITORS_STORE, "citizens-1/nobody")))),
    "a receipt for another file": ("procurement.08.4", run(ASKED, receive(
        lambda bench: [*bench.receipts(AUDITORS_STORE), *bench.receipts(CITIZENS_STORE, sha256=OTHER_FILE)]))),
    "a receipt for another size": ("procurement.08.4", run(ASKED, receive(
        lambda bench: [*bench.receipts(AUDITORS_STORE), *bench.receipts(CITIZENS_STORE, size=FILE_BYTES + 1)]))),
    "a receipt that says longer than was signed": ("procurement.08.4", run(ASKED, receive(
        lambda bench: spoil(bench.receipts(AUDITORS_STORE, CITIZENS_STORE), keep_until=bench.keep_until + 1)))),
    "a receipt whose signature is no base64": ("procurement.08.4", run(ASKED, receive(
        lambda bench: spoil(bench.receipts(AUDITORS_STORE, CITIZENS_STORE), sig="?")))),
    "a receipt by a store's key that ended": ("procurement.08.4", run(
        ASKED, lambda bench: bench.do("identity.end_key", {"key": key_of(CITIZENS_STORE)}, (CITIZENS_STORE, "identity.holder")), FILED)),
    "a receipt by a store's key that is suspended": ("procurement.08.4", run(ASKED, suspend(CITIZENS_STORE), FILED)),
    "a file beside a request to qualify, kept from that deadline on": (ACCEPTED, run(
        QUALIFYING, submit(slot="qualification", stores=STORES, until=-2 * DAY))),
    "a file beside a request to qualify, kept a second too short": ("procurement.08.4", run(
        QUALIFYING, submit(slot="qualification", stores=STORES, until=-2 * DAY - 1))),
    "a tenth version": (ACCEPTED, run(ASKED, *([submit()] * 10))),
    "an eleventh version": ("procurement.08.5", run(ASKED, *([submit()] * 11))),
    "an eleventh version after a withdrawal": ("procurement.08.5", run(ASKED, *([submit()] * 10), withdraw(), submit())),
    "a first version in the other slot": (ACCEPTED, run(TWO, *([submit(slot="technical")] * 10), submit(slot="financial"))),
    "a seal that is no base64": ("procurement.08.6", run(ASKED, submit(sealed="????"))),
    "a seal of an unknown suite": ("procurement.08.6", run(ASKED, submit(sealed=base64.b64encode(b"\x09" + bytes(4_096)).decode()))),
    "a seal of another length": ("procurement.08.6", run(ASKED, submit(sealed=base64.b64encode(bytes(4_096)).decode()))),
    # 09
    "a withdrawal": (ACCEPTED, run(ASKED, submit(), withdraw())),
    "a withdrawal in the deadline's last second": (ACCEPTED, run(ASKED, submit(), close(-1), withdraw())),
    "a withdrawal at the deadline": ("procurement.09.1", run(ASKED, submit(), close(), withdraw())),
    "a withdrawal of nothing": ("procurement.00.2", run(ASKED, withdraw())),
    "a withdrawal of another's": ("procurement.00.2", run(ASKED, submit(), withdraw("bidder-2"))),
    "a withdrawal for no process": ("procurement.00.2", run(ASKED, submit(), withdraw(process="ocds-213czf-none"))),
    "a second withdrawal": ("procurement.00.2", run(ASKED, submit(), withdraw(), withdraw())),
    "a withdrawal of a proposal sent in again": (ACCEPTED, run(ASKED, submit(), withdraw(), submit(), withdraw())),
    "a withdrawal of a slot not filled": ("procurement.00.2", run(TWO, submit(slot="technical"), withdraw(slot="financial"))),
    "a withdrawal of a request to qualify": (ACCEPTED, run(QUALIFYING, submit(slot="qualification"), withdraw(slot="qualification"))),
    # 10
    "a share": (ACCEPTED, run(ASKED, submit(), begin, give())),
    "a share at the opening's first second": (ACCEPTED, run(ASKED, submit(), close(3_600), give())),
    "a share before the deadline": ("admission.10", run(ASKED, submit(), close(-1), give())),
    "a share between deadline and opening": ("admission.10", run(ASKED, submit(), close(3_599), give())),
    "a share for no process": ("admission.10", run(ASKED, submit(), begin, lambda bench: bench.give(TRUSTEES[0], lot_name="lot-9"))),
    "a share of what was withdrawn": (
        "admission.10", run(ASKED, submit(), submit("bidder-2"), withdraw(), begin, give_for("bidder-1"))),
    "a share of what an incomplete proposal has": ("admission.10", run(
        TWO, submit(slot="technical"), submit("bidder-2", "technical"), submit("bidder-2", "financial"), begin,
        lambda bench: bench.give(TRUSTEES[0], bench.envelopes["bidder-1", "technical"]))),
    "a share of the second file before the first is judged": ("admission.10", run(
        TWO, submit(slot="technical"), submit(slot="financial"), begin,
        lambda bench: bench.give(TRUSTEES[0], bench.envelopes["bidder-1", "financial"]))),
    "a share of what is opened": ("admission.10", run(
        ASKED, submit(), submit("bidder-2"), begin, *(give_for("bidder-1", trustee=name) for name in TRUSTEES))),
    "a share in the grace's last second": (ACCEPTED, run(
        ASKED, submit(), begin, lambda bench: bench.until(bench.lot().grace_ends - 1), give())),
    "a share when the grace is over": ("admission.10", run(
        ASKED, submit(), begin, lambda bench: bench.until(bench.lot().grace_ends), give())),
    "a share in the block in which the grace ends": ("procurement.10.1", run(
        ASKED, submit(), begin, give_together(TRUSTEES[0], at_grace_end=True))),
    "a share in the block in which two others opened the envelope": ("procurement.10.2", run(
        ASKED, submit(), submit("bidder-2"), begin, give_together(*TRUSTEES))),
    "a share under another's index": ("procurement.10.3", run(ASKED, submit(), begin, give(index=2))),
    "a share under an index of nobody": ("procurement.10.3", run(ASKED, submit(), begin, give(index=4))),
    "a share by a trustee of no round": ("procurement.10.3", run(ASKED, submit(), begin, give(key="trustees-1/trustee"))),
    "a share with a point that is none": ("procurement.10.4", run(ASKED, submit(), begin, give(point="00"))),
    "a share with a proof that is none": ("procurement.10.4", run(ASKED, submit(), begin, give(proof="00"))),
    "a share twice": ("procurement.10.5", run(ASKED, submit(), begin, give(), give())),
    "shares of two trustees": (ACCEPTED, run(ASKED, submit(), begin, give(), give(TRUSTEES[1]))),
    "a share in a suspended lot": ("procurement.00.3", run(
        TWO, submit(slot="technical", stores=STORES), submit(slot="financial"), begin,
        lambda bench: bench.open_all(bench.envelopes["bidder-1", "technical"]), declare, judge(("bidder-1", True)),
        report(slot="technical"), lambda bench: bench.give(TRUSTEES[0], bench.envelopes["bidder-1", "financial"]))),
    # 43
    "a missing file": (ACCEPTED, run(*READ, report())),
    "a missing file, by an alternate": ("procurement.00.1", run(*READ, report(name="alternate-1"))),
    "a missing file, before interests are declared": ("procurement.00.1", run(*READ[:-1], report())),
    "a missing file, before the opening": ("procurement.00.2", run(ASKED, FILED, report())),
    "a missing file of a lot that is not there": ("procurement.00.2", run(*READ, report(lot="lot-9"))),
    "a missing file, reported again": ("procurement.00.2", run(*READ, report(), report(name=COMMITTEE[1]))),
    "a missing file that was found": ("procurement.00.2", run(*READ, report(), confirm(), report())),
    "a missing file of a failed lot": ("procurement.00.2", run(*READ, judge(("bidder-1", False)), report())),
    "a missing file of an unknown envelope": ("procurement.43.1", run(*READ, report(bidder="bidder-9"))),
    "a missing file of an envelope that is not opened": ("procurement.43.1", run(
        TWO, submit(slot="technical"), submit(slot="financial", stores=STORES), begin,
        lambda bench: bench.open_all(bench.envelopes["bidder-1", "technical"]), declare, report(slot="financial"))),
    "a missing file of a malformed envelope": ("procurement.43.1", run(
        ASKED, submit(stores=STORES, plaintext=b"{}"), submit("bidder-2"), begin, open_all, declare, report())),
    "a missing file that no store has": ("procurement.43.2", run(*READ, report(sha256=OTHER_FILE))),
    # 44
    "a file that is found": (ACCEPTED, run(*READ, report(), confirm())),
    "a file that is found, by another member": (ACCEPTED, run(*READ, report(), confirm(name=COMMITTEE[2]))),
    "a file that is found, by the officer's house": ("procurement.00.1", run(*READ, report(), confirm(name="alternate-1"))),
    "a file that is found when the lot failed": ("procurement.00.2", run(
        *READ, report(), wait(9 * DAY), confirm())),
    "a file that nobody missed": ("procurement.44.1", run(*READ, confirm())),
    "a file that was found already": ("procurement.44.1", run(*READ, report(), confirm(), confirm())),
    "a file of another size": ("procurement.44.2", run(*READ, report(), confirm(size=FILE_BYTES + 1))),
    # 46
    "a key that is needed": ("procurement.46.1", run(ASKED, Bench.destroy)),
    "a key that no round names": ("procurement.00.2", run(ASKED, lambda bench: bench.destroy("trustees-1"))),
    "another's key": ("procurement.00.2", run(
        ASKED, Bench.cancel, lambda bench: bench.destroy("auditor-1", key_of("citizens-1/trustee")))),
    "a key that is not needed": (ACCEPTED, run(ASKED, Bench.cancel, Bench.destroy)),
    "a key that was destroyed": ("procurement.00.2", run(ASKED, Bench.cancel, Bench.destroy, Bench.destroy)),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.submit_sealed": (
        {
            "files": [{"receipts": [{"key": key_of("auditor-1/store"), "keep_until": START + 400 * DAY, "sig": "AAAA"}], "sha256": FILE,
                       "size": FILE_BYTES}],
            "lot": LOT, "members": PARTNERS, "process": PROCESS, "round": "ab" * 32, "sealed": "AAAA", "slot": "proposal",
        },
        (bidder_of("bidder-1"), bidder_of("bidder-2")),
    ),
    "procurement.withdraw_sealed": ({"lot": LOT, "process": PROCESS, "slot": "proposal"}, (bidder_of("bidder-1"),)),
    "procurement.publish_opening_shares": (
        {"lot": LOT, "process": PROCESS, "shares": [{"envelope": "ab" * 32, "index": 1, "point": "", "proof": ""}]},
        (trustee_of("auditor-1"),),
    ),
    "procurement.report_file_missing": (
        {"envelope": "ab" * 32, "lot": LOT, "process": PROCESS, "sha256": FILE}, (signer(COMMITTEE[0], "committee"),)),
    "procurement.confirm_file": (
        {"envelope": "ab" * 32, "lot": LOT, "process": PROCESS, "sha256": FILE, "size": FILE_BYTES},
        (signer(COMMITTEE[0], "committee"),),
    ),
    "procurement.confirm_key_destroyed": ({"key_id": "key-1"}, (trustee_of("auditor-1"),)),
}  # fmt: skip
# A signature of another length is no valid receipt (08.4); sealed bytes may be longer than other texts.
MAY_BE_EMPTY = {
    *(("procurement.submit_sealed", f"arguments.files.0.receipts.0.sig {other}") for other in ("empty", "too long")),
    ("procurement.submit_sealed", "arguments.sealed too long"),
}
