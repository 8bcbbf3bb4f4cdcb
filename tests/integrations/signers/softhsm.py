"""A token in software: SoftHSM 2, through its own library and its own tool, in a folder of the test's."""

from __future__ import annotations

import os
import shutil
import subprocess
from base64 import encodebytes
from pathlib import Path
from urllib.parse import quote

import pkcs11
import pytest

LIBRARIES = ("lib/softhsm", "lib64/softhsm", "lib/x86_64-linux-gnu/softhsm", "lib/aarch64-linux-gnu/softhsm", "lib/pkcs11", "lib64/pkcs11")
PIN, OFFICER_PIN = "7391-padi", "security-officer"
ED25519_PREFIX = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410: PKCS#8 before the seed


def find_library() -> Path:
    """SoftHSM's library; the test is left out where it is not installed."""
    places = [Path(prefix) / each / "libsofthsm2.so" for prefix in ("/usr", "/usr/local", "/opt/homebrew") for each in LIBRARIES]
    found = [place for place in places if place.is_file()]
    if not found or shutil.which("softhsm2-util") is None:
        pytest.skip("needs SoftHSM 2 (Debian's package softhsm2)")
    return found[0]


class SoftHsm:
    """Tokens in one folder. The library reads its configuration when it is started, so a changed one needs ``restart``."""

    def __init__(self, folder: Path) -> None:
        self.library = find_library()
        self.folder = folder
        self.configure()
        pkcs11.lib(str(self.library))

    def configure(self, mechanisms: str = "ALL") -> None:
        (self.folder / "tokens").mkdir(exist_ok=True)
        text = f"directories.tokendir = {self.folder}/tokens\nlog.level = ERROR\nslots.mechanisms = {mechanisms}\n"
        (self.folder / "softhsm2.conf").write_text(text)

    def restart(self) -> None:
        """What a token that was pulled out and put back does to all its sessions."""
        library = pkcs11.lib(str(self.library))
        library.reinitialize()

    def make_token(self, label: str) -> None:
        self.use_tool("--init-token", "--free", "--label", label, "--so-pin", OFFICER_PIN, "--pin", PIN)
        self.restart()

    def import_seed(self, token: str, label: str, key_id: str, seed: bytes, *options: str) -> None:
        """Put the Ed25519 key of a seed on a token by SoftHSM's own tool."""
        path = self.folder / f"{label}.pem"
        encoded = encodebytes(ED25519_PREFIX + seed).decode()
        path.write_text(f"-----BEGIN PRIVATE KEY-----\n{encoded}-----END PRIVATE KEY-----\n")
        self.use_tool("--import", str(path), "--token", token, "--label", label, "--id", key_id, "--pin", PIN, *options)
        path.unlink()
        self.restart()

    def use_tool(self, *words: str) -> None:
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, env={**os.environ, **self.environment})

    @property
    def environment(self) -> dict[str, str]:
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def session(self, token: str) -> pkcs11.Session:
        """A session of the library's own, for what the product does not do."""
        return pkcs11.lib(str(self.library)).get_token(token_label=token).open(rw=True, user_pin=PIN)

    def uri(self, token: str, *, pin_source: str | None = None, **key: str) -> str:
        named = "".join(f";{name}={quote(value, safe='%')}" for name, value in key.items())
        source = "" if pin_source is None else f"&pin-source={quote(pin_source, safe='')}"
        return f"pkcs11:token={quote(token)}{named}?module-path={quote(str(self.library), safe='')}{source}"
