"""Fixed bounds and codelists of ``procurement``, and its figures as dated data: what law and State say, by profile.

Owns every declaration, and how a value is read as of a time: a process keeps the figures of its publication, and each
due date that is computed meets the calendar of its own day. A figure that differs by kind is ``procurement.<kind>.<topic>``,
another ``procurement.<topic>``. Amounts are minor units of the process's currency. A buyer's own calendar is a vote about
``procurement.<topic>.<buyer>``. Who changes a value, and when it holds, is with ``governance``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prasasti.contracts.governance import parameters as governance
from prasasti.contracts.governance.parameters import read_profile
from prasasti.contracts.procurement.calendar import DAY_SECONDS, WEEKDAYS, Calendar, Term, compute_date, parse_holidays
from prasasti.contracts.procurement.kinds import KINDS
from prasasti.core.contract import View
from prasasti.core.parameters import Kind, Parameter, Profile, Value, find_declared, index_parameters
from prasasti.core.types import MAX_AMOUNT_MINOR, require

MAX_OCID_BYTES = 128
MAX_RELEASE_ID_BYTES = 256
MAX_SUPPLIERS = 50
MAX_VERSIONS = 64
MAX_RELEASE_BYTES = 8 * 2**20
MAX_PARTY_BYTES = 100
RELEASE_MEDIA_TYPE = "application/json"

# Codelist releaseTag of OCDS 1.1.5, which is closed.
RELEASE_TAGS = (
    "award",
    "awardCancellation",
    "awardUpdate",
    "compiled",
    "contract",
    "contractAmendment",
    "contractTermination",
    "contractUpdate",
    "implementation",
    "implementationUpdate",
    "planning",
    "planningUpdate",
    "tender",
    "tenderAmendment",
    "tenderCancellation",
    "tenderUpdate",
)

# Where a figure is from: L read in the law or source, S in a secondary text, M from memory, P decided here
# (procurement-lifecycle). The generic profile is of no State: a ledger of one names its own.
_HERE = "procurement-lifecycle: 3 Parameters (P)"
_DUE = "procurement-lifecycle: 2 Due dates (P)"
_CODES = "procurement-messages: Types (P)"
_STATE = "by State (P)"
_WORLD_BANK = "World Bank Procurement Regulations (M)"
_LKPP = "LKPP model document (S)"
_AMENDED = "Perpres 12/2021 (S)"
_MILLION = 100_000_000  # rupiah, in sen
_BILLION = 1_000 * _MILLION
_MAX_DAYS = 3_650

# Value and clause; generic, then Indonesia.
_Default = tuple[Value, str]
_Pair = tuple[_Default, _Default]


def _law(articles: str, mark: str = "L") -> str:
    return f"Perpres 16/2018 Pasal {articles} ({mark})"


def _declare(topic: str, kind: Kind, generic: _Default, indonesia: _Default, least: int = 0, most: int = MAX_AMOUNT_MINOR,
             codes: tuple[str, ...] = ()) -> Parameter:  # fmt: skip
    profiles: Mapping[Profile, _Default] = {} if indonesia == generic else {"indonesia": indonesia}
    return Parameter(f"procurement.{topic}", kind, *generic, least, most, codes, profiles)


def _declare_kinds(topic: str, kind: Kind, generic: _Default, indonesia: _Default, least: int = 0, most: int = MAX_AMOUNT_MINOR,
                   **others: _Pair) -> Iterator[Parameter]:  # fmt: skip
    """One of each kind of procurement; ``others`` are kinds that have another pair."""
    for each in KINDS:
        yield _declare(f"{each}.{topic}", kind, *others.get(each, (generic, indonesia)), least, most)


def _amount(minor: int, clause: str) -> _Default:
    return str(minor), clause


_NONE, _NOBODY = _amount(0, _STATE), _amount(MAX_AMOUNT_MINOR, _STATE)
_TAXES = "procurement-lifecycle: 3 Parameters (M)"
_BIDS_UNSECURED, _NO_PREFERENCE = (0, _law("31")), (0, _law("67"))

_BY_KIND = (
    *_declare_kinds("estimate_binds", "boolean", (False, _STATE), (True, _law("26")), consultancy=((False, _STATE), (False, _law("26")))),
    *_declare_kinds(
        "direct_limit", "amount", _NONE, _amount(200 * _MILLION, _law("38")),
        works=(_NONE, _amount(400 * _MILLION, "Perpres 46/2025 (S)")),
        consultancy=(_NONE, _amount(100 * _MILLION, _law("41"))),
    ),
    *_declare_kinds(
        "authority_awards_above", "amount", _NOBODY, _amount(100 * _BILLION, _law("9")),
        consultancy=(_NOBODY, _amount(10 * _BILLION, _law("9"))),
    ),
    *_declare_kinds(
        "appeal_allowed", "boolean", (True, "Prozorro (L)"), (False, _law("50")),
        works=((True, "Prozorro (L)"), (True, _law("50"))),
    ),
    # A bid guarantee within these where a lot's estimate is above the amount, and none elsewhere.
    *_declare_kinds(
        "bid_guarantee_least_bp", "basis_points", (0, _WORLD_BANK), _BIDS_UNSECURED,
        works=((0, _WORLD_BANK), (100, _law("31"))),
        consultancy=((0, _HERE), _BIDS_UNSECURED),
    ),
    *_declare_kinds(
        "bid_guarantee_most_bp", "basis_points", (200, _WORLD_BANK), _BIDS_UNSECURED,
        works=((200, _WORLD_BANK), (300, _law("31"))),
        consultancy=((0, _HERE), _BIDS_UNSECURED),
    ),
    *_declare_kinds("bid_guarantee_above", "amount", _NONE, _amount(10 * _BILLION, _law("31"))),
    *_declare_kinds(
        "performance_guarantee_bp", "basis_points", (500, _WORLD_BANK), (500, _law("33")),
        consultancy=((0, _HERE), (0, _law("30"))),
    ),
    *_declare_kinds("performance_guarantee_above", "amount", _NONE, _amount(200 * _MILLION, _law("33"))),
    *_declare_kinds(
        "preference_limit_bp", "basis_points", (0, _HERE), _NO_PREFERENCE,
        goods=((1_500, _WORLD_BANK), (2_500, _law("67"))),
        services=((0, _HERE), (2_500, _law("67", "P"))),
        social=((0, _HERE), (2_500, _law("67", "P"))),
        works=((750, _WORLD_BANK), (750, _law("67"))),
    ),
    *_declare_kinds("preference_above", "amount", _NONE, _amount(_BILLION, _law("67"))),
    # Taxes withheld from a payment, in the order of its lines; value-added tax is in the price.
    *_declare_kinds(
        "taxes", "codes", ("", _STATE), ("pph23,ppn", _TAXES),
        goods=(("", _STATE), ("pph22,ppn", _TAXES)),
        social=(("", _STATE), ("", _HERE)),
        works=(("", _STATE), ("pph4_2,ppn", _TAXES)),
        least=0, most=10,
    ),
)  # fmt: skip

_FIGURES = (
    # Working days; 0: an estimate does not age.
    _declare("estimate_age_days", "integer", (0, _STATE), (28, _law("26")), 0, _MAX_DAYS),
    # Working days.
    _declare("submission_days", "integer", (30, _WORLD_BANK), (5, _law("45", "P")), 1, _MAX_DAYS),
    _declare("committee_minimum", "integer", (3, _HERE), (3, _law("13")), 1, 15),
    _declare("technical_least_bp", "basis_points", (1, _HERE), (6_000, "procurement-lifecycle: 5 Scoring (M)")),
    _declare("technical_most_bp", "basis_points", (9_999, _HERE), (8_000, "procurement-lifecycle: 5 Scoring (M)")),
    # A price below this share of the estimate is asked for its reasons (15.2).
    _declare("abnormally_low_bp", "basis_points", (8_000, _WORLD_BANK), (8_000, _HERE)),
    # Below this share of the estimate the performance guarantee is a share of the estimate.
    _declare("low_bid_bp", "basis_points", (0, _HERE), (8_000, _law("33"))),
    _declare("small_firms_reserved", "boolean", (False, _STATE), (True, _law("65"))),
    _declare("small_firm_ceiling", "amount", _NONE, _amount(15 * _BILLION, _AMENDED)),
    # Domestic content (TKDN + BMP) from which on foreign goods are kept out; 0: never.
    _declare("domestic_required_bp", "basis_points", (0, _STATE), (4_000, _law("66"))),
    _declare("preference_least_tkdn_bp", "basis_points", (3_000, _WORLD_BANK), (2_500, _law("67"))),
    _declare("standstill_single_bidder", "boolean", (False, _WORLD_BANK), (True, _LKPP)),
    _declare("appeal_bond_bp", "basis_points", (30, "Prozorro (L)"), (100, _law("32"))),
    _declare("appeal_outside_reviewer", "boolean", (True, _HERE), (False, "Perlem LKPP 12/2021 (S)")),
    _declare("appeal_silence", "codes", ("rejected", _HERE), ("upheld", "Perlem LKPP 12/2021 (M)"), 1, 1, ("rejected", "upheld")),
    # The most in advance, of the price; a lot reserved to small firms, and a contract over several years, have their own.
    _declare("advance_most_bp", "basis_points", (2_000, "OPEC Fund (L)"), (2_000, _law("29"))),
    _declare("advance_most_small_firms_bp", "basis_points", (2_000, "OPEC Fund (L)"), (3_000, _law("29"))),
    _declare("advance_most_several_years_bp", "basis_points", (2_000, "OPEC Fund (L)"), (1_500, _law("29"))),
    # How many reports a desk takes in on one day.
    _declare("reports_a_day", "integer", (50, _HERE), (50, _HERE), 1, 10_000),
    # A milestone of so much or more asks for a second witness.
    _declare("witness_from", "amount", _NOBODY, _amount(2_500 * _MILLION, _HERE)),
    _declare("damages_bp_a_day", "basis_points", (10, _HERE), (10, _law("79"))),
    _declare("tax_bp.ppn", "basis_points", (0, _STATE), (1_100, _TAXES)),
    _declare("tax_bp.pph22", "basis_points", (0, _STATE), (150, _TAXES)),
    _declare("tax_bp.pph23", "basis_points", (0, _STATE), (200, _TAXES)),
    _declare("tax_bp.pph4_2", "basis_points", (0, _STATE), (265, _TAXES)),
    _declare("tax_bp.*", "basis_points", (0, _STATE), (0, _STATE)),
    # How far all amendments together may raise a contract, of its first price; and how much of the retention goes back at hand-over.
    _declare("amendment_cap_bp", "basis_points", (1_500, _WORLD_BANK), (1_000, _law("54"))),
    _declare("handover_release_bp", "basis_points", (5_000, _WORLD_BANK), (0, _law("53"))),
    # How long a guarantee lasts beyond its obligation.
    _declare("guarantee_margin_days", "integer", (14, _HERE), (14, _HERE), 0, _MAX_DAYS),
    # Longest exclusion by ground.
    *(
        _declare(f"debarment_days.{ground}", "integer", (1_095, _HERE), (730, _law("78")), 1, _MAX_DAYS)
        for ground in ("collusion", "corruption", "false_document")
    ),
    *(
        _declare(f"debarment_days.{ground}", "integer", (365, _HERE), (365, _law("78")), 1, _MAX_DAYS)
        for ground in ("default", "not_signing", "withdrawal")
    ),
    _declare("debarment_days.*", "integer", (365, _HERE), (365, _HERE), 1, _MAX_DAYS),
)

WORKING_DAYS, DAYS = True, False
# Term: generic, then Indonesia: days, whether working days, clause.
_TERMS: Mapping[str, tuple[tuple[int, bool, str], tuple[int, bool, str]]] = {
    "submission_extension": ((7, WORKING_DAYS, "Prozorro (L)"), (3, WORKING_DAYS, _HERE)),
    "opening_grace": ((3, WORKING_DAYS, _HERE), (3, WORKING_DAYS, _HERE)),
    "file_grace": ((3, WORKING_DAYS, _HERE), (3, WORKING_DAYS, _HERE)),
    "scoring": ((10, WORKING_DAYS, _HERE), (10, WORKING_DAYS, _HERE)),
    "scoring_extension": ((5, WORKING_DAYS, _HERE), (5, WORKING_DAYS, _HERE)),
    "ballot": ((3, WORKING_DAYS, _HERE), (3, WORKING_DAYS, _HERE)),
    "keep_until": ((365, DAYS, _HERE), (365, DAYS, _HERE)),
    # After a failure (27) or a qualification the window to complain is as long.
    "standstill": ((10, WORKING_DAYS, _WORLD_BANK), (5, DAYS, _LKPP)),
    "complaint_answer": ((15, WORKING_DAYS, _WORLD_BANK), (3, DAYS, _LKPP)),
    "appeal": ((10, WORKING_DAYS, _HERE), (5, DAYS, "Perlem LKPP 12/2021 (S)")),
    "appeal_answer": ((15, WORKING_DAYS, _HERE), (14, DAYS, "Perlem LKPP 12/2021 (S)")),
    "signing": ((28, DAYS, _WORLD_BANK), (14, WORKING_DAYS, "Perpres 54/2010, repealed (L)")),
    "guarantee_payment": ((14, WORKING_DAYS, _HERE), (14, WORKING_DAYS, _law("30"))),
    "violation_reply": ((10, WORKING_DAYS, _HERE), (10, WORKING_DAYS, _HERE)),
    "key_destruction": ((30, DAYS, _DUE), (30, DAYS, _DUE)),
    "requirements_due": ((10, WORKING_DAYS, _DUE), (10, WORKING_DAYS, _DUE)),
    "notification_due": ((3, WORKING_DAYS, _DUE), (3, WORKING_DAYS, _DUE)),
    "activation_due": ((5, WORKING_DAYS, _DUE), (5, WORKING_DAYS, _DUE)),
    "draft_due": ((5, WORKING_DAYS, _DUE), (5, WORKING_DAYS, _DUE)),
    "report_answer": ((14, DAYS, _HERE), (14, DAYS, _HERE)),
    "inspection_due": ((10, WORKING_DAYS, _DUE), (10, WORKING_DAYS, _DUE)),
    "certification_due": ((5, WORKING_DAYS, _DUE), (5, WORKING_DAYS, _DUE)),
    "witness_due": ((10, WORKING_DAYS, _HERE), (10, WORKING_DAYS, _HERE)),
    "decision_due": ((5, WORKING_DAYS, _DUE), (5, WORKING_DAYS, _DUE)),
}


def _declare_terms() -> Iterator[Parameter]:
    """Each term's days; whether they are working days too, since a State may count others than its profile does."""
    for topic, ((days, working, clause), (days_there, working_there, clause_there)) in _TERMS.items():
        yield _declare(f"{topic}_days", "integer", (days, clause), (days_there, clause_there), 1, _MAX_DAYS)
        yield _declare(f"{topic}_in_working_days", "boolean", (working, clause), (working_there, clause_there))


