"""Effects of ``identity``: each runs only when every condition of its message holds. And what its deadlines do."""

from __future__ import annotations

from prasasti.contracts.governance.records import note_document
from prasasti.contracts.identity import events
from prasasti.contracts.identity.checks import TERMLESS_ROLES
from prasasti.contracts.identity.parameters import DAY_SECONDS, read_seconds
from prasasti.contracts.identity.records import (
    PREFIXES_KEY,
    ActsRecord,
    FindingRecord,
    OfficeReviewsRecord,
    PrefixesRecord,
    QuotaRecord,
    RecoveringRecord,
    RecoveryRecord,
    acts_key,
    compute_quarter,
    compute_quarter_end,
    digest_organisation,
    finding_key,
    format_quarter,
    office_reviews_key,
    parse_quarter,
    quota_key,
    recovering_key,
    recovery_key,
)
from prasasti.contracts.offices import (
    REGISTRAR,
    Draft,
    DueRecord,
    HeldBack,
    Term,
    bind_key,
    drop_term,
    end_key,
    find_offices,
    find_person_of_key,
    give_back,
    hold_back,
    keeps_registrar,
    key_key,
    put_term,
    set_role,
)
from prasasti.core.contract import Call, Outcome, View
from prasasti.core.genesis import KeyRecord, OrganisationRecord
from prasasti.core.state import schedule_key
from prasasti.core.types import Document, Event, require


def process_register_key(view: View, call: Call) -> Outcome:
    """01: the key stands for the organisation, in its roles, from the next block on; offices with a term end by date."""
    draft, arguments = Draft(view), call.arguments
    until = arguments.until if arguments.until is not None else call.time + read_seconds(view, "office_days", call.time)
    terms = {role: until for role in arguments.roles if role not in TERMLESS_ROLES}
    if arguments.organisation == call.actor:
        _start_office_reviews(draft, call, call.actor)
    bind_key(draft, call, arguments.organisation, arguments.handle, arguments.key, arguments.roles, terms)
    return draft.outcome(events.KeyRegistered(arguments.key, arguments.organisation))


def process_end_key(view: View, call: Call) -> Outcome:
    """02: the key acts no longer, for the rest of this block neither; if it is suspect, what it signed is to be looked at."""
    draft, arguments = Draft(view), call.arguments
    ended: list[Event] = [events.KeyEnded(arguments.key, _find_key(view, arguments.key).organisation)]
    end_key(draft, call, arguments.key)
    if arguments.suspect_since is not None:
        due = call.time + read_seconds(view, "acts_review_days", call.time)
        draft.put(acts_key(arguments.key), ActsRecord(0, due, overdue=False, own=0, since=arguments.suspect_since))
        draft.put(schedule_key(due, "identity", f"acts:{arguments.key}"), DueRecord(arguments.key))
        ended.append(events.ActsReviewOpened(due, arguments.key, arguments.suspect_since))
    return draft.outcome(*ended)


def process_rotate_key(view: View, call: Call) -> Outcome:
    """03: the new key takes the old one's place, with its terms and what is held back from it."""
    draft, arguments = Draft(view), call.arguments
    _replace_key(draft, call, arguments.old, arguments.key, arguments.roles)
    return draft.outcome(events.KeyRotated(arguments.key, arguments.old))


def process_grant_office(view: View, call: Call) -> Outcome:
    """04: the key has the office from the next block on, until a date; one that it has is prolonged or shortened."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=True)
    put_term(draft, call, Term(arguments.key, arguments.role, arguments.until))
    return draft.outcome(events.OfficeGranted(arguments.key, arguments.role, arguments.until))


def process_end_office(view: View, call: Call) -> Outcome:
    """05: the key has the office no longer, for the rest of this block neither."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=False)
    return draft.outcome(events.OfficeEnded(arguments.key, arguments.role))


