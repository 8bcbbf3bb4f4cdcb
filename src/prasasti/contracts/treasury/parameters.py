"""Fixed bounds and codelists of ``treasury``."""

from __future__ import annotations

FIRST_YEAR = 1900
LAST_YEAR = 2999

# Why a budget is changed: by the legislature's revision, a shift between lines, money saved, a mistake, something else.
CHANGE_REASONS = ("correction", "other", "reallocation", "revision", "saving")
