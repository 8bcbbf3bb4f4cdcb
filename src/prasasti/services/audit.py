"""The audit: runs every rule again from genesis over a log, and compares each entry, state root and app hash.

Owns the replay and its first difference. It believes the genesis that it is given and nothing else: each accepted
envelope is admitted anew by all checks on the state before its block, and executed. A refusal left no envelope: the
audit judges its form, actor, number, id and quota, and executes the envelope itself where somebody hands it in.
Owns no rule (``core``, ``contracts``) and no proof that nobody was shown another log (``prasasti_verify``).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from prasasti.contracts.governance.records import WithheldRecord, withheld_key
from prasasti.core.admission import (
    QUOTA_WINDOW_SECONDS,
    AdmissionContext,
    Inadmissible,
    check_actor_quota,
    check_id_unused,
    decode_transaction,
    is_organisation_active,
    judge,
)
from prasasti.core.contract import Registry, find_message
from prasasti.core.entries import BLOCK, TRANSACTION, BlockEntry, Refusal
from prasasti.core.envelope import Transaction
from prasasti.core.genesis import Genesis, build_genesis_tree, compute_chain, compute_origin, decode_genesis
from prasasti.core.state import CommittedView, State, Tip
from prasasti.core.transition import Block, BlockResult, DeadlinesFirst, RefusedTransaction, apply_block
from prasasti.core.tree import Tree, encode_bucket
from prasasti.core.types import MAX_SAFE_INTEGER, Document
from prasasti.core.used_ids import UsedIds