def process_delegate_office(view: View, call: Call) -> Outcome:
    """06: another key has the office too, until a date; its holder keeps it."""
    draft, arguments = Draft(view), call.arguments
    set_role(draft, call, arguments.key, arguments.role, held=True)
    put_term(draft, call, Term(arguments.key, arguments.role, arguments.until, delegated=True))
    return draft.outcome(events.OfficeDelegated(arguments.key, arguments.role, arguments.until))


def process_announce_recovery(view: View, call: Call) -> Outcome:
    """07: the window for objections opens; it is longer where the organisation could not vouch by itself."""
    draft, arguments = Draft(view), call.arguments
    old = _find_key(view, arguments.old)
    people = find_offices(view, call.genesis, old.organisation).registrars
    is_outside = sum(handle != old.handle for handle in people) < 2
    ready = call.time + read_seconds(view, "outside_recovery_hours" if is_outside else "recovery_hours", call.time)
    record = RecoveryRecord(call.time, arguments.document, arguments.key, arguments.old, is_outside, ready, "announced")
    draft.put(recovery_key(arguments.recovery), record)
    draft.put(recovering_key(arguments.old), RecoveringRecord(arguments.recovery))
    lapses = ready + read_seconds(view, "recovery_open_days", call.time)
    draft.put(schedule_key(lapses, "identity", f"lapse:{arguments.recovery}"), DueRecord(arguments.recovery))
    _note_document(draft, call, arguments.document)
    return draft.outcome(events.RecoveryAnnounced(arguments.old, ready, arguments.recovery))


def process_object_recovery(view: View, call: Call) -> Outcome:
    """08: the recovery is off; the old key stands as before."""
    draft = Draft(view)
    _set_recovery(draft, call.arguments.recovery, "objected")
    return draft.outcome(events.RecoveryObjected(call.arguments.recovery))


def process_complete_recovery(view: View, call: Call) -> Outcome:
    """09: the new key takes the lost one's place; offices that move money come later, by the schedule."""
    draft, arguments = Draft(view), call.arguments
    _set_recovery(draft, arguments.recovery, "completed")
    _replace_key(draft, call, arguments.old, arguments.key, arguments.roles)
    until = call.time + read_seconds(view, "payment_hold_hours", call.time)
    for role in arguments.held_back:
        hold_back(draft, call, HeldBack(arguments.key, role, until))
    return draft.outcome(events.RecoveryCompleted(arguments.key, arguments.old, arguments.recovery))


def process_confirm_acts(view: View, call: Call) -> Outcome:
    """10: acts are owned or disowned; none is undone by that."""
    draft, arguments = Draft(view), call.arguments
    record = require(view.get(acts_key(arguments.key), ActsRecord), arguments.key)
    count = len(arguments.ids)
    own, disowned = (count, 0) if arguments.finding == "own" else (0, count)
    draft.put(acts_key(arguments.key), ActsRecord(record.disowned + disowned, record.due, record.overdue, record.own + own, record.since))
    for each in arguments.ids:
        draft.put(finding_key(each), FindingRecord(arguments.finding, arguments.key, call.time, arguments.document))
    if arguments.document is not None:
        _note_document(draft, call, arguments.document)
    return draft.outcome(events.ActsConfirmed(count, arguments.finding, arguments.key))


def process_register_organisation(view: View, call: Call) -> Outcome:
    """13: an organisation that is no member, with its first keys, from the next block on."""
    draft, arguments, day = Draft(view), call.arguments, call.time // DAY_SECONDS
    draft.put(f"identity/organisation/{arguments.organisation}", OrganisationRecord(arguments.organisation, "", [], "", "active"))
    until = call.time + read_seconds(view, "office_days", call.time)
    for key in arguments.keys:
        terms = {role: until for role in key.roles if role not in TERMLESS_ROLES}
        bind_key(draft, call, arguments.organisation, key.handle, key.key, key.roles, terms)
    record = view.get(quota_key(call.actor), QuotaRecord)
    count = record.count if record is not None and record.day == day else 0
    draft.put(quota_key(call.actor), QuotaRecord(count + 1, day))
    _start_office_reviews(draft, call, arguments.organisation)
    return draft.outcome(events.OrganisationRegistered(arguments.organisation))


