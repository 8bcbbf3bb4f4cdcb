"""From one release of a source to the facts and the document of `procurement.attest_release`, or the reasons why not.

Owns the order of the steps and the forms of message 45: ocid, release id, tag, date, buyer, suppliers, the document's bytes. Pure:
whoever holds the publisher's key signs and submits. Audit recomputes buyer and suppliers of a recorded document with
`recompute_parties`, the date with `compute_date` and the ocid with `normalize_ocid`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Literal

import msgspec

from prasasti.contracts.procurement.parameters import (
    MAX_OCID_BYTES,
    MAX_PARTY_BYTES,
    MAX_RELEASE_BYTES,
    MAX_RELEASE_ID_BYTES,
    MAX_SUPPLIERS,
    RELEASE_MEDIA_TYPE,
)
from prasasti.integrations.ocds.canonical import Number, encode_checked
from prasasti.integrations.ocds.checking import DATE_TIME, mend_release, normalize_ocid, validate_release
from prasasti.integrations.ocds.official_schema import OfficialSchema
from prasasti.integrations.ocds.problems import Notice, Problem
from prasasti.integrations.ocds.redaction import REDACTION_VERSION, SCHEME_RULES, Redaction, SchemeRule, redact_release

_LISTED_PARTY: Final = re.compile(rf"[A-Za-z0-9._:-]{{1,{MAX_PARTY_BYTES}}}")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f]")


class AttestationSettings(msgspec.Struct, frozen=True):
    """What the importer knows of its publisher and source.

    `redaction_key`: at least 32 bytes, the publisher's secret. `default_scheme`: how parties without a scheme are judged (`ID` for an
    Indonesian source). `release_id_from`: `document` for a source with one id for every release
    (`reading.find_single_release_id`). `unknown_fields`: refuse the release, or drop them and say so.
    """

    publisher: str
    redaction_key: bytes
    default_scheme: str = ""
    release_id_from: Literal["source", "document"] = "source"
    unknown_fields: Literal["refuse", "drop"] = "refuse"
    official_schema: OfficialSchema | None = None
    scheme_rules: tuple[SchemeRule, ...] = SCHEME_RULES

    def __post_init__(self) -> None:
        if len(self.redaction_key) < 32:
            raise ValueError("a redaction key has at least 32 bytes")


class PreparedRelease(msgspec.Struct, frozen=True):
    """The arguments of message 45 and the document they name, also parsed (`release`). `tag` and `suppliers` are sorted bytewise,
    `date` is seconds UTC.
    """

    publisher: str
    ocid: str
    release_id: str
    tag: list[str]
    date: int
    redaction_version: int
    document: bytes
    release: dict[str, Any]
    sha256: str
    size: int
    media_type: str
    buyer: str
    suppliers: list[str]
    redaction: Redaction
    notices: tuple[Notice, ...] = ()


class RefusedRelease(msgspec.Struct, frozen=True):
    """A release that cannot be recorded, with every reason; ocid and id as the source gave them, cut to 200 characters."""

    ocid: str
    release_id: str
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...] = ()


def prepare_release(release: dict[str, Any], settings: AttestationSettings) -> PreparedRelease | RefusedRelease:
    """One parsed release (of `reading` or `canonical.parse_json`) on its way to the ledger. The steps, in order:

    1 mend what real data gets wrong; 2 check it against the model and, if asked, the official schema; 3 take personal data out;
    4 write the document; 5 compute what the entry says of it; 6 check the ledger's bounds.
    """
    mended, notices, problems = _check(release, settings)
    if problems:
        return _refuse(release, problems, notices)
    redacted, redaction = redact_release(
        mended, settings.redaction_key, default_scheme=settings.default_scheme, rules=settings.scheme_rules
    )
    document = encode_checked(redacted)
    prepared = _describe(redacted, document, redaction, notices, settings)
    problems = _find_unrecordable(mended, redacted, prepared)
    return _refuse(release, problems, notices) if problems else prepared


def _check(release: dict[str, Any], settings: AttestationSettings) -> tuple[dict[str, Any], list[Notice], list[Problem]]:
    """The release as mended, and what was mended or is still wrong. What is valid as it stands is not walked again."""
    notices: list[Notice] = []
    problems = validate_release(release)
    if problems or release["ocid"] != normalize_ocid(release["ocid"]):
        release, notices = mend_release(release, drop_unknown_fields=settings.unknown_fields == "drop")
        problems = validate_release(release)
    if not problems and settings.official_schema is not None:
        problems = settings.official_schema.find_problems(release)
    return release, notices, problems


def _describe(
    redacted: dict[str, Any], document: bytes, redaction: Redaction, notices: list[Notice], settings: AttestationSettings
) -> PreparedRelease:
    digest = sha256(document).hexdigest()
    buyer, suppliers = recompute_parties(redacted)
    from_document = settings.release_id_from == "document"
    if from_document:
        notices.append(Notice("id", "one_release_id", redacted["id"][:100]))
    if "compiled" in redacted["tag"]:
        notices.append(Notice("tag", "compiled_release"))
    return PreparedRelease(
        publisher=settings.publisher,
        ocid=redacted["ocid"],
        release_id=digest[:32] if from_document else redacted["id"],
        tag=sorted(set(redacted["tag"])),
        date=compute_date(redacted["date"]),
        redaction_version=REDACTION_VERSION,
        document=document,
        release=redacted,
        sha256=digest,
        size=len(document),
        media_type=RELEASE_MEDIA_TYPE,
        buyer=buyer,
        suppliers=suppliers,
        redaction=redaction,
        notices=(*notices, *_notice_unlisted(redacted, buyer), *redaction.notices),
    )


def _notice_unlisted(redacted: dict[str, Any], buyer: str) -> list[Notice]:
    """Parties that no numbered list can hold, since nothing identifies them."""
    notices = [Notice("buyer", "buyer_without_id")] if "buyer" in redacted and not buyer else []
    parties = identify_parties(redacted)
    for at, award in enumerate(redacted.get("awards", [])):
        for index, supplier in enumerate(award.get("suppliers", [])):
            if not find_party(supplier, parties):
                notices.append(Notice(f"awards[{at}].suppliers[{index}]", "supplier_without_id"))
    return notices


def _find_unrecordable(mended: dict[str, Any], redacted: dict[str, Any], prepared: PreparedRelease) -> list[Problem]:
    """One condition a line; the contract checks most of them again."""
    problems = []
    if mended["ocid"] != redacted["ocid"]:
        problems.append(Problem("ocid", "personal_number_in_ocid"))
    if prepared.redaction.remaining:
        problems.append(Problem(prepared.redaction.remaining, "personal_data_remains"))
    if len(prepared.ocid.encode()) > MAX_OCID_BYTES:
        problems.append(Problem("ocid", "ocid_too_long", str(MAX_OCID_BYTES)))
    if len(prepared.release_id.encode()) > MAX_RELEASE_ID_BYTES:
        problems.append(Problem("id", "release_id_too_long", str(MAX_RELEASE_ID_BYTES)))
    if _CONTROL.search(prepared.ocid):
        problems.append(Problem("ocid", "control_character"))
    if _CONTROL.search(prepared.release_id):
        problems.append(Problem("id", "control_character"))
    if prepared.date < 0:
        problems.append(Problem("date", "date_out_of_range", redacted["date"]))
    if len(prepared.suppliers) > MAX_SUPPLIERS:
        problems.append(Problem("awards", "too_many_suppliers", f"{len(prepared.suppliers)} > {MAX_SUPPLIERS}"))
    if prepared.size > MAX_RELEASE_BYTES:
        problems.append(Problem("", "document_too_large", f"{prepared.size} > {MAX_RELEASE_BYTES}"))
    return problems


def _refuse(release: dict[str, Any], problems: list[Problem], notices: list[Notice]) -> RefusedRelease:
    """The ids come from the source unchecked: they are cut, and the edge escapes what a terminal would obey."""
    ocid, release_id = (str(release.get(field, ""))[:200] for field in ("ocid", "id"))
    return RefusedRelease(ocid, release_id, tuple(problems), tuple(notices))


def compute_date(text: str) -> int:
    """Whole seconds UTC of a date and time of RFC 3339; its fraction is cut off, without a zone it is UTC.

    ValueError where the text is none.
    """
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date and time of RFC 3339: {text[:100]!r}")
    year, month, day, hour, minute, second = (int(match[name]) for name in ("year", "month", "day", "hour", "minute", "second"))
    local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) - _offset_seconds(match["zone"])


def _offset_seconds(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    return (1 if zone[0] == "+" else -1) * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)


def recompute_parties(release: dict[str, Any]) -> tuple[str, list[str]]:
    """Buyer ("" where nothing identifies one) and suppliers (sorted bytewise, each once) of a recorded document, in the lists' form.

    From `buyer` and `awards[].suppliers`: each is looked up by its id in `parties` (the first entry of that id that has an
    identifier), else its own identifier counts, else its id alone (formats: A party in lists). Takes any parsed release.
    """
    parties = identify_parties(release)
    suppliers = {
        party
        for award in _list(release.get("awards"))
        for supplier in _list(award.get("suppliers"))
        if (party := find_party(supplier, parties))
    }
    buyer = release.get("buyer")
    return find_party(buyer, parties) if isinstance(buyer, dict) else "", sorted(suppliers, key=str.encode)


def identify_parties(release: dict[str, Any]) -> dict[str, str]:
    """Id of a party → its form in lists, for parties with an identifier."""
    parties: dict[str, str] = {}
    for party in _list(release.get("parties")):
        form = _form_of_identifier(party.get("identifier"))
        if form:
            parties.setdefault(_text(party.get("id")), form)
    return parties


def find_party(reference: dict[str, Any], parties: dict[str, str]) -> str:
    """The form in lists of whom a release refers to, by `identify_parties` of that release; "" where nothing identifies them."""
    own = _text(reference.get("id"))
    return (parties.get(own) if own else None) or _form_of_identifier(reference.get("identifier")) or (format_party("", own) if own else "")


def _form_of_identifier(identifier: Any) -> str:
    if not isinstance(identifier, dict):
        return ""
    number = _text(identifier.get("id"))
    return format_party(_text(identifier.get("scheme")), number) if number else ""


def format_party(scheme: str, number: str) -> str:
    """`<scheme>-<id>`, the id alone without a scheme; where that is no identifier of at most 100 bytes, `h.` and 32 hex digits."""
    form = f"{scheme}-{number}" if scheme else number
    return form if _LISTED_PARTY.fullmatch(form) else "h." + sha256(form.encode("utf-8")).hexdigest()[:32]


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """An id as text: documents are read with `Number` or with plain integers."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int | Number) else ""