# The holidays that the law fixes to a date; a decree of three ministers names the others year by year.
_FIXED_HOLIDAYS = "01-01,05-01,06-01,08-17,12-25"
_HOLIDAYS_2026 = (
    "01-01,01-16,02-16,02-17,03-18,03-19,03-20,03-21,03-22,03-23,03-24,04-03,04-05,"
    "05-01,05-14,05-15,05-27,05-28,05-31,06-01,06-16,08-17,08-25,12-24,12-25"
)
_OFFSET, _CLOSE, _WEEKEND, _HOLIDAYS = "offset_seconds", "close_second", "weekend", "holidays"
_REST_DAYS = ("saturday,sunday", _HERE)


def _declare_calendar() -> Iterator[Parameter]:
    """Each for all buyers, and as a family for single ones, whose names end it (of holidays: stand before the year)."""
    for suffix in ("", ".*"):
        yield _declare(_OFFSET + suffix, "integer", (0, _HERE), (25_200, "Keppres 41/1987, WIB (M)"), -43_200, 50_400)
        yield _declare(_CLOSE + suffix, "integer", (61_200, _HERE), (57_600, "Perpres 21/2023 (M)"), 1, 86_400)
        yield _declare(_WEEKEND + suffix, "codes", _REST_DAYS, _REST_DAYS, 0, len(WEEKDAYS) - 1, WEEKDAYS)
    yield _declare(f"{_HOLIDAYS}.2026", "calendar", ("", _STATE), (_HOLIDAYS_2026, "SKB 3 Menteri 1497/2025, 2/2025, 5/2025 (S)"))
    yield _declare(f"{_HOLIDAYS}.*", "calendar", ("", _STATE), (_FIXED_HOLIDAYS, _HERE))


