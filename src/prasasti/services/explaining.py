"""Who should have won: a process recomputed step by step from its log, beside what the log recorded.

Owns the steps and their order. It goes through the log once: messages are what people sent, events what the ledger made of
them. Events say *when* something was decided; *what* is computed here anew, from the contents that were sent in and the terms
as published, with formulas of its own (``explained_figures``); neither the state nor a ranking that a node computed is asked.
What it takes as recorded: whether a message was admitted, which window ran until when, who declared a conflict, and of suite
01 what an envelope held (its shares' proofs are the audit's to check).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from prasasti.contracts.procurement.sealing.contents import Proposal, Qualification, Technical, decode_contents, decode_scores
from prasasti.contracts.procurement.sealing.sealer import Malformed
from prasasti.core.encoding import decode_base64
from prasasti.services import explained_figures as figures
from prasasti.services.difference import Differs
from prasasti.services.explained_log import Figure, ProcessLog, Told

ReadDocument = Callable[[str], bytes | None]
FindRanking = Callable[[str, int], Sequence[str] | None]

QUALIFICATION, TECHNICAL, FINANCIAL, PROPOSAL, SCORES = "qualification", "technical", "financial", "proposal", "scores"
# The steps, in the order in which a lot goes through them.
STEPS = (
    "terms", "submissions", "opening", "exclusions", "requirements", "scores", "ranking", "ballot", "award", "activation", "contract",
    "signatures", "failure",
)  # fmt: skip
# What each step follows: the reference of the project, and the law behind it.
CLAUSES: Mapping[str, tuple[str, ...]] = {
    "terms": ("procurement.03", "procurement.06"),
    "submissions": ("procurement.08.1", "procurement.09"),
    "opening": ("procurement.10", "prasasti/seal/1"),
    "exclusions": ("procurement-lifecycle 5", "procurement-lifecycle 6", "Perpres 16/2018 Pasal 7"),
    "requirements": ("procurement.15",),
    "scores": ("procurement.16", "procurement.17", "procurement-lifecycle 5"),
    "ranking": ("procurement.17", "procurement-lifecycle 5", "Perpres 16/2018 Pasal 67"),
    "ballot": ("procurement.18",),
    "award": ("procurement.20.2", "procurement.20.3", "procurement.20.4"),
    "activation": ("procurement.25.1", "procurement.25.6"),
    "contract": ("procurement.28.2", "procurement.28.3"),
    "signatures": ("procurement.30",),
    "failure": ("procurement.27", "Perpres 16/2018 Pasal 51"),
}
# An award that ended on one of these grounds passes nobody over: the lot begins again, fails, or is cancelled.
NOT_PASSED_OVER = ("cancelled", "failed", "fail", "reevaluate", "refused", "resubmit", "retender")
RANKED_BY_PRICE = 3


class Line(NamedTuple):
    """A line of a step: words' key and its facts; the entry (−1: none) and the document (SHA-256, "" none) that it rests on."""

    key: str
    facts: Mapping[str, object]
    position: int = -1
    document: str = ""


class Disagreement(NamedTuple):
    """Where the record is not what was computed."""

    what: str
    computed: str
    recorded: str
    position: int


@dataclass(slots=True)
class Step:
    """A step of a lot ("" : of the whole process), by the contract's version and figures that held."""

    name: str
    lot: str
    version: int
    figures: list[Figure] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def clauses(self) -> tuple[str, ...]:
        """What the step follows."""
        return CLAUSES[self.name]

    def say(self, key: str, position: int = -1, document: str = "", /, **facts: object) -> None:
        """One more line."""
        self.lines.append(Line(key, facts, position, document))

    def compare(self, what: str, computed: object, recorded: object, position: int) -> None:
        """Note a disagreement where there is one."""
        if str(computed) != str(recorded):
            self.disagreements.append(Disagreement(what, str(computed), str(recorded), position))


class Result(NamedTuple):
    """Of a lot: who is first by what was computed, who has the award, "" nobody; prices in minor units, "" none."""

    lot: str
    state: str
    computed: str
    computed_price: str
    awarded: str
    awarded_price: str


@dataclass(slots=True)
class Explanation:
    """All steps of a process, in the order in which they happened."""

    process: str
    buyer: str
    currency: str
    steps: list[Step]
    results: list[Result]

    @property
    def differs(self) -> Step | None:
        """The first step in which record and computation differ."""
        return next((step for step in self.steps if step.disagreements), None)


@dataclass(slots=True)
class _Envelope:
    id: str
    bidder: str
    slot: str
    round: str
    sealed: bytes
    position: int
    time: int
    state: str = "sealed"
    shares: set[int] = field(default_factory=set)
    contents: Any = None
    document: str = ""
    reason: str = ""


@dataclass(slots=True)
class _Bid:
    """A bidder's proposal for a lot; ``out`` tells why it is out, ``out_at`` the entry that put it out."""

    bidder: str
    members: list[str]
    slots: dict[str, _Envelope] = field(default_factory=dict)
    outcomes: dict[int, dict[str, bool]] = field(default_factory=dict)
    out: str = ""
    out_at: int = -1
    price_minor: int = 0
    tkdn_bp: int = 0
    technical: int = 0


@dataclass(slots=True)
class _Award:
    id: str
    bidder: str
    price_minor: int
    standstill_ends: int
    position: int


