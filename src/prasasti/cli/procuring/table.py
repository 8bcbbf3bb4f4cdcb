"""Which commands there are: one a message of ``procurement`` and ``treasury``, and the kinds of work that they stand under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Message, find_message
from prasasti.services.selecting import Field


class Row(NamedTuple):
    """A command: its name below its group, its message, the fields that stand without an option's name, and what is filled in.

    ``sealed``: which arguments are made from other options (``SEALED_FIELDS``). ``fixed``: what the command always says, None: never;
    ``needed``: what it needs besides what its message does.
    """

    group: str
    name: str
    action: str
    positional: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}
    sealed: str = ""
    fixed: Mapping[str, Any] = {}
    needed: tuple[str, ...] = ()

    @property
    def hidden(self) -> frozenset[str]:
        """Fields that nobody gives as an option."""
        return frozenset((*SEALED_FIELDS[self.sealed], *self.fixed))

    def needs(self, field: Field) -> bool:
        """Whether whoever gives the command must give a field, as an option or in a file."""
        return (field.required or field.name in self.needed) and field.name not in self.defaults

    @property
    def words(self) -> str:
        """Under which words of what follows stand: those of its message, and of what it always says."""
        return "_".join((self.action.replace(".", "_"), *filter(None, self.fixed.values())))


LOT, PROCESS = ("process", "lot"), ("process",)
CONTRACT, MILESTONE, PAYMENT = ("contract",), ("contract", "milestone"), ("contract", "payment")
ROWS = (
    Row("plan", "announce", "procurement.announce_plan", ("plan",), {"early": False}),
    Row("plan", "change", "procurement.change_plan", ("plan",), {"withdraw": False}),
    Row("tender", "publish", "procurement.publish_tender", PROCESS),
    Row("tender", "ask", "procurement.ask_question", ("process", "question")),
    Row("tender", "answer", "procurement.answer_question", ("process", "question")),
    Row("tender", "amend", "procurement.amend_tender", PROCESS),
    Row("tender", "cancel", "procurement.cancel_tender", PROCESS),
    Row("tender", "fail", "procurement.declare_failed", PROCESS),
    Row("proposal", "submit", "procurement.submit_sealed", LOT, {}, "submission"),
    Row("proposal", "withdraw", "procurement.withdraw_sealed", LOT),
    Row("trustee", "share", "procurement.publish_opening_shares", LOT, {}, "shares"),
    Row("trustee", "confirm", "procurement.confirm_key_destroyed", ("key_id",)),
    Row("committee", "declare", "procurement.declare_interests", PROCESS, {"interests": []}),
    Row("committee", "seat", "procurement.seat", PROCESS),
    Row("committee", "compute", "procurement.note_arithmetic", LOT),
    Row("committee", "check", "procurement.record_requirements", LOT),
    Row("committee", "score", "procurement.submit_scores", LOT, {}, "scores"),
    Row("committee", "vote", "procurement.vote", LOT),
    Row("committee", "miss-file", "procurement.report_file_missing", LOT),
    Row("committee", "find-file", "procurement.confirm_file", LOT),
    Row("award", "notify", "procurement.notify_award", LOT),
    Row("award", "refuse", "procurement.refuse_result", LOT),
    Row("award", "activate", "procurement.activate_award", LOT),
    Row("award", "withdraw", "procurement.withdraw_award", LOT),
    Row("", "complain", "procurement.complain", LOT),
    Row("complaint", "answer", "procurement.answer_complaint", ("process", "complaint")),
    Row("", "appeal", "procurement.appeal", ("process", "complaint")),
    Row("complaint", "review", "procurement.decide_appeal", ("process", "appeal")),
    Row("", "decide", "procurement.decide"),
    Row("contract", "draft", "procurement.draft_contract", ("contract",)),
    Row("contract", "sign", "procurement.sign_contract", ("contract",), {}, "signature"),
    Row("contract", "advance", "procurement.take_advance", CONTRACT, {}, "advance"),
    Row("contract", "amend", "procurement.amend_contract", CONTRACT, {}, "amendment"),
    Row("contract", "notice", "procurement.notify_contractor", CONTRACT, fixed={"act": "notice"}, needed=("until",)),
    Row("contract", "suspend", "procurement.notify_contractor", CONTRACT, fixed={"act": "suspend"}),
    Row("contract", "resume", "procurement.notify_contractor", CONTRACT, fixed={"act": "resume", "until": None}),
    Row("contract", "chance", "procurement.notify_contractor", CONTRACT, fixed={"act": "chance"}, needed=("until",)),
    Row("contract", "terminate", "procurement.terminate", CONTRACT, {}, "end"),
    Row("contract", "hand-over", "procurement.hand_over", CONTRACT, {}, "release", {"act": "hand_over"}),
    Row("contract", "defect", "procurement.hand_over", CONTRACT, fixed={"act": "defect", "taxes": None}),
    Row("contract", "accept", "procurement.hand_over", CONTRACT, {}, "release", {"act": "accept"}),
    Row("milestone", "evidence", "procurement.submit_evidence", MILESTONE, {}, "evidence"),
    Row("milestone", "inspect", "procurement.inspect", MILESTONE, {}, "inspection"),
    Row("milestone", "witness", "procurement.witness", MILESTONE),
    Row("milestone", "certify", "procurement.certify", MILESTONE, {}, "certificate"),
    Row("invoice", "file", "procurement.file_invoice", MILESTONE, {}, "invoice"),
    Row("guarantee", "register", "procurement.register_guarantee", ("guarantee",)),
    Row("guarantee", "call", "procurement.call_guarantee", ("guarantee",)),
    Row("", "debar", "procurement.debar", ("organisation",)),
    Row("violation", "notify", "procurement.notify_violation", ("organisation",)),
    Row("violation", "reply", "procurement.reply_violation", ("violation",)),
    Row("treasury", "budget", "treasury.set_budget", ("line",)),
    Row("treasury", "change-budget", "treasury.change_budget", ("line",)),
    Row("treasury", "carry-over", "treasury.carry_over"),
    Row("treasury", "name-account", "treasury.name_account", (), {}, "account"),
    Row("treasury", "verify-account", "treasury.verify_account", (), {}, "verification"),
    Row("treasury", "approve", "treasury.approve", (), {}, "orders"),
    Row("treasury", "batch", "treasury.make_batch", ("batch",), {}, "orders"),
    Row("treasury", "pause", "treasury.pause_batch", ("batch",)),
    Row("treasury", "resume", "treasury.resume_batch", ("batch",)),
    Row("treasury", "send", "treasury.send_batch", ("batch",), {}, "file"),
    Row("treasury", "reconcile", "treasury.record_statement", (), {}, "statement"),
    Row("treasury", "resolve", "treasury.resolve_item", ("item",)),
    Row("treasury", "receipt", "treasury.record_receipt", ("entry",)),
    Row("treasury", "report", "procurement.report_payment", ("order",), {"line": 0}, "payment"),
    Row("treasury", "replace", "procurement.replace_order", ("order",), {}, "replacement"),
    Row("payment", "outside", "procurement.record_outside_payment", PAYMENT, fixed={"act": "record", "document": None}),
    Row("payment", "explain", "procurement.record_outside_payment", PAYMENT, {}, "explanation", {"act": "explain"}, ("document",)),
    Row("report", "take", "procurement.take_in_report", ("report",), {"named": False}, "report"),
    Row("report", "answer", "procurement.answer_report", ("report",)),
    Row("sample", "record", "procurement.record_sample", (), {}, "sample"),
)


# Recorded by a command of its own (import).
ELSEWHERE = ("procurement.attest_release",)


GROUPS = {
    "plan": "Announce what is to be bought; change it.",
    "tender": "Publish requests for proposals; ask, answer, amend, cancel, declare failed.",
    "proposal": "Seal and send a proposal, or withdraw it.",
    "trustee": "Help to open what is sealed; confirm that a key is destroyed.",
    "committee": "Declare interests, check requirements, score, vote; seats and missing files.",
    "award": "Notify an award, refuse it, make it final, withdraw it.",
    "complaint": "Answer a complaint; decide an appeal.",
    "contract": "Draft a contract, sign it, change it, end it, accept what it brought.",
    "milestone": "Show what was delivered of a milestone, inspect it, witness it, certify it.",
    "invoice": "Ask for what was accepted.",
    "guarantee": "Register a guarantee, and call it.",
    "violation": "Notify a violation, and reply to it.",
    "treasury": "Budgets; accounts, approvals, batches, what banks report.",
    "payment": "Record a payment that no order asked for; explain it.",
    "report": "Take in what somebody reports of a contract or a site, and answer it.",
    "sample": "Record what was drawn from a list, and found.",
}


# What a command does, where its message says that of several commands, or of arguments that are computed.
TOLD = {
    "contract advance": "The contractor takes a part of the price in advance. Taxes are computed.",
    "contract amend": "The parties change the contract. Give what changes: the rest is restated as it stands, the new price computed.",
    "contract notice": "The officer gives notice of what is wrong, and until when it is to be mended.",
    "contract suspend": "The officer suspends the contract; due dates move by as long as that lasts.",
    "contract resume": "The officer lets a suspended contract go on.",
    "contract chance": "The officer gives a last chance to finish what is late; damages go on meanwhile.",
    "contract hand-over": "Officer and inspector take over what was delivered. What is given back of the retention, and its taxes, "
    "are computed.",
    "contract defect": "Officer and inspector record a defect while the time for defects lasts.",
    "contract accept": "Officer and inspector accept for good what was handed over. What is given back, and taxes, are computed.",
    "milestone evidence": "The contractor shows what it did of a milestone, by photographs or other documents.",
    "milestone inspect": "The inspector accepts all that is left of a milestone, a part of it, or nothing. A part is an amount; of a "
    "measured contract it is quantities.",
    "milestone certify": "The certifier certifies what was accepted. Recovery of the advance, retention, damages for delay and taxes are "
    "computed and shown; what is left is ordered to be paid.",
    "invoice file": "The contractor asks for what was accepted, all of it. Amount and taxes are computed.",
    "treasury report": "The payer reports what became of an order's line, as a statement shows. The account is the approved one.",
    "treasury replace": "Officer and contractor have what a bank rejected or gave back paid by another order, to the account verified now.",
    "payment outside": "The payer records a payment for a contract that no order here asked for.",
    "payment explain": "Payer and officer say by a document why a payment outside was made.",
    "sample record": "An auditor records what a log root drew from a list, and what was found. The numbers are drawn here.",
}


# Of the whole numbers among the arguments those that are seconds UTC; of the others one ends in _bp or is a count.
TIMES = frozenset({
    "deadline", "estimate_date", "opening", "qualification_deadline", "question_end", "start", "to", "until", "valid_until",
    "value_date",
})  # fmt: skip
COUNTS = frozenset({"ballot", "count", "days", "differing", "examined", "line", "ranking", "size", "t", "threshold", "units", "year"})


SEALED_FIELDS = {
    "account": ("account",),
    "advance": ("taxes",),
    "amendment": ("change", "items", "milestones", "years"),
    "certificate": ("damages", "days", "gross", "recovery", "retention", "taxes"),
    "end": (),
    "evidence": ("evidence",),
    "explanation": ("amount", "entry", "payee", "statement"),
    "file": ("file",),
    "inspection": ("quantities",),
    "invoice": ("gross", "taxes"),
    "orders": ("count", "sum"),
    "payment": ("account",),
    "release": ("taxes",),
    "replacement": ("account", "lines"),
    "report": ("about",),
    "sample": ("drawn",),
    "scores": ("round", "sealed"),
    "shares": ("shares",),
    "signature": ("draft",),
    "statement": ("bank", "closing", "currency", "entries", "opening", "start", "statement", "to"),
    "submission": ("files", "round", "sealed", "members"),
    "verification": ("account", "organisation"),
    "": (),
}


def get_message(action: str) -> Message:
    """The message of an action, in the version that this program brings."""
    found = find_message({contract.name: contract for contract in CONTRACTS}, action)
    if found is None:
        raise LookupError(action)
    return found[1]