def _declare_codes() -> Iterator[Parameter]:
    """Codelists, sorted; a State adds its own to them."""
    any_codes = {
        "exceptions.change": "emergency,other,price_adjustment",
        "grounds.call": "default,false_document,not_signing,other,unrecovered_advance,withdrawal",
        "grounds.chance": "late,other",
        "grounds.complaint": "abuse,collusion,evaluation,rules",
        "grounds.debarment": "collusion,corruption,default,false_document,not_signing,other,withdrawal",
        "grounds.notice": "bankruptcy,default,defects,delay,false_document,other",
        "grounds.resume": "other,settled",
        "grounds.suspend": "accident,force_majeure,other,safety,site,weather",
        "grounds.termination": "bankruptcy,convenience,corruption,default,false_document,force_majeure,other",
        "grounds.violation": "collusion,corruption,default,false_document,not_signing,other,withdrawal",
        "grounds.withdrawal": "debarred,false_document,negotiation_failed,no_budget,no_guarantee,unsigned",
        "methods": "direct,open,selective",
        "reasons.amendment": "clarification,correction,other,scope,trustees",
        "reasons.cancellation": "budget,no_need,other,rules_broken,scope",
        "reasons.change": "conditions,correction,design,other,quantity,schedule,scope",
        "reasons.community": "community_led,other,social_benefit",
        "reasons.decision": "conflict,evaluation_error,no_clean_seat,no_majority,other,rules_broken,settled",
        "reasons.doubt": "not_delivered,not_usable,other,quality,quantity",
        "reasons.inspection": "damaged,incomplete,not_as_specified,other,quality,quantity",
        "reasons.plan": "budget,correction,no_need,other,postponed,scope",
        "reasons.refusal": "budget,evaluation_error,other,price,rules_broken",
        "reasons.requirement": "abnormally_low,false_document,incomplete,invalid,met,not_met,other",
        "reasons.seat": "absent,conflict,left,other,rotation,trustees_lost",
        "reasons.split": "different_places,different_skills,different_times,other,small_firms",
        "reasons.tax": "certificate,exempt,other,qualification,treaty",
        "reasons.vote": "agreed,evaluation_error,not_convinced,other,rules_broken,unfair_competition",
        "relations": "creditor,employee,former_employee,manager,other,owner,relative",
    }
    for topic, codes in any_codes.items():
        yield _declare(topic, "codes", (codes, _CODES), (codes, _CODES), 1, 30)
    yield _declare("currencies", "codes", ("EUR,IDR,USD", _STATE), ("IDR", "UU 7/2011 Pasal 21 (M)"), 1, 50)
    yield _declare("item_schemes", "codes", ("CPC,CPV,UNSPSC", "OCDS 1.1.5 (L)"), ("KBKI,UNSPSC", _HERE), 1, 20)
    # The prefix of OCDS's own examples: a ledger that publishes in earnest names the one it was given.
    yield _declare("ocid_prefix", "codes", ("ocds-213czf", _HERE), ("ocds-213czf", _HERE), 1, 1)
    yield _declare("payment_unit_minor.IDR", "integer", (100, _HERE), (100, _HERE), 1, 10**6)
    yield _declare("payment_unit_minor.*", "integer", (1, _HERE), (1, _HERE), 1, 10**6)


