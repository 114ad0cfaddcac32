"""`python -m tools.browser` prints the path of a Chromium for the tests of the HTML report; stderr tells what goes on.

It takes the one that DEVICE_CERTIFICATES_CHROMIUM names, or one on PATH. Where there is none, and apt-get and the right
to use it are there, it installs Debian's package. Where that is not possible it says why and prints nothing, and the
tests are skipped; with CI=true that is a failure.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.alive import Run, end_on_sigterm, run, say

VARIABLE: Final = "DEVICE_CERTIFICATES_CHROMIUM"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--headless",
    # Its sandbox does not work for root, nor in most containers; the pages are our own.
    "--no-sandbox",
    "--disable-gpu",
    # It is to ask nobody for anything.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What each Chromium is started with."""

_FONTS: Final = Path("/usr/share/fonts")
_INSTALL_LIMIT_S: Final = 900.0


class NoBrowserError(Exception):
    """There is no Chromium here, and none could be got; the message says why and what to do."""


def find_browser(environ: Mapping[str, str], *, run: Run) -> Path | None:
    """Give the Chromium that the variable names, or the first on PATH that runs; None where there is none.

    Raises NoBrowserError for one that was named and does not run.
    """
    if named := environ.get(VARIABLE):
        if not _runs(named, run=run):
            raise NoBrowserError(f"{VARIABLE} names {named}, which does not run: name another, or none")
        return Path(named)
    found = (shutil.which(name, path=environ.get("PATH", os.defpath)) for name in NAMES)
    return next((Path(path) for path in found if path and _runs(path, run=run)), None)


def get_browser(environ: Mapping[str, str], *, run: Run, is_root: bool, fonts: Path = _FONTS) -> Path:
    """Find a Chromium, or install Debian's. Raises NoBrowserError."""
    if browser := find_browser(environ, run=run):
        return browser
    _install(environ, run=run, is_root=is_root, fonts=fonts)
    if browser := find_browser(environ, run=run):
        return browser
    raise NoBrowserError("the package chromium is installed, but gives no Chromium that runs")


def _runs(program: str, *, run: Run) -> bool:
    try:
        return run([program, "--version"], limit_s=60).ok
    except OSError:
        return False


def _install(environ: Mapping[str, str], *, run: Run, is_root: bool, fonts: Path) -> None:
    path = environ.get("PATH", os.defpath)
    missing = f"there is no Chromium on PATH ({', '.join(NAMES)}), and {VARIABLE} names none"
    apt = shutil.which("apt-get", path=path)
    if apt is None:
        raise NoBrowserError(f"{missing}; install one (there is no apt-get to do it by)")
    rights: list[str] = []
    if not is_root:
        sudo = shutil.which("sudo", path=path)
        if sudo is None or not run([sudo, "-n", "true"], limit_s=30).ok:
            raise NoBrowserError(f"{missing}; install one: sudo apt-get install chromium")
        rights = [sudo, "-n"]
    packages = ["chromium"]
    if not any(fonts.rglob("*.?t[fc]")):
        packages.append("fonts-dejavu-core")
    # `env` for sudo, which passes no variables on.
    command = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", apt]
    named = " ".join(packages)
    for title, arguments in (
        ("Asking apt-get for its lists", ["update"]),
        (f"Installing {named} by apt-get", ["install", "--yes", "--no-install-recommends", *packages]),
    ):
        finished = run([*command, *arguments], title=title, limit_s=_INSTALL_LIMIT_S)
        if not finished.ok:
            raise NoBrowserError(f"{missing}; apt-get {arguments[0]} failed: {finished.last_lines() or 'no output'}")


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """0 with the path on stdout, or with nothing where the tests are to be skipped; 1 in CI; 2 for any argument."""
    if arguments:
        say("usage: python -m tools.browser")
        return 2
    end_on_sigterm()
    try:
        browser = get_browser(environ, run=run, is_root=os.geteuid() == 0)
    except NoBrowserError as error:
        in_ci = environ.get("CI", "").lower() == "true"
        say(f"browser: {error}" if in_ci else f"browser: the tests of the HTML report are skipped: {error}")
        return 1 if in_ci else 0
    except KeyboardInterrupt:
        return 130
    say(f"browser: {browser}")
    print(browser)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
