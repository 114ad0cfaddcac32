"""Run parts of the checks, each to its end, or chosen tests: ``python -m tools.checks [PART...]``."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.checks.environment import CHECKOUT, MissingNeedError, environment
from tools.checks.parts import PARTS, Part, needs_of
from tools.checks.summary import Result, command_counts, duration, summary, test_counts
from tools.engine.engine import NEWEST, version_named
from tools.processes import end_on_sigterm, log, run, run_attached

NO_TESTS = 5  # pytest's exit code if it has collected no tests


def main(arguments: Sequence[str]) -> int:
    """Return 0 if all passed, 1 if a part failed, pytest's own exit code for chosen tests."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - {part.name for part in PARTS}:
        parser.error(f"unknown part: {', '.join(sorted(unknown))}")
    end_on_sigterm()
    try:
        if chosen.tests or chosen.keyword:
            return _run_tests(chosen.tests or ["tests"], chosen.keyword, chosen.pytest, engine=chosen.engine or NEWEST)
        parts = [part for part in PARTS if part.name in (chosen.parts or [part.name])]
        if chosen.engine:
            parts = [replace(part, engine=chosen.engine) for part in parts]
        return _run_parts(parts, workers=chosen.workers)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.checks", description=__doc__)
    names = [part.name for part in PARTS]
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(names)} (all)")
    parser.add_argument("--workers", default="auto", help="the number of pytest's processes (auto: by cores)")
    parser.add_argument("--engine", type=version_named, help="the CLI: newest, oldest or a number (by part)")
    parser.add_argument("--tests", type=str.split, default=[], metavar="PATHS", help="run only these tests")
    parser.add_argument("--keyword", default="", help="run only tests whose names match this expression")
    parser.add_argument("--pytest", type=shlex.split, default=[], metavar="OPTIONS", help="more options for pytest")
    return parser


def _run_parts(parts: Sequence[Part], *, workers: str) -> int:
    results: list[Result] = []
    try:
        for part in parts:
            print(f"==> {part.name}: {part.title}", flush=True)
            started = time.monotonic()
            try:
                passed, detail = _run_part(part, workers=workers)
            except MissingNeedError as error:
                log(str(error))
                passed, detail = False, str(error).splitlines()[0]
            results.append(Result(part.name, passed, time.monotonic() - started, detail))
    finally:
        if len(parts) > 1 and results:
            print(
                f"==> Summary ({duration(sum(result.seconds for result in results))})\n{summary(results)}", flush=True
            )
    return int(not all(result.passed for result in results))


def _run_part(part: Part, *, workers: str) -> tuple[bool, str]:
    environ = environment(part.needs, os.environ, engine=part.engine, run=run)
    if part.tests:
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "junit.xml")
            options = ["-n", part.workers(workers), *part.pytest_arguments, f"--junit-xml={report}"]
            code = _pytest([*options, *part.tests], environ=environ)
            return code == 0, test_counts(report)
    codes = []
    for command in part.commands:
        log(f"--> {' '.join(Path(word).name if Path(word).is_absolute() else word for word in command[:5])}")
        codes.append(run_attached(command, cwd=CHECKOUT, environ=environ))
    return not any(codes), command_counts(codes)


def _run_tests(tests: Sequence[str], keyword: str, options: Sequence[str], *, engine: str) -> int:
    try:
        environ = environment(needs_of(tests), os.environ, engine=engine, run=run)
    except MissingNeedError as error:
        log(str(error))
        return 1
    code = _pytest([*options, *(["-k", keyword] if keyword else []), *tests], environ=environ)
    if code == NO_TESTS:
        log(f"no test matches {' '.join(tests)}" + (f" and the expression {keyword!r}" if keyword else ""))
    return code


def _pytest(arguments: Sequence[str], *, environ: Mapping[str, str]) -> int:
    return run_attached([sys.executable, "-m", "pytest", *arguments], cwd=CHECKOUT, environ=environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