PARAMETERS: tuple[Parameter, ...] = (*_BY_KIND, *_FIGURES, *_declare_terms(), *_declare_calendar(), *_declare_codes())
_DECLARED = index_parameters(PARAMETERS)


def read_integer(view: View, kind: str, topic: str, time: int) -> int:
    """An integer or basis points in force at a time, of a kind of procurement where it differs by kind."""
    return int(_read(view, _name(kind, topic), time))


def read_amount(view: View, kind: str, topic: str, time: int) -> int:
    """Minor units in force at a time, of a kind of procurement where they differ by kind."""
    return int(_read(view, _name(kind, topic), time))


def read_flag(view: View, kind: str, topic: str, time: int) -> bool:
    """Whether something holds at a time, of a kind of procurement where it differs by kind."""
    return bool(_read(view, _name(kind, topic), time))


def read_codes(view: View, topic: str, time: int) -> tuple[str, ...]:
    """A codelist in force at a time."""
    text = str(_read(view, _name("", topic), time))
    return tuple(text.split(",")) if text else ()


def read_code(view: View, topic: str, time: int) -> str:
    """The one code of a parameter that has one."""
    return str(_read(view, _name("", topic), time))


def read_term(view: View, topic: str, time: int) -> Term:
    """A term in force at a time; ``calendar.compute_end`` says when it is over."""
    return Term(read_integer(view, "", f"{topic}_days", time), read_flag(view, "", f"{topic}_in_working_days", time))


