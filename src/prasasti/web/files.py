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
from pathlib import Path
from typing import Any

from prasasti.web.problems import Problem

CHUNK_BYTES = 2**20
SMALL_BYTES = 65_536
THREADS = 4
FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
NOT_KEPT = "no-cache"

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

    async def show(self, method: str, path: str, send: Send) -> None:
        """Answer GET or HEAD of a path; Problem where there is no such file."""
        loop = asyncio.get_running_loop()
        descriptor, size = await loop.run_in_executor(self._pool, self._open, path)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": make_headers(path, size)})
            left = 0 if method == "HEAD" else size
            while left > 0:
                read = os.read if left <= SMALL_BYTES else self._read_in_thread
                chunk = read(descriptor, min(left, CHUNK_BYTES))
                body = chunk if isinstance(chunk, bytes) else await chunk
                if not body:
                    raise Problem("storage", "the file became shorter while it was read")
                left -= len(body)
                await send({"type": "http.response.body", "body": body, "more_body": left > 0})
            if size == 0 or method == "HEAD":
                await send({"type": "http.response.body", "body": b""})
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()

    def _read_in_thread(self, descriptor: int, count: int) -> Awaitable[bytes]:
        return asyncio.get_running_loop().run_in_executor(self._pool, os.read, descriptor, count)

    def _open(self, path: str) -> tuple[int, int]:
        try:
            descriptor = os.open(self._folder / path[1:], os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as problem:
            raise Problem("not_found") from problem
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            os.close(descriptor)
            raise Problem("not_found")
        return descriptor, facts.st_size


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
