"""What can be found in a source: problems refuse a release or a file, notices only stand in the report.

Owns the closed lists of keys, each with its English sentence; the edge has the words in other languages under the same keys.
`detail` is a fact to fill in (a value found, a bound), never a sentence of its own.
"""

from __future__ import annotations

from typing import Final

import msgspec


class Problem(msgspec.Struct, frozen=True, order=True):
    """Why a release or a file is refused. `path` is within the release (`awards[0].value.amount`), empty for the whole."""

    path: str
    problem: str
    detail: str = ""


class Notice(msgspec.Struct, frozen=True, order=True):
    """What was tolerated, changed or only seen; the release goes on."""

    path: str
    notice: str
    detail: str = ""


FILE_PROBLEMS: Final[dict[str, str]] = {
    "cannot_read": "The file cannot be read.",
    "corrupt_gzip": "The gzip file is cut off or damaged; nothing in it was read.",
    "wrong_encoding": "A byte here fits neither UTF-8 nor ISO-8859-1; save the file as UTF-8 and try again.",
    "utf_16_or_32": "The file is UTF-16 or UTF-32; save it as UTF-8 and try again.",
    "empty_file": "The file holds no JSON value.",
    "cut_off": "The file ends inside a value; what stood complete before it was read.",
    "corrupt_json": "This is not JSON; what stood complete before it was read, nothing after it.",
    "nested_list": "A list within a list of packages or releases.",
    "value_too_large": "One value is larger than the importer takes; nothing after it was read.",
}
"""They concern a file: reading it ends there."""

VALUE_PROBLEMS: Final[dict[str, str]] = {
    "not_json": "This value is not JSON.",
    "duplicate_key": "An object names a key twice.",
    "lone_surrogate": "A text holds half of a surrogate pair, which UTF-8 cannot write.",
    "number_out_of_range": "A number is longer, or its exponent larger, than the importer takes.",
    "too_deep": "Objects and lists nest too deeply.",
    "not_an_object": "A release must be an object.",
    "not_ocds": "Neither a release nor a release package nor a record package: it has no ocid, no releases and no records.",
    "linked_release": "The record only links to this release; fetch it and import it from its own file.",
    "record_without_releases": "The record holds no releases (a compiled release alone is not imported).",
}
"""They concern one value of a file: reading goes on after it."""

MODEL_PROBLEMS: Final[dict[str, str]] = {
    "unknown_field": "OCDS 1.1.5 with its ten extensions has no such field.",
    "missing_field": "A required field is missing.",
    "wrong_type": "The value is of the wrong type.",
    "empty_text": "The text must not be empty.",
    "empty_list": "The list must not be empty.",
    "unknown_code": "The code is not in the closed codelist.",
    "not_a_date_time": "Not a date and time of RFC 3339.",
    "not_an_email": "Not an e-mail address.",
    "repeated_item": "The list holds the same item twice.",
    "official_schema": "The official schema refuses this.",
}

ATTESTATION_PROBLEMS: Final[dict[str, str]] = {
    "ocid_too_long": "The ocid is longer than the ledger takes.",
    "release_id_too_long": "The release's id is longer than the ledger takes.",
    "control_character": "The ocid or the release's id holds a control character.",
    "date_out_of_range": "The release's date lies before 1970.",
    "too_many_suppliers": "The awards name more suppliers than an entry takes.",
    "document_too_large": "The release is larger than a document may be.",
    "personal_number_in_ocid": "The ocid holds the register number of a natural person and cannot be changed for this release alone.",
    "personal_data_in_text": "A text looks like holding personal data; take it out, or import with --texts keep.",
    "personal_data_remains": "A register number of a natural person still stands where it cannot be replaced.",
}

EXPORT_PROBLEMS: Final[dict[str, str]] = {
    "document_missing": "The release's document is withheld or not stored here.",
}

PROBLEMS: Final[dict[str, str]] = {**FILE_PROBLEMS, **VALUE_PROBLEMS, **MODEL_PROBLEMS, **ATTESTATION_PROBLEMS, **EXPORT_PROBLEMS}

NOTICES: Final[dict[str, str]] = {
    "byte_order_mark": "The file starts with a byte-order mark.",
    "iso_8859_1": "The file is ISO-8859-1; the documents are UTF-8.",
    "number_as_text": "A number stood as text.",
    "list_for_object": "A list of one stood where an object belongs.",
    "empty_list_for_object": "An empty list stood where an object belongs; left out.",
    "null_list": "A null stood where a list belongs; left out.",
    "null_object": "A null stood where an object belongs; left out.",
    "date_without_zone": "A date had no time zone; read as UTC.",
    "ocid_prefix_in_capitals": "The ocid's prefix was written in capitals.",
    "unknown_field_dropped": "A field that the model does not know was left out.",
    "one_release_id": "The source has one id for every release; the document's hash takes its place.",
    "compiled_release": "The source calls this release compiled.",
    "supplier_without_id": "A supplier has neither identifier nor id, so no list of suppliers holds this release.",
    "buyer_without_id": "The buyer has neither identifier nor id, so no list of buyers holds this release.",
    "other_extension": "The package declares an extension that is none of the ten.",
    "other_version": "The package declares another version of OCDS than 1.1.",
    "no_releases": "The package holds no releases.",
    "number_not_recognised": "A register number has none of its scheme's forms; it counts as no identifier.",
    "name_without_legal_form": "A supplier's name has no legal form: neither known as a firm nor as a person; kept.",
    "personal_data_in_text": "A text looks like holding personal data; kept as you asked.",
    "equal_dates": "Releases of one process have equal dates; they merge in the order of the log.",
    "repeated_id": "A list holds two objects with one id; the later one stands.",
}