def read_payment_unit(view: View, currency: str, time: int) -> int:
    """The least amount of a currency that is paid out, in minor units."""
    return read_integer(view, "", f"payment_unit_minor.{currency}", time)


def read_calendar(view: View, buyer: str, time: int) -> Calendar:
    """A buyer's calendar as known at a time, with the holidays of that time's local year, of the one before and the one after."""
    offset_seconds = int(_read_of_buyer(view, _OFFSET, buyer, time))
    this_year, _, _ = compute_date((time + offset_seconds) // DAY_SECONDS)
    holidays = {year: str(_read_of_buyer(view, _HOLIDAYS, buyer, time, f".{year}")) for year in range(this_year - 1, this_year + 2)}
    weekend = str(_read_of_buyer(view, _WEEKEND, buyer, time))
    return Calendar(
        offset_seconds=offset_seconds,
        close_second=int(_read_of_buyer(view, _CLOSE, buyer, time)),
        weekend=tuple(WEEKDAYS.index(each) for each in weekend.split(",") if each),
        holidays=tuple(day for year, text in holidays.items() for day in parse_holidays(year, text)),
    )


def find_value(view: View, name: str, time: int) -> Value | None:
    """What genesis or a vote put under a name, as it held at a time however long ago; None where that is none that fits."""
    return governance.find_value(view, _get_declared(name), time, name)


def _read(view: View, name: str, time: int) -> Value:
    value = find_value(view, name, time)
    if value is not None:
        return value
    declared = _get_declared(name)
    return declared.default_in(read_profile(view)) if declared.profiles else declared.default


def _read_of_buyer(view: View, topic: str, buyer: str, time: int, suffix: str = "") -> Value:
    own = find_value(view, f"procurement.{topic}.{buyer}{suffix}", time)
    return own if own is not None else _read(view, f"procurement.{topic}{suffix}", time)


def _name(kind: str, topic: str) -> str:
    by_kind = f"procurement.{kind}.{topic}"
    return by_kind if kind and by_kind in _DECLARED else f"procurement.{topic}"


def _get_declared(name: str) -> Parameter:
    return require(find_declared(_DECLARED, name), f"a declaration of {name}")
