"""The published folder over HTTP: the same plain files that any web server could show.

Owns which paths are shown and how long they may be kept. A document is somebody else's bytes: no browser runs it here.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any

from prasasti.web.problems import Problem

CHUNK_BYTES = 2**20
SMALL_BYTES = 65_536
THREADS = 4
FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
NOT_KEPT = "no-cache"

# ASGI's extension for a file that the server sends by itself; ``web.server`` offers it.
COPYING = "http.response.zerocopysend"

Scope = Any
Send = Callable[[Any], Awaitable[None]]

# Names of log.publish.PUBLISHED_NAMES, and what lies below them. No part begins with a dot.
_path = re.compile(
    r"/(?:checkpoint|genesis\.json|log\.vkey|policy|withheld\.json|witness/[A-Za-z0-9_-][A-Za-z0-9._-]*|documents/sha256/[0-9a-f]{2}/[0-9a-f]{64}"
    r"|tile/(?:entries|[0-9]{1,2})(?:/x?[0-9]{3}){1,8}(?:\.p/[0-9]{1,3})?)"
)


def is_file_path(path: str) -> bool:
    """Whether a request's path is one of the published folder's."""
    return _path.fullmatch(path) is not None


class PublishedFiles:
    """Shows one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(THREADS, "files")

    async def show(self, scope: Scope, send: Send) -> None:
        """Answer GET or HEAD of a path; Problem where there is no such file.

        Opened on the loop's own thread: the files lie on a local disk, and handing over to another takes longer.
        """
        with self._open(scope["path"]) as file:
            size = os.fstat(file.fileno()).st_size
            await send({"type": "http.response.start", "status": 200, "headers": make_headers(scope["path"], size)})
            if scope["method"] != "HEAD":
                await self._send_body(scope, send, file, size)
            await send({"type": "http.response.body", "body": b""})

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()

    async def _send_body(self, scope: Scope, send: Send, file: FileIO, size: int) -> None:
        try:
            if size > SMALL_BYTES and COPYING in scope.get("extensions", {}):
                await send({"type": COPYING, "file": file, "count": size, "more_body": True})
                return
            left = size
            while left > 0:
                body = file.read(left) if left <= SMALL_BYTES else await self._read_in_thread(file, min(left, CHUNK_BYTES))
                if not body:
                    raise EOFError
                left -= len(body)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        except EOFError as problem:
            raise Problem("storage", "the file became shorter while it was read") from problem

    async def _read_in_thread(self, file: FileIO, count: int) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._pool, os.read, file.fileno(), count)

    def _open(self, path: str) -> FileIO:
        try:
            descriptor = os.open(f"{self._folder}{path}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as problem:
            raise Problem("not_found") from problem
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Problem("not_found")
        return FileIO(descriptor)


def make_headers(path: str, size: int) -> list[tuple[bytes, bytes]]:
    """Header fields of a published file."""
    headers = {"content-length": str(size), "cache-control": NOT_KEPT, "content-type": "text/plain; charset=utf-8"}
    if path.startswith("/tile/"):
        headers |= {"cache-control": FOR_EVER, "content-type": "application/octet-stream"}
    elif path.startswith("/documents/"):
        # It may be withheld one day. What it is, the entry says that names it.
        headers |= {"cache-control": A_WHILE, "content-type": "application/octet-stream", "content-disposition": "attachment"}
    elif path.endswith(".json"):
        headers["content-type"] = "application/json"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