def process_register_publisher(view: View, call: Call) -> Outcome:
    """14: an organisation publishes under its prefixes, those it had and those named now."""
    draft, arguments = Draft(view), call.arguments
    record_key = f"identity/organisation/{arguments.organisation}"
    before = view.get(record_key, OrganisationRecord)
    prefixes = sorted({*arguments.ocid_prefixes, *(before.ocid_prefixes if before is not None else [])})
    standing = before.standing if before is not None else "active"
    draft.put(record_key, OrganisationRecord(arguments.organisation, arguments.licence, prefixes, arguments.publication_policy, standing))
    registry = view.get(PREFIXES_KEY, PrefixesRecord)
    owners = registry.owners if registry is not None else {}
    draft.put(PREFIXES_KEY, PrefixesRecord(owners | dict.fromkeys(arguments.ocid_prefixes, arguments.organisation)))
    return draft.outcome(events.PublisherRegistered(arguments.organisation))


def process_review_offices(view: View, call: Call) -> Outcome:
    """15: the organisation owes the review of that quarter no longer."""
    draft, quarter = Draft(view), call.arguments.quarter
    record = view.get(office_reviews_key(digest_organisation(call.actor)), OfficeReviewsRecord)
    if record is not None and quarter in record.missing:
        missing = [each for each in record.missing if each != quarter]
        draft.put(office_reviews_key(digest_organisation(call.actor)), OfficeReviewsRecord(record.coming, missing, call.actor))
    else:
        _await_review(draft, call, call.actor, parse_quarter(quarter) + 1, record.missing if record is not None else [])
    return draft.outcome(events.OfficesReviewed(call.actor, quarter))


def process_close_organisation(view: View, call: Call) -> Outcome:
    """16: no key of the organisation acts any more, for the rest of this block neither."""
    draft, organisation = Draft(view), call.arguments.organisation
    key = f"identity/organisation/{organisation}"
    record = require(view.get(key, OrganisationRecord), organisation)
    draft.put(key, OrganisationRecord(record.id, record.licence, record.ocid_prefixes, record.publication_policy, "closed"))
    return draft.outcome(events.OrganisationClosed(organisation))


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """A due record ``<what>:<subject>``. What has changed since it was scheduled leaves it nothing to do."""
    what, _, subject = key.partition(":")
    return {
        "acts": _run_acts,
        "held": _run_held,
        "lapse": _run_lapse,
        "offices": _run_offices,
        "term": _run_term,
    }[what](view, call, subject)


def _run_term(view: View, call: Call, key: str) -> Outcome:
    """Offices of a key whose date is over end; the last registrar stays, without a date, and is named."""
    draft, told = Draft(view), list[Event]()
    due = [term for term in find_person_of_key(view, call.genesis, key).terms if term.key == key and term.until <= call.time]
    for term in due:
        if term.role == REGISTRAR and not keeps_registrar(draft, call.genesis, key):
            drop_term(draft, call, key, term.role)
            told.append(events.RegistrarStays(key))
        else:
            set_role(draft, call, key, term.role, held=False)
            told.append(events.OfficeOver(key, term.role))
    return draft.outcome(*told)


def _run_held(view: View, call: Call, key: str) -> Outcome:
    """What recovery held back from a key, it has from the next block on."""
    draft, told = Draft(view), list[Event]()
    for held in find_person_of_key(view, call.genesis, key).held_back:
        if held.key == key and held.until <= call.time:
            give_back(draft, call, key, held.role)
            told.append(events.OfficeGivenBack(key, held.role))
    return draft.outcome(*told)


def _run_lapse(view: View, call: Call, recovery: str) -> Outcome:
    """A recovery that nobody completed is over."""
    draft = Draft(view)
    if require(view.get(recovery_key(recovery), RecoveryRecord), recovery).standing != "announced":
        return Outcome()
    _set_recovery(draft, recovery, "lapsed")
    return draft.outcome(events.RecoveryLapsed(recovery))