@dataclass(slots=True)
class _Lot:
    name: str
    stage: str
    round: str
    state: str = "open"
    evaluation: int = 1
    deadline: int = 0
    bids: dict[str, _Bid] = field(default_factory=dict)
    envelopes: list[_Envelope] = field(default_factory=list)
    sheets: dict[tuple[int, str], _Envelope] = field(default_factory=dict)
    all_above: bool = False
    scoring_ended_at: int = -1
    ranking: list[figures.Placed] = field(default_factory=list)
    ballot_ends: int = 0
    votes: dict[str, tuple[str, int]] = field(default_factory=dict)
    adopted: bool = False
    award: _Award | None = None
    awards: dict[str, _Award] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)


def explain(log: ProcessLog, read_document: ReadDocument, find_ranking: FindRanking | None = None) -> Explanation | None:
    """Recompute a process; None where the log has no native process of that id. Differs where a document is missing or another,
    or where an entry names what no entry before it made, which the rules would have refused.

    ``find_ranking`` gives the bidders of a ranking as a node recorded it, by lot and number: it is compared, never believed.
    """
    recount = _Recount(log, read_document, find_ranking)
    for told in log.told:
        try:
            recount.take(told)
        except (LookupError, StopIteration, TypeError, ValueError) as problem:
            found = f"{told.action or 'the schedule'} about something else: {problem!r}"
            raise Differs(f"entry {told.position}", "what the entries before it allow", found) from problem
    if not recount.lots:
        return None
    return Explanation(
        log.process, recount.buyer, recount.currency, recount.steps, [recount.conclude(lot) for lot in recount.lots.values()]
    )


