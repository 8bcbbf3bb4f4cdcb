"""Write docs/table-of-lies.md."""

from __future__ import annotations

from tests.lies.page import PAGE, render

PAGE.write_text(render(), encoding="utf-8")
