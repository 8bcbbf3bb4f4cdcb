"""The OpenAPI 3.1 description of a node, with an example for each message. Owns its text; ``app`` has the routes."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import msgspec

from prasasti import __version__
from prasasti.core.contract import Registry
from prasasti.web.api.messages import list_messages, make_example_envelope, make_schema
from prasasti.web.limits import Limits
from prasasti.web.problems import ADMISSION_STATUSES, MEDIA_TYPE, REFUSED_STATUS, STATUSES
from prasasti.web.reading import MAX_FEED_ITEMS

HEX = "^[0-9a-f]{64}$"
KEY = "^[A-Za-z0-9._:-]{1,128}(/[A-Za-z0-9._:-]{1,128}){2,}$"


def describe_api(registry: Registry, chain: str, limits: Limits) -> dict[str, Any]:
    """The whole description."""
    messages = list(list_messages(registry))
    examples = {
        action: {"summary": f"{message.number} {action}", "value": make_example_envelope(action, message, chain)}
        for action, _, message in messages
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Prasasti node",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": (
                "Submit signed transactions, read what is recorded. Errors are RFC 9457 problem details; their words are in "
                "English or Indonesian, as Accept-Language asks. The published log itself lies beside this interface as plain files."
            ),
        },
        "paths": {
            "/v1/transactions": {"post": _submit(limits, examples)},
            "/v1/transactions/{id}": {
                "get": _get("getTransaction", "A recorded transaction: receipt and log entry.", "Transaction", [ID], ["not_recorded"])
            },
            "/v1/transactions/{id}/proof": {"get": _get_proof()},
            "/v1/documents/{sha256}": {"put": _put_document()},
            "/v1/state/{key}": {"get": _get_state()},
            "/v1/ledger": {"get": _get("getLedger", "Which ledger this is and where it stands.", "Ledger", [], ["clock"])},
            "/v1/genesis": {"get": _get("getGenesis", "genesis.json, to the byte.", "Anything", [], [])},
            "/v1/messages": {"get": _get("listMessages", "The table of messages.", "Messages", [], [])},
            "/v1/events": {"get": _get_events()},
            "/v1/problems": {"get": _get("listProblems", "Codes of problems, and what they mean.", "Problems", [], [])},
            "/v1/problems/{code}": {"get": _get("getProblem", "What a code means.", "ProblemMeaning", [CODE], ["not_found"])},
            "/healthz": {"get": _get("getHealth", "Whether the process works.", "Health", [], ["halted"])},
            "/readyz": {"get": _get("getReadiness", "Whether transactions are taken.", "Health", [], ["halted"])},
            "/metrics": {"get": _text("getMetrics", "Figures in the Prometheus text format.", "text/plain")},
            "/openapi.json": {"get": _get("getDescription", "This description.", "Anything", [], [])},
        },
        "components": {
            "schemas": SCHEMAS
            | {"Problem": _problem_schema()}
            | {f"arguments.{action}": _inline(make_schema(message)) for action, _, message in messages}
        },
    }


def _parameter(name: str, place: str, schema: dict[str, Any], words: str, required: bool = False, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema, "description": words} | more


ID = _parameter("id", "path", {"type": "string", "pattern": HEX}, "SHA-256 of the payload's bytes.", True, example="00" * 32)
CODE = _parameter("code", "path", {"type": "string", "minLength": 1}, "A code, such as admission.5.", True, example="too_large")
WAIT = _parameter("wait", "query", {"enum": ["receipt", "proof"]}, "What the answer waits for; a receipt unless given.")
LANGUAGE = _parameter("Accept-Language", "header", {"type": "string"}, "Language of the words: en or id.", example="id")


def _get(name: str, words: str, schema: str, parameters: list[dict[str, Any]], errors: list[str]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": words,
        "parameters": [*parameters, LANGUAGE],
        "responses": {"200": _content("application/json", {"$ref": f"#/components/schemas/{schema}"})} | _errors("malformed", *errors),
    }


def _text(name: str, words: str, media_type: str) -> dict[str, Any]:
    return {"operationId": name, "summary": words, "responses": {"200": _content(media_type, {"type": "string"})} | _errors()}


def _submit(limits: Limits, examples: dict[str, Any]) -> dict[str, Any]:
    document = {
        "type": "object", "required": ["media_type", "body"], "additionalProperties": False,
        "properties": {"media_type": {"type": "string"}, "body": {"type": "string", "contentEncoding": "base64"}},
    }  # fmt: skip
    envelope = {"$ref": "#/components/schemas/Envelope"}
    many = {
        "type": "object", "required": ["envelopes"], "additionalProperties": False,
        "properties": {
            "envelopes": {"type": "array", "minItems": 1, "maxItems": limits.envelopes_a_request, "items": envelope},
            "documents": {"type": "array", "items": document},
        },
    }  # fmt: skip
    return {
        "operationId": "submitTransactions",
        "summary": "Record one transaction (its envelope alone) or several, with their documents.",
        "description": (
            "The answer comes when what it acknowledges is durable. Sent again, an envelope has the answer that it had, and is not "
            "recorded twice. One envelope alone is answered with a receipt or a problem; several, in their order, with one of either "
            f"each. At most {limits.body_bytes} bytes; larger documents are sent ahead."
        ),
        "parameters": [WAIT, LANGUAGE],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [envelope, many]}, "examples": examples}},
        },
        "responses": {
            "200": _content("application/json", {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Answer", "Answers")]})
        }
        | _errors(
            "malformed", "slow", "too_large", "media_type", "document_not_named", "queue_full", "halted", "disk_full",
            *ADMISSION_STATUSES, "refused",
        ),
    }  # fmt: skip


def _put_document() -> dict[str, Any]:
    digest = _parameter("sha256", "path", {"type": "string", "pattern": HEX}, "SHA-256 of the bytes.", True, example="00" * 32)
    return {
        "operationId": "putDocument",
        "summary": "Send a document ahead of the transaction that names it; it is kept a while, and stored when it is named.",
        "parameters": [digest, LANGUAGE],
        "requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "contentEncoding": "binary"}}}},
        "responses": {"200": _content("application/json", {"$ref": "#/components/schemas/Document"})}
        | _errors("malformed", "slow", "too_large", "media_type", "document_differs", "memory_full", "disk_full"),
    }


def _get_state() -> dict[str, Any]:
    key = _parameter("key", "path", {"type": "string", "pattern": KEY}, "Key of a record.", True, example="governance/clock/offset")
    proof = _parameter("proof", "query", {"enum": ["record", "list"]}, "Ask for a proof, of the record or of the whole list of that name.")
    found = _content("application/json", {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Value", "StateProof")]})
    return {
        "operationId": "getState",
        "summary": "A value of the state, or a file that proves it (or that there is none) against the published checkpoint.",
        "parameters": [key, proof, LANGUAGE],
        "responses": {"200": found} | _errors("no_key_of_the_state", "not_found", "not_published"),
    }


def _get_proof() -> dict[str, Any]:
    return {
        "operationId": "getProof",
        "summary": "A tlog-proof (C2SP) of the transaction's entry against the last signed checkpoint.",
        "parameters": [ID, LANGUAGE],
        "responses": {"200": _content("text/plain", {"type": "string"})} | _errors("malformed", "not_recorded", "not_published"),
    }


def _get_events() -> dict[str, Any]:
    after = _parameter("after", "query", {"type": "integer", "minimum": -1, "maximum": 2**53 - 1}, "Position after which to begin; -1.")
    limit = _parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MAX_FEED_ITEMS}, "Entries at most.")
    found = _content("application/json", {"$ref": "#/components/schemas/Feed"})
    found["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return {
        "operationId": "readEvents",
        "summary": "The log's entries in order; with Accept: text/event-stream, a stream that goes on. A position is the cursor.",
        "parameters": [after, limit, LANGUAGE],
        "responses": {"200": found} | _errors("malformed", "readers_full"),
    }


def _content(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "Done.", "content": {media_type: {"schema": schema}}}


def _errors(*codes: str) -> dict[str, Any]:
    statuses = {**STATUSES, **ADMISSION_STATUSES, "refused": REFUSED_STATUS}
    found = sorted({statuses[code] for code in (*codes, "too_often", "bug", "stopping")})
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "Not done.", "content": problem} for status in found}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": text, "title": text, "detail": text, "code": text, "number": text,
            "status": {"type": "integer"},
            "receipt": {"$ref": "#/components/schemas/Receipt"},
        },
    }  # fmt: skip


def _inline(schema: Any) -> Any:
    """A schema whose own definitions stand beside it, as OpenAPI 3.1 (JSON Schema 2020-12) lets them."""
    identifier = uuid5(NAMESPACE_OID, msgspec.json.encode(schema, order="sorted").decode())
    return {"$id": f"urn:uuid:{identifier}"} | schema if "$defs" in schema else schema


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": sorted(required), "properties": required | optional}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TEXT, _INTEGER = {"type": "string"}, {"type": "integer"}
_NULLABLE_TEXT = {"type": ["string", "null"]}
SCHEMAS: dict[str, Any] = {
    "Anything": {"type": "object"},
    "Envelope": _object(
        {
            "payload": {"type": "string", "contentEncoding": "base64"},
            "payloadType": {"const": "application/vnd.prasasti.transaction.v1+json"},
            "signatures": {"type": "array", "minItems": 1, "maxItems": 16, "items": _object({"keyid": _TEXT, "sig": _TEXT})},
        }
    ),
    "Refusal": {"oneOf": [{"type": "null"}, _object({"action": _TEXT, "actor": _TEXT, "number": _TEXT})]},
    "Receipt": _object(
        {
            "events": {"type": "array", "items": {"type": "object"}},
            "height": _INTEGER,
            "id": _TEXT,
            "position": _INTEGER,
            "refusal": _ref("Refusal"),
            "time": _INTEGER,
        }
    ),
    "Answer": _object({"receipt": _ref("Receipt")}, proof=_NULLABLE_TEXT),
    "AnswerOrProblem": _object({}, receipt=_ref("Receipt"), proof=_NULLABLE_TEXT, problem=_ref("Problem")),
    "Answers": _object({"answers": {"type": "array", "items": _ref("AnswerOrProblem")}}),
    "Transaction": _object({"receipt": _ref("Receipt"), "entry": {"type": "object"}}),
    "Document": _object({"media_type": _TEXT, "sha256": _TEXT, "size": _INTEGER}),
    "Value": _object({"height": _INTEGER, "key": _TEXT, "log_entries": _INTEGER, "time": _INTEGER, "value": {}}),
    "StateProof": _object({"block": {"type": "object"}, "buckets": {"type": "array"}, "checkpoint": _TEXT, "list": _TEXT}),
    "Ledger": _object(
        {
            "chain": _TEXT,
            "contracts": {"type": "object"},
            "height": _INTEGER,
            "ledger": _TEXT,
            "log_entries": _INTEGER,
            "now": _INTEGER,
            "published_entries": _INTEGER,
            "time": _INTEGER,
            "training": {"type": "boolean"},
        }
    ),
    "Message": _object(
        {
            "action": _TEXT,
            "contract": _TEXT,
            "version": _INTEGER,
            "number": _TEXT,
            "roles": {"type": "array", "items": _TEXT},
            "signers": _object({"minimum": _INTEGER, "maximum": _INTEGER}),
            "arguments": {"type": "object"},
            "refusals": {"type": "array", "items": _object({"number": _TEXT, "condition": _TEXT, "words": _TEXT})},
            "example": {"type": "object"},
        }
    ),
    "Messages": _object({"messages": {"type": "array", "items": _ref("Message")}}),
    "FeedItem": _object(
        {"position": _INTEGER, "kind": {"enum": ["block", "transaction"]}, "time": _INTEGER, "events": {"type": "array"}},
        id=_TEXT,
        refusal=_ref("Refusal"),
    ),
    "Feed": _object({"entries": {"type": "array", "items": _ref("FeedItem")}, "next": _INTEGER, "log_entries": _INTEGER}),
    "ProblemMeaning": _object({"code": _TEXT, "status": _INTEGER, "title": _TEXT}),
    "Problems": _object({"problems": {"type": "array", "items": _ref("ProblemMeaning")}}),
    "Health": _object({"status": _TEXT}),
}
