"""The environment of a part: the engine on PATH, the browser's variable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from tools.browser import VARIABLE, NoBrowserError, get_browser
from tools.checks.parts import Need
from tools.engine.__main__ import engine_folders
from tools.engine.get import NoEngineError
from tools.engine.hosts import HostError
from tools.processes import Run, log

CHECKOUT: Final = Path(__file__).resolve().parents[2]


class MissingNeedError(Exception):
    """The machine lacks what a part needs; the message has the reason."""


def environment(needs: Iterable[Need], user: Mapping[str, str], *, engine: str, run: Run) -> dict[str, str]:
    """Return the user's environment with what ``needs`` names, which is installed if it is not there.

    ``engine`` is the CLI's version. Raise MissingNeedError.
    """
    needs = frozenset(needs)
    # The checkout's own tools come first: the engine runs the first `python` on PATH.
    path = [str(CHECKOUT / ".venv" / "bin")]
    found: dict[str, str] = {}
    if Need.ENGINE in needs:
        try:
            languages = {need.value for need in needs & {Need.NODE, Need.YAML}}
            path += map(str, engine_folders(version=engine, languages=languages, run=run))
        except (NoEngineError, HostError) as error:
            raise MissingNeedError(str(error)) from None
    if Need.BROWSER in needs:
        try:
            found[VARIABLE] = str(get_browser(user, run=run, is_root=os.geteuid() == 0))
        except NoBrowserError as error:
            if user.get("CI", "").lower() == "true":
                raise MissingNeedError(f"browser: {error}") from None
            log(f"browser: the tests of the HTML report are skipped: {error}")
    return {**user, **found, "PATH": os.pathsep.join([*path, user.get("PATH", os.defpath)])}
