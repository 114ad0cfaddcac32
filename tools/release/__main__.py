"""Build, check and try out the distributions of the current commit: ``python -m tools.release``."""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Final

from tools.engine.engine import Engine, Unavailable
from tools.engine.get import installed_engine
from tools.engine.on_path import engine_on_path
from tools.processes import end_on_sigterm, log, run
from tools.release.build import ReleaseError, build_twice, commit_time, digest, publish
from tools.release.check import check
from tools.release.smoke import install, preview, smoke

CHECKOUT: Final = Path(__file__).resolve().parents[2]
DIST: Final = CHECKOUT / "dist"


def main() -> int:
    """Write ``dist/`` and return 0; on failure log the failed step, leave ``dist/`` alone and return 1."""
    end_on_sigterm()
    try:
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            _release(Path(folder))
    except ReleaseError as error:
        log(f"release: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _release(work: Path) -> None:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    log(f"==> Build {version} twice")
    distributions = build_twice(CHECKOUT, work, epoch=commit_time(CHECKOUT, run=run), run=run)
    log("==> Check the metadata and the wheel's contents")
    check(distributions, checkout=CHECKOUT, run=run)
    log("==> Install the wheel in an empty environment")
    (wheel,) = (path for path in distributions if path.suffix == ".whl")
    programs = install(wheel, work / "environment", requirements=CHECKOUT / "locks" / "run.txt", run=run)
    project = work / "project"
    project.mkdir()
    smoke(programs, project, version=version, run=run)
    if engine := _engine():
        log(f"==> Preview on the emulator with Pulumi {engine.version}")
        preview(programs, project, readme=(CHECKOUT / "README.md").read_text(encoding="utf-8"), engine=engine, run=run)
    else:
        log("==> No preview: there is no engine (`make engine` installs one)")
    for path in publish(distributions, DIST):
        print(f"{digest(path)}  {path.relative_to(CHECKOUT)}")


def _engine() -> Engine | None:
    with suppress(Unavailable):
        return engine_on_path(os.environ.get("PATH", ""), version=None, run=run)
    with suppress(Unavailable):
        return installed_engine(CHECKOUT / ".engine", version=None, run=run)
    return None


if __name__ == "__main__":
    sys.exit(main())