class _Recount:
    """What is known so far, entry by entry."""

    def __init__(self, log: ProcessLog, read_document: ReadDocument, find_ranking: FindRanking | None) -> None:
        self.log = log
        self.read_document = read_document
        self.find_ranking = find_ranking
        self.steps: list[Step] = []
        self.lots: dict[str, _Lot] = {}
        self.plan: dict[str, Any] = {}
        self.terms: dict[str, Any] = {}
        self.buyer = self.currency = ""
        self.published = self.deadline = 0
        self.seats: dict[str, bool] = {}
        self.envelopes: dict[str, _Envelope] = {}
        self.debarred: dict[str, int] = {}
        self.contracts: dict[str, tuple[str, int]] = {}

    # -- entries ----------------------------------------------------------------------------------------------------------

    def take(self, told: Told) -> None:
        """An entry: the message first, then what the ledger made of it."""
        message = told.action.removeprefix("procurement.")
        if message in self._messages:
            self._messages[message](self, told)
        for event in told.events:
            name = str(event["event"]).removeprefix("procurement.")
            if name in self._events and event.get("process", self.log.process) == self.log.process:
                self._events[name](self, told, event)

    def conclude(self, lot: _Lot) -> Result:
        """What comes out for a lot."""
        first = self._find_first(lot, self.log.told[-1].time) if lot.state not in ("failed", "cancelled") else None
        award = lot.award
        return Result(
            lot.name, lot.state, first.offer.bidder if first is not None else "", str(first.offer.price_minor) if first is not None else "",
            award.bidder if award is not None else "", str(award.price_minor) if award is not None else "",
        )  # fmt: skip

    def _step(self, name: str, lot: str, told: Told) -> Step:
        step = Step(name, lot, self.log.version(told.height))
        self.steps.append(step)
        return step

    def _figure(self, step: Step, topic: str) -> Any:
        """A figure that holds for the process: that of its publication."""
        found = self.log.figure(f"procurement.{topic}", self.published)
        step.figures.append(found)
        return found.value

    # -- plan, terms -------------------------------------------------------------------------------------------------------

    def _take_plan(self, told: Told) -> None:
        self.plan = {**self.plan, **told.arguments}

    def _take_plan_change(self, told: Told) -> None:
        self.plan = {**self.plan, **(told.arguments.get("changes") or {})}

    def _take_terms(self, told: Told) -> None:
        given = dict(told.arguments)
        self.terms, self.published, self.buyer, self.currency = given, told.time, told.actor, self.plan["currency"]
        self.seats = {f"{each['organisation']}:{each['handle']}": True for each in given["seats"]["committee"]}
        self._say_terms(told)

    def _take_amendment(self, told: Told) -> None:
        kept = {lot["lot"]: lot for lot in self.terms["lots"]} | {lot["lot"]: lot for lot in told.arguments["changes"]["lots"]}
        self.terms = {**self.terms, **told.arguments["changes"], "lots": list(kept.values())}
        self._say_terms(told)

    def _say_terms(self, told: Told) -> None:
        terms, step = self.terms, self._step("terms", "", told)
        step.say(
            "terms", told.position, selection=terms["selection"], technical_bp=terms["technical_bp"], threshold=terms["threshold"],
            preference_bp=terms["preference_bp"], t=terms["t"], trustees=len(terms["trustees"]), seats=len(self.seats),
        )  # fmt: skip
        for lot in terms["lots"]:
            ceiling_minor = sum(int(part["amount"]) for part in lot["ceiling"])
            step.say("lot", told.position, lot=lot["lot"], estimate=lot["estimate"], ceiling=str(ceiling_minor), items=len(lot["items"]))
            step.compare("estimate_within_ceiling", True, int(lot["estimate"]) <= ceiling_minor, told.position)
        for criterion in terms["criteria"]:
            step.say("criterion", told.position, criterion=criterion["id"], weight_bp=criterion["weight_bp"])
        if terms["criteria"]:
            step.compare("weights", 10_000, sum(each["weight_bp"] for each in terms["criteria"]), told.position)

    def _see_published(self, told: Told, event: Mapping[str, Any]) -> None:
        stage = QUALIFICATION if self.terms["qualification"] else self._first_slot()
        self.deadline = self.terms["qualification_deadline"] if self.terms["qualification"] else event["deadline"]
        for lot in self.terms["lots"]:
            self.lots[lot["lot"]] = _Lot(lot["lot"], stage, event["proposal_round"])

    def _see_amended(self, told: Told, event: Mapping[str, Any]) -> None:
        self.deadline = event["deadline"]
        for lot in self.lots.values():
            if lot.state == "open":
                lot.round = event["proposal_round"]

    def _see_deadline(self, told: Told, event: Mapping[str, Any]) -> None:
        self.deadline = event["deadline"]

    def _see_asked(self, told: Told, event: Mapping[str, Any]) -> None:
        self.deadline = event["deadline"]
        lot = self.lots[event["lot"]]
        lot.stage, lot.state = self._first_slot(), "open"

    def _see_asked_again(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        self.deadline, lot.round = event["deadline"], event["round"]
        lot.stage, lot.state = self._first_slot(), "open"

    def _see_cancelled_lots(self, told: Told, event: Mapping[str, Any]) -> None:
        for name in event["lots"]:
            self.lots[name].state, self.lots[name].award = "cancelled", None

    # -- proposals, opening ----------------------------------------------------------------------------------------------

    def _take_sealed(self, told: Told) -> None:
        given = told.arguments
        lot = self.lots[given["lot"]]
        members = [each["organisation"] for each in given["members"]] or [told.actor]
        bid = lot.bids.setdefault(told.actor, _Bid(told.actor, members))
        bid.members = members
        before = bid.slots.get(given["slot"])
        if before is not None and before.state == "sealed":
            before.state = "replaced"
        bid.slots[given["slot"]] = self._seal(told, lot, given["slot"], told.actor)

    def _seal(self, told: Told, lot: _Lot, slot: str, sealer: str) -> _Envelope:
        given, sealed = told.arguments, decode_base64(told.arguments["sealed"])
        identifier = figures.compute_envelope(given["round"], lot.name, slot, sealer, sealed)
        envelope = _Envelope(identifier, sealer, slot, given["round"], sealed, told.position, told.time)
        self.envelopes[identifier] = envelope
        lot.envelopes.append(envelope)
        return envelope

    def _take_withdrawal(self, told: Told) -> None:
        bid = self.lots[told.arguments["lot"]].bids[told.actor]
        if told.arguments["slot"] in bid.slots:
            bid.slots[told.arguments["slot"]].state = "withdrawn"

    def _see_closed(self, told: Told, event: Mapping[str, Any]) -> None:
        """The deadline: who was in time, and which envelopes are due."""
        lot = self.lots[event["lot"]]
        lot.deadline, lot.state = self.deadline, "opening"
        step = self._step("submissions", lot.name, told)
        for envelope in lot.envelopes:
            if envelope.slot == SCORES:
                continue
            step.say(
                "submission", envelope.position, bidder=envelope.bidder, slot=envelope.slot, time=envelope.time, deadline=lot.deadline,
                state=envelope.state,
            )  # fmt: skip
            if envelope.state == "sealed" and envelope.slot == lot.stage:
                step.compare("in_time", True, envelope.time < lot.deadline, envelope.position)
        due = [bid for bid in lot.bids.values() if self._is_complete(lot, bid)]
        step.say("due", told.position, bids=len(lot.bids), due=len(due))
        step.compare("bids", len(lot.bids), event["bids"], told.position)
        step.compare("due", len(due), event["due"], told.position)

    def _is_complete(self, lot: _Lot, bid: _Bid) -> bool:
        """Whether every slot that is opened from here on is filled, in the round that stands."""
        wanted = [QUALIFICATION] if lot.stage == QUALIFICATION else [slot for slot in self._slots() if slot != QUALIFICATION]
        filled = [slot for slot, each in bid.slots.items() if each.state == "sealed" and each.round == lot.round]
        return not bid.out and all(slot in filled for slot in wanted)

    def _take_shares(self, told: Told) -> None:
        for share in told.arguments["shares"]:
            if share["envelope"] in self.envelopes:
                self.envelopes[share["envelope"]].shares.add(share["index"])

    def _see_opened(self, told: Told, event: Mapping[str, Any]) -> None:
        """What a message's shares opened is in one document: held against the sealed bytes themselves."""
        lot, digest = self.lots[event["lot"]], str(event["document"]["sha256"])
        step = self._step("opening", lot.name, told)
        listed = self._read_opened(digest, told.position)
        counted = {"opened": 0, "malformed": 0}
        for item in listed:
            envelope = self.envelopes.get(item["envelope"])
            if envelope is None:
                step.compare("sealed", "an envelope of this process", item["envelope"], told.position)
                continue
            self._open(step, lot, envelope, item, told, digest)
            counted["malformed" if envelope.state == "malformed" else "opened"] += 1
        for name, count in counted.items():
            step.compare(name, count, event[name], told.position)

    def _read_opened(self, digest: str, position: int) -> list[dict[str, Any]]:
        body = self.read_document(digest)
        if body is None or sha256(body).hexdigest() != digest:
            raise Differs(
                f"entry {position}, document {digest}", "bytes of that hash", "none" if body is None else sha256(body).hexdigest()
            )
        try:
            listed: list[dict[str, Any]] = msgspec.json.decode(body)["envelopes"]
        except (msgspec.MsgspecError, KeyError, TypeError) as problem:
            raise Differs(f"entry {position}, document {digest}", "a document of opened envelopes", str(problem)) from problem
        return listed

    def _open(self, step: Step, lot: _Lot, envelope: _Envelope, item: Mapping[str, Any], told: Told, digest: str) -> None:
        threshold = self.terms["t"]
        if len(envelope.shares) < threshold:
            step.compare("shares", threshold, len(envelope.shares), told.position)
        plaintext = figures.open_plain(envelope.sealed) if envelope.sealed[0] == 0 else str(item["plaintext"]).encode()
        contents = self._decode(lot, envelope, plaintext)
        envelope.document = digest
        envelope.state, envelope.reason = ("malformed", contents.reason) if isinstance(contents, Malformed) else ("opened", "")
        envelope.contents = None if envelope.reason else contents
        price = Step("opening", lot.name, step.version)
        if envelope.slot != SCORES:
            self._take_contents(price, lot, envelope)
        key = "malformed" if envelope.reason else "opened"
        facts = {"bidder": envelope.bidder, "slot": envelope.slot, "reason": envelope.reason, "shares": len(envelope.shares)}
        step.lines += [Line(key, facts, envelope.position, digest), *price.lines]
        if envelope.sealed[0] == 0:
            step.compare("malformed", envelope.reason or "no", item["malformed"] or "no", told.position)
            if not envelope.reason:
                step.compare("contents", _show(plaintext), _show(str(item["plaintext"]).encode()), told.position)

    def _decode(self, lot: _Lot, envelope: _Envelope, plaintext: bytes | None) -> Any:
        if plaintext is None:
            return Malformed("padding")
        if envelope.slot == SCORES:
            is_out = [bool(bid.out) and bid.out_at < lot.scoring_ended_at for bid in self._list_scored(lot)]
            return decode_scores(plaintext, [each["id"] for each in self.terms["criteria"]], is_out)
        return decode_contents(envelope.slot, plaintext, self.currency, [each["id"] for each in self._lot_terms(lot)["items"]])

    def _take_contents(self, step: Step, lot: _Lot, envelope: _Envelope) -> None:
        """The offer, its price by the rules of arithmetic."""
        bid, contents = lot.bids[envelope.bidder], envelope.contents
        if envelope.reason:
            bid.out, bid.out_at = "malformed", envelope.position
        if isinstance(contents, Qualification) or contents is None:
            return
        bid.tkdn_bp = contents.tkdn_bp
        if isinstance(contents, Technical):
            return
        bid.price_minor = int(contents.price)
        if self.terms["terms"]["amounts"] == "measured":
            bid.price_minor = self._say_bill(step, lot, contents, envelope)
        else:
            step.say("lump_sum", envelope.position, envelope.document, bidder=bid.bidder, price=contents.price)
        if bid.price_minor > figures.LARGEST_AMOUNT_MINOR:
            envelope.state, envelope.reason, bid.out, bid.out_at = "malformed", "amount", "malformed", envelope.position

    def _say_bill(self, step: Step, lot: _Lot, contents: Proposal, envelope: _Envelope) -> int:
        quantities = [int(item["quantity"]) for item in self._lot_terms(lot)["items"]]
        prices = [int(price) for _, price in contents.items]
        total = figures.compute_bill_minor(quantities, prices)
        for (item, price), quantity in zip(contents.items, quantities, strict=True):
            step.say("bill_item", envelope.position, envelope.document, item=item, quantity=str(quantity), unit_price=price)
        step.say("bill_total", envelope.position, envelope.document, bidder=envelope.bidder, stated=contents.price, price=str(total))
        return total

    def _see_lot_opened(self, told: Told, event: Mapping[str, Any]) -> None:
        """Every due envelope is read: who is out by tags or by the buyer's own price."""
        lot, slot = self.lots[event["lot"]], str(event["slot"])
        if slot == FINANCIAL and lot.stage == TECHNICAL:
            self._finish_technical(lot, told)
        lot.stage, lot.state = slot, "evaluating"
        step = self._step("exclusions", lot.name, told)
        if slot != FINANCIAL:
            self._exclude_by_tags(step, lot)
        if slot in (FINANCIAL, PROPOSAL):
            self._exclude_by_estimate(step, lot, told)
        live = self._list_live(lot)
        step.say("live", told.position, live=len(live), bidders=", ".join(bid.bidder for bid in live))
        step.compare("live", len(live), event["live"], told.position)

    def _exclude_by_tags(self, step: Step, lot: _Lot) -> None:
        """I1, I2, I5 by what was attested up to the deadline, by registrars on no side."""
        parts = {each for other in self.lots.values() for bid in other.bids.values() for each in bid.members if _is_there(bid)}
        latest = {
            (each.registrar, each.key_id, each.tag, each.organisation, each.handle, each.relation): each
            for each in self.log.tags
            if each.attested <= lot.deadline and each.registrar != self.buyer and each.registrar not in parts
        }
        held = [each for each in latest.values() if not each.handle and each.since <= lot.deadline and not 0 < each.until <= lot.deadline]
        ties = [figures.Tie(f"{each.key_id}/{each.tag}", each.relation, each.organisation, each.share_bp) for each in held]
        live = self._list_live(lot)
        designers = figures.list_designers(ties, self.buyer, self.plan["plan"]) if self.plan["kind"] == "works" else set()
        owned = figures.find_shared({bid.bidder: _union(figures.list_controllers(ties, each) for each in bid.members) for bid in live})
        led = figures.find_shared({bid.bidder: _union(figures.list_directed(ties, each) for each in bid.members) for bid in live})
        for bid in live:
            found = [(reason, tag.get(bid.bidder)) for reason, tag in (("shared_owner", owned), ("shared_director", led))]
            found += [("designed", each) for each in bid.members if each in designers]
            reason, tag = next(((reason, tag) for reason, tag in found if tag is not None), ("", ""))
            if reason:
                bid.out, bid.out_at = reason, max((each.position for each in held), default=-1)
                step.say(reason, bid.out_at, bidder=bid.bidder, tag=tag)
        step.say("tags", deadline=lot.deadline, tags=len(held))

    def _exclude_by_estimate(self, step: Step, lot: _Lot, told: Told) -> None:
        estimate_minor = int(self._lot_terms(lot)["estimate"])
        binds = bool(self._figure(step, f"{self.plan['kind']}.estimate_binds"))
        before = self._list_live(lot)
        for bid in before:
            is_above = bid.price_minor > estimate_minor
            key = "above_estimate" if is_above and binds else "above_estimate_stands" if is_above else "within_estimate"
            step.say(key, told.position, bidder=bid.bidder, price=str(bid.price_minor), estimate=str(estimate_minor))
            if is_above and binds:
                bid.out, bid.out_at = "above_estimate", told.position
        # Where the buyer's own price put the last ones out the lot fails for that (27g), else for want of anybody (27c).
        lot.all_above = bool(before) and not self._list_live(lot)

    # -- evaluation -------------------------------------------------------------------------------------------------------

    def _take_outcomes(self, told: Told) -> None:
        lot = self.lots[told.arguments["lot"]]
        step = self._step("requirements", lot.name, told)
        for outcome in told.arguments["outcomes"]:
            bid = lot.bids[outcome["bidder"]]
            bid.outcomes.setdefault(lot.evaluation, {})[outcome["requirement"]] = outcome["pass"]
            step.say(
                "passed" if outcome["pass"] else "not_passed", told.position, outcome["document"]["sha256"], bidder=bid.bidder,
                requirement=outcome["requirement"], reason=outcome["reason"], page=outcome["page"],
            )  # fmt: skip
            if not outcome["pass"] and not bid.out:
                kind = "qualification" if lot.stage == QUALIFICATION else "requirement"
                bid.out, bid.out_at = f"{kind}:{outcome['requirement']}", told.position

    def _see_outcomes(self, told: Told, event: Mapping[str, Any]) -> None:
        live = len(self._list_live(self.lots[event["lot"]]))
        self.steps[-1].say("left", told.position, live=live)
        self.steps[-1].compare("live", live, event["live"], told.position)

    def _take_scores(self, told: Told) -> None:
        lot, sealer = self.lots[told.arguments["lot"]], self._person(told)
        before = lot.sheets.get((lot.evaluation, sealer))
        if before is not None and before.state == "sealed":
            before.state = "replaced"
        lot.sheets[lot.evaluation, sealer] = self._seal(told, lot, SCORES, sealer)

    def _see_scoring_ended(self, told: Told, event: Mapping[str, Any]) -> None:
        self.lots[event["lot"]].scoring_ended_at = told.position

    def _finish_technical(self, lot: _Lot, told: Told) -> None:
        """Two files: whose financial envelope is due."""
        live = self._list_live(lot)
        if not self.terms["criteria"]:
            return
        self._score(lot, live, told)
        for bid in live:
            if bid.technical < self.terms["threshold"] and self.terms["selection"] != "price_only":
                bid.out, bid.out_at = "threshold", told.position
        lot.stage = FINANCIAL

    def _see_opening(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        if event["slot"] != FINANCIAL or lot.stage != TECHNICAL:
            return
        self._finish_technical(lot, told)
        lot.stage, lot.state = FINANCIAL, "opening"
        due = sum(FINANCIAL in bid.slots and bid.slots[FINANCIAL].state == "sealed" and not bid.out for bid in lot.bids.values())
        self.steps[-1].say("financial_due", told.position, due=due)
        self.steps[-1].compare("due", due, event["due"], told.position)

    def _score(self, lot: _Lot, bids: Sequence[_Bid], told: Told) -> None:
        step = self._step("scores", lot.name, told)
        order = [bid.bidder for bid in self._list_scored(lot)]
        sheets = [(seat, lot.sheets.get((lot.evaluation, seat))) for seat in self.seats]
        for seat, sheet in sheets:
            state = "none" if sheet is None else sheet.state
            step.compare(f"sheet of {seat}", "opened", state, told.position)
        counted = [sheet for _, sheet in sheets if sheet is not None and sheet.state == "opened"]
        for bid in bids if counted else ():
            given = [[sheet.contents.scores[each["id"]][order.index(bid.bidder)] for sheet in counted] for each in self.terms["criteria"]]
            for criterion, scores in zip(self.terms["criteria"], given, strict=True):
                step.say(
                    "criterion_scores", counted[-1].position, counted[-1].document, bidder=bid.bidder, criterion=criterion["id"],
                    weight_bp=criterion["weight_bp"], scores=" + ".join(map(str, scores)), sum=sum(scores),
                )  # fmt: skip
                step.compare(f"scores of {bid.bidder}", True, min(scores) >= 0, told.position)
            bid.technical = figures.compute_technical_score([each["weight_bp"] for each in self.terms["criteria"]], given)
            step.say("technical", told.position, bidder=bid.bidder, technical=bid.technical, members=len(counted))

    def _see_ranking(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        chosen = self._choose(lot)
        if self.terms["criteria"] and lot.stage == PROPOSAL:
            self._score(lot, chosen, told)
        step = self._step("ranking", lot.name, told)
        weights = figures.Weights(
            self.terms["selection"], self.terms["technical_bp"], self.terms["threshold"], self.terms["preference_bp"],
            int(self._figure(step, "preference_least_tkdn_bp")),
        )  # fmt: skip
        secrets = self._list_secrets(lot)
        offers = [
            figures.Offered(bid.bidder, bid.price_minor, bid.tkdn_bp, bid.technical, self._tie(lot, secrets, bid.bidder)) for bid in chosen
        ]
        lot.ranking = figures.place_offers(weights, offers)
        lot.adopted = bool(self.terms.get("invited"))
        for bid in chosen:
            missing = self._list_not_met(lot, bid)
            step.compare(f"requirements of {bid.bidder}", "met", f"no outcome of {', '.join(missing)}" if missing else "met", told.position)
        for placed in lot.ranking:
            _say_placed(step, weights, placed, told.position, is_tie_known=secrets is not None)
        step.compare("ranked", len(lot.ranking), event["ranked"], told.position)
        step.compare("evaluation", lot.evaluation, event["evaluation"], told.position)
        recorded = self.find_ranking(lot.name, event["ranking"]) if self.find_ranking is not None else None
        if recorded is not None:
            step.compare("order", ", ".join(each.offer.bidder for each in lot.ranking), ", ".join(recorded), told.position)

    def _choose(self, lot: _Lot) -> list[_Bid]:
        """Who is ranked: all that are left; by price alone from the lowest evaluated price upward until three passed."""
        live = self._list_live(lot)
        if self.terms["selection"] != "price_only":
            return live
        least = int(self.log.figure("procurement.preference_least_tkdn_bp", self.published).value)
        weights = figures.Weights("price_only", 0, 0, self.terms["preference_bp"], least)
        live.sort(key=lambda bid: (figures.compute_evaluated_e8(weights, bid.price_minor, bid.tkdn_bp), bid.bidder))
        return live[:RANKED_BY_PRICE]

    def _list_not_met(self, lot: _Lot, bid: _Bid) -> list[str]:
        """Requirements without a pass: in this evaluation, of a qualification decided before it in any."""
        now = bid.outcomes.get(lot.evaluation, {})
        ever = {name for outcomes in bid.outcomes.values() for name, passed in outcomes.items() if passed}
        return [
            each["id"]
            for each in self.terms["requirements"]
            if not now.get(each["id"]) and not (self.terms["qualification"] and each["stage"] == QUALIFICATION and each["id"] in ever)
        ]

    def _list_secrets(self, lot: _Lot) -> list[bytes] | None:
        """What each opened envelope gives to the tie hash, by its id; None where a suite hides it from who reads the log."""
        opened = sorted(
            (each for bid in lot.bids.values() for each in bid.slots.values() if each.state == "opened"), key=lambda each: each.id
        )
        if any(each.sealed[0] != 0 for each in opened):
            return None
        return [sha256(each.sealed).digest() for each in opened]

    def _tie(self, lot: _Lot, secrets: list[bytes] | None, bidder: str) -> str:
        return figures.compute_tie_hash(lot.round, lot.name, secrets, bidder) if secrets is not None else ""

    def _see_ballot_opened(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        lot.ballot_ends, lot.votes = event["ends"], {}

    def _take_vote(self, told: Told) -> None:
        self.lots[told.arguments["lot"]].votes[self._person(told)] = (told.arguments["choice"], told.position)

    def _see_ballot_closed(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        step = self._step("ballot", lot.name, told)
        for person, (choice, position) in lot.votes.items():
            step.say("vote", position, person=person, choice=choice)
            step.compare("seat", True, person in self.seats, position)
        choices = [choice for choice, _ in lot.votes.values()]
        outcome = figures.compute_outcome(choices, len(self.seats))
        step.say(
            "majority", told.position, adopt=choices.count("adopt"), reject=choices.count("reject"), seats=len(self.seats), outcome=outcome
        )  # fmt: skip
        step.compare("outcome", outcome, event["outcome"], told.position)
        lot.adopted = outcome == "adopted"

    def _see_seat(self, told: Told, event: Mapping[str, Any]) -> None:
        """Somebody took a seat: outcomes stand, the leaver's uncounted sheet and open vote fall."""
        if event["seat"] != "committee":
            return
        self.seats = {event["entered"] if seat == event["left"] else seat: sits for seat, sits in self.seats.items()}
        self.seats[event["entered"]] = True
        for lot in self.lots.values():
            lot.votes.pop(event["left"], None)

    def _see_interests(self, told: Told, event: Mapping[str, Any]) -> None:
        person = f"{event['organisation']}:{event['handle']}"
        if person in self.seats and event["recused"]:
            self.seats[person] = False

    def _see_repeated(self, told: Told, event: Mapping[str, Any]) -> None:
        """Evaluated anew, or sealed anew: what the committee decided falls, what the opening decided stays."""
        lot = self.lots[event["lot"]]
        lot.evaluation, lot.adopted, lot.votes = event["evaluation"], False, {}
        if lot.stage != QUALIFICATION:
            lot.stage = self._first_slot()
        kind = "qualification:" if lot.stage == QUALIFICATION else "requirement:"
        if event["remedy"] == "resubmit":
            _empty(lot, told.position)
            return
        for bid in lot.bids.values():
            if bid.out.startswith(kind) or bid.out == "threshold":
                bid.out, bid.out_at = "", -1
        lot.state = "evaluating"

    # -- award, contract --------------------------------------------------------------------------------------------------

    def _take_award(self, told: Told) -> None:
        given = told.arguments
        lot = self.lots[given["lot"]]
        step, first = self._step("award", lot.name, told), self._find_first(lot, told.time)
        for placed in lot.ranking:
            why = self._why_not(lot, placed, told.time)
            if why:
                step.say("not_first", told.position, bidder=placed.offer.bidder, place=placed.place, why=why)
        step.say("first", told.position, given["reasons"]["sha256"], bidder=first.offer.bidder if first is not None else "—")
        step.compare("adopted", True, lot.adopted, told.position)
        step.compare("winner", first.offer.bidder if first is not None else "nobody", given["bidder"], told.position)
        if first is not None and first.offer.bidder == given["bidder"]:
            step.compare("price", first.offer.price_minor, given["price"], told.position)
        self.steps[-1].say("awarded", told.position, bidder=given["bidder"], price=given["price"])

    def _see_award(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        price_minor = int(told.arguments["price"])
        lot.award = _Award(event["award"], event["bidder"], price_minor, event["standstill_ends"], told.position)
        lot.awards[lot.award.id], lot.state = lot.award, "decided"

    def _see_activated(self, told: Told, event: Mapping[str, Any]) -> None:
        lot, given = self.lots[event["lot"]], told.arguments
        award = lot.awards[event["award"]]
        step = self._step("activation", lot.name, told)
        step.say("standstill", told.position, ends=award.standstill_ends, time=told.time)
        step.compare("standstill_over", True, told.time >= award.standstill_ends, told.position)
        if given.get("price") is not None:
            negotiation = (given.get("negotiation") or {}).get("sha256", "")
            step.say("negotiated", told.position, negotiation, before=str(award.price_minor), price=given["price"])
            step.compare("only_down", True, int(given["price"]) <= award.price_minor, told.position)
            award.price_minor = int(given["price"])
        lot.state = "active"

    def _see_award_cancelled(self, told: Told, event: Mapping[str, Any]) -> None:
        lot = self.lots[event["lot"]]
        award = lot.awards.get(event["award"])
        lot.award, lot.state = None, "evaluating"
        if award is not None and event["ground"] not in NOT_PASSED_OVER:
            lot.passed_over.append(award.bidder)

    def _take_draft(self, told: Told) -> None:
        given = told.arguments
        lot = self.lots.get(given.get("lot") or "")
        award = lot.awards.get(given["award"]) if lot is not None else None
        if lot is None or award is None:
            return
        step, price_minor = self._step("contract", lot.name, told), int(given["price"])
        unit_minor = int(self._figure(step, f"payment_unit_minor.{self.currency}"))
        step.say("drafted", told.position, given["document"]["sha256"], price=given["price"], award=str(award.price_minor))
        step.compare("within_award", True, price_minor <= award.price_minor, told.position)
        step.compare("payable", 0, price_minor % unit_minor, told.position)
        shares = [each["share_bp"] for each in self._lot_terms(lot)["milestones"]]
        parts = figures.compute_parts_minor(price_minor, shares, unit_minor)
        for share_bp, part_minor, milestone in zip(shares, parts, given["milestones"], strict=False):
            step.say("milestone", told.position, milestone=milestone["id"], share_bp=share_bp, amount=str(part_minor))
        step.compare("milestones", " + ".join(map(str, parts)), " + ".join(each["amount"] for each in given["milestones"]), told.position)
        self.contracts[given["contract"]] = (lot.name, price_minor)

    def _see_contract(self, told: Told, event: Mapping[str, Any]) -> None:
        lot, price_minor = self.contracts.get(event["contract"], ("", 0))
        if lot:
            step = self._step("signatures", lot, told)
            step.say("signed", told.position, contract=event["contract"], price=event["price"])
            step.compare("price", price_minor, event["price"], told.position)
            self.lots[lot].state = "contracted"

    def _see_failed(self, told: Told, event: Mapping[str, Any]) -> None:
        lot, ground = self.lots[event["lot"]], str(event["ground"])
        step = self._step("failure", lot.name, told)
        complete, live = sum(self._is_complete(lot, bid) for bid in lot.bids.values()), len(self._list_live(lot))
        was_open, is_ranked = lot.state == "open", any(placed.place for placed in lot.ranking)
        lot.state, lot.award = "failed", None
        step.say("failed", told.position, ground=ground, complete=complete, live=live)
        if ground == "b":
            step.compare("complete", 0, complete if was_open else "opened already", told.position)
        if ground == "g":
            step.compare("above_estimate", True, lot.all_above, told.position)
        if ground == "c" and lot.stage != QUALIFICATION:
            step.compare("nobody_left", True, not lot.all_above and (not live or not is_ranked), told.position)

    # -- debarments --------------------------------------------------------------------------------------------------------

    def _see_debarred(self, told: Told, event: Mapping[str, Any]) -> None:
        self.debarred[event["organisation"]] = event["until"]

    def _see_lifted(self, told: Told, event: Mapping[str, Any]) -> None:
        self.debarred.pop(event["organisation"], None)

    # -- what is asked of what is known ----------------------------------------------------------------------------------------

    def _slots(self) -> tuple[str, ...]:
        first = (QUALIFICATION,) if self.terms["qualification"] else ()
        return (*first, TECHNICAL, FINANCIAL) if self.terms["files"] == "two" else (*first, PROPOSAL)

    def _first_slot(self) -> str:
        return next(slot for slot in self._slots() if slot != QUALIFICATION)

    def _lot_terms(self, lot: _Lot) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.terms["lots"] if each["lot"] == lot.name)
        return found

    def _list_scored(self, lot: _Lot) -> list[_Bid]:
        """Opened proposals of the stage, by organisation: the order of a score sheet."""
        opened = [bid for bid in lot.bids.values() if lot.stage in bid.slots and bid.slots[lot.stage].state == "opened"]
        return sorted(opened, key=lambda bid: bid.bidder)

    def _list_live(self, lot: _Lot) -> list[_Bid]:
        return [bid for bid in self._list_scored(lot) if not bid.out]

    def _person(self, told: Told) -> str:
        key = told.signers[0][0]
        return self.log.people.get(key, f"{told.actor}:{key}")

    def _find_first(self, lot: _Lot, time: int) -> figures.Placed | None:
        return next((placed for placed in lot.ranking if not self._why_not(lot, placed, time)), None)

    def _why_not(self, lot: _Lot, placed: figures.Placed, time: int) -> str:
        bid = lot.bids[placed.offer.bidder]
        if not placed.place:
            return "threshold"
        if bid.out:
            return bid.out
        if bid.bidder in lot.passed_over:
            return "passed_over"
        return "debarred" if any(time < self.debarred.get(each, 0) for each in bid.members) else ""

    _messages: Mapping[str, Callable[[_Recount, Told], None]] = {
        "amend_tender": _take_amendment,
        "announce_plan": _take_plan,
        "change_plan": _take_plan_change,
        "draft_contract": _take_draft,
        "notify_award": _take_award,
        "publish_opening_shares": _take_shares,
        "publish_tender": _take_terms,
        "record_requirements": _take_outcomes,
        "submit_scores": _take_scores,
        "submit_sealed": _take_sealed,
        "vote": _take_vote,
        "withdraw_sealed": _take_withdrawal,
    }
    _events: Mapping[str, Callable[[_Recount, Told, Mapping[str, Any]], None]] = {
        "award_activated": _see_activated,
        "award_cancelled": _see_award_cancelled,
        "award_notified": _see_award,
        "ballot_closed": _see_ballot_closed,
        "ballot_opened": _see_ballot_opened,
        "contract_active": _see_contract,
        "deadline_extended": _see_deadline,
        "debarment_expired": _see_lifted,
        "debarment_lifted": _see_lifted,
        "debarred": _see_debarred,
        "envelopes_opened": _see_opened,
        "interests_declared": _see_interests,
        "lot_closed": _see_closed,
        "lot_failed": _see_failed,
        "lot_opened": _see_lot_opened,
        "lot_repeated": _see_repeated,
        "lots_cancelled": _see_cancelled_lots,
        "opening_begun": _see_opening,
        "proposals_asked": _see_asked,
        "proposals_asked_again": _see_asked_again,
        "question_answered": _see_deadline,
        "ranking_published": _see_ranking,
        "requirements_recorded": _see_outcomes,
        "scoring_ended": _see_scoring_ended,
        "seat_taken": _see_seat,
        "tender_amended": _see_amended,
        "tender_published": _see_published,
    }


def _say_placed(step: Step, weights: figures.Weights, placed: figures.Placed, position: int, *, is_tie_known: bool) -> None:
    offer = placed.offer
    facts = {
        "place": placed.place, "bidder": offer.bidder, "price": str(offer.price_minor), "tkdn_bp": offer.tkdn_bp,
        "preference_bp": weights.preference_bp, "evaluated_e8": str(placed.evaluated_e8), "technical": offer.technical,
        "technical_bp": weights.technical_bp, "price_bp": 10_000 - weights.technical_bp, "points": placed.points, "final": placed.final,
        "threshold": weights.threshold, "tie": offer.tie if is_tie_known else "",
    }  # fmt: skip
    key = "placed_below" if not placed.place else "placed_by_price" if weights.selection == "price_only" else "placed_by_points"
    step.lines.append(Line(key, facts, position))


def _empty(lot: _Lot, position: int) -> None:
    """Proposals anew: who is in keeps the qualification alone, who was never opened does not come in again."""
    for bid in lot.bids.values():
        if bid.out:
            continue
        if not any(each.state == "opened" for each in bid.slots.values()):
            bid.out, bid.out_at = "not_opened", position
            continue
        bid.slots = {slot: each for slot, each in bid.slots.items() if slot == QUALIFICATION}
        bid.price_minor = bid.tkdn_bp = bid.technical = 0


def _is_there(bid: _Bid) -> bool:
    return any(each.state not in ("replaced", "withdrawn") for each in bid.slots.values())


def _union(sets: Iterator[set[str]]) -> set[str]:
    return {each for found in sets for each in found}


def _show(plaintext: bytes | None) -> str:
    """Contents in short: their hash, since they may be long."""
    return "nothing" if plaintext is None else f"{len(plaintext)} bytes, SHA-256 {sha256(plaintext).hexdigest()}"