def _run_acts(view: View, call: Call, key: str) -> Outcome:
    """The time to own or disown a key's acts is over: named, with how many were; which ones were not, the log shows."""
    draft, record = Draft(view), require(view.get(acts_key(key), ActsRecord), key)
    draft.put(acts_key(key), ActsRecord(record.disowned, record.due, overdue=True, own=record.own, since=record.since))
    return draft.outcome(events.ActsReviewOverdue(record.own + record.disowned, key))


def _run_offices(view: View, call: Call, digest: str) -> Outcome:
    """An organisation whose quarter's review is late is named; the next quarter's is awaited."""
    draft, record = Draft(view), require(view.get(office_reviews_key(digest), OfficeReviewsRecord), digest)
    due = _compute_review_due(view, call, record.organisation, parse_quarter(record.coming))
    if due > call.time:
        # It was reviewed since, or the parameter gives more time now.
        draft.put(schedule_key(due, "identity", f"offices:{digest}"), DueRecord(record.organisation))
        return draft.outcome()
    closed = view.get(f"identity/organisation/{record.organisation}", OrganisationRecord)
    if closed is not None and closed.standing == "closed":
        return Outcome()
    _await_review(draft, call, record.organisation, parse_quarter(record.coming) + 1, [*record.missing, record.coming])
    return draft.outcome(events.OfficeReviewOverdue(record.organisation, record.coming))


def _find_key(view: View, key: str) -> KeyRecord:
    return require(view.get(key_key(key), KeyRecord), key)


def _replace_key(draft: Draft, call: Call, old: str, key: str, roles: list[str]) -> None:
    """A key takes another's place in some of its roles: the same person, the same dates, the same held back."""
    record, person = _find_key(draft, old), find_person_of_key(draft, call.genesis, old)
    end_key(draft, call, old)
    bind_key(draft, call, record.organisation, record.handle, key, roles)
    for term in person.terms:
        if term.key == old:
            put_term(draft, call, Term(key, term.role, term.until, term.delegated))
    for held in person.held_back:
        if held.key == old:
            hold_back(draft, call, HeldBack(key, held.role, held.until))


def _set_recovery(draft: Draft, recovery: str, standing: str) -> None:
    record = require(draft.get(recovery_key(recovery), RecoveryRecord), recovery)
    changed = RecoveryRecord(record.announced, record.document, record.key, record.old, record.outside, record.ready, standing)
    draft.put(recovery_key(recovery), changed)


def _note_document(draft: Draft, call: Call, document: Document) -> None:
    for write in note_document(draft, call.actor, document, call.time):
        draft.put(*write)


def _start_office_reviews(draft: Draft, call: Call, organisation: str) -> None:
    """From its first registration on, an organisation owes a review for each quarter."""
    key = office_reviews_key(digest_organisation(organisation))
    if draft.get(key, OfficeReviewsRecord) is None:
        _await_review(draft, call, organisation, compute_quarter(call.time), [])


def _await_review(draft: Draft, call: Call, organisation: str, quarter: int, missing: list[str]) -> None:
    digest = digest_organisation(organisation)
    draft.put(office_reviews_key(digest), OfficeReviewsRecord(format_quarter(quarter), missing, organisation))
    due = _compute_review_due(draft, call, organisation, quarter)
    draft.put(schedule_key(due, "identity", f"offices:{digest}"), DueRecord(organisation))


def _compute_review_due(view: View, call: Call, organisation: str, quarter: int) -> int:
    """When a quarter's review is late; organisations are spread over a day, so that no second holds too many deadlines."""
    spread_seconds = int(digest_organisation(organisation)[:8], 16) % DAY_SECONDS
    return compute_quarter_end(quarter) + read_seconds(view, "office_review_days", call.time) + spread_seconds
