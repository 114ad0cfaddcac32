"""Print the path of a Chromium for the tests of the HTML report: ``python -m tools.browser``.

It uses the one that DEVICE_CERTIFICATES_CHROMIUM names, or one on PATH. If there is none, it installs Debian's package,
as root or by sudo without a password. If that fails too, it logs the reason and prints nothing, and the tests are
skipped; with CI=true it exits with 1.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.processes import Run, end_on_sigterm, log, run

VARIABLE: Final = "DEVICE_CERTIFICATES_CHROMIUM"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--headless",
    # Its sandbox does not work for root, nor in most containers; the pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    # It must not contact any host.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""The arguments of every Chromium."""

_FONTS: Final = Path("/usr/share/fonts")
_INSTALL_TIMEOUT_S: Final = 900.0


class NoBrowserError(Exception):
    """There is no Chromium, and none can be installed; the message has the reason and the fix."""


def find_browser(environ: Mapping[str, str], *, run: Run) -> Path | None:
    """Return the Chromium that the variable names, or the first working one on PATH, or None.

    Raise NoBrowserError if the named one does not run.
    """
    if named := environ.get(VARIABLE):
        if not _runs(named, run=run):
            raise NoBrowserError(f"{VARIABLE} names {named}, which does not run; name another one, or unset it")
        return Path(named)
    found = (shutil.which(name, path=environ.get("PATH", os.defpath)) for name in NAMES)
    return next((Path(path) for path in found if path and _runs(path, run=run)), None)


def get_browser(environ: Mapping[str, str], *, run: Run, is_root: bool, fonts: Path = _FONTS) -> Path:
    """Find a Chromium, or install Debian's package. Raise NoBrowserError."""
    if browser := find_browser(environ, run=run):
        return browser
    _install(environ, run=run, is_root=is_root, fonts=fonts)
    if browser := find_browser(environ, run=run):
        return browser
    raise NoBrowserError("the package chromium is installed, but its Chromium does not run")


def _runs(program: str, *, run: Run) -> bool:
    try:
        return run([program, "--version"], timeout_s=60).ok
    except OSError:
        return False


def _install(environ: Mapping[str, str], *, run: Run, is_root: bool, fonts: Path) -> None:
    path = environ.get("PATH", os.defpath)
    missing = f"there is no Chromium on PATH ({', '.join(NAMES)}), and {VARIABLE} names none"
    apt = shutil.which("apt-get", path=path)
    if apt is None:
        raise NoBrowserError(f"{missing}; install one (there is no apt-get to install it with)")
    rights: list[str] = []
    if not is_root:
        sudo = shutil.which("sudo", path=path)
        if sudo is None or not run([sudo, "-n", "true"], timeout_s=30).ok:
            raise NoBrowserError(f"{missing}; install one: sudo apt-get install chromium")
        rights = [sudo, "-n"]
    packages = ["chromium"]
    if not any(fonts.rglob("*.?t[fc]")):
        packages.append("fonts-dejavu-core")
    # `env`, because sudo passes no variables on.
    command = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    named = " ".join(packages)
    for title, arguments in (
        ("Updating the package lists of apt-get", ["update"]),
        (f"Installing {named} with apt-get", ["install", "--yes", "--no-install-recommends", *packages]),
    ):
        completed = run([*command, *arguments], title=title, timeout_s=_INSTALL_TIMEOUT_S)
        if not completed.ok:
            raise NoBrowserError(f"{missing}; apt-get {arguments[0]} failed: {completed.last_lines() or 'no output'}")


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Print the path and return 0; without a browser return 0, or 1 in CI; return 2 for any argument."""
    if arguments:
        log("usage: python -m tools.browser")
        return 2
    end_on_sigterm()
    try:
        browser = get_browser(environ, run=run, is_root=os.geteuid() == 0)
    except NoBrowserError as error:
        in_ci = environ.get("CI", "").lower() == "true"
        log(f"browser: {error}" if in_ci else f"browser: the tests of the HTML report are skipped: {error}")
        return 1 if in_ci else 0
    except KeyboardInterrupt:
        return 130
    log(f"browser: {browser}")
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
