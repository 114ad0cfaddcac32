"""The Pulumi engine, as the gate uses it: a stack's preview with its events, its config and its exported state."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation._cmd import CommandResult, OnOutput
from pulumi.automation.errors import CommandError, create_command_error
from pulumi.automation.events import EngineEvent

from ..read_failure import VARIABLE
from .errors import EngineError


class Engine:
    """The ``pulumi`` command in a folder, with one stack; the stack that is selected there stays as it is."""

    def __init__(self, folder: Path, stack: str | None) -> None:
        try:
            command = _LiveCommand()
        except FileNotFoundError:
            raise EngineError("there is no `pulumi` command on PATH: install the Pulumi CLI") from None
        except automation.InvalidVersionError as error:
            raise EngineError(_one_line(str(error))) from None
        self._workspace = _Workspace(work_dir=str(folder), env_vars={VARIABLE: "1"}, pulumi_command=command)
        self.stack_name = stack or self._selected()
        self._stack = automation.Stack.select(self.stack_name, self._workspace)

    def config(self, key: str, *, file: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Give a value of the stack's config, an object as it is; None where it is not set. Raises EngineError.

        ``file`` is read in the place of ``Pulumi.<stack>.yaml``.
        """
        arguments = ["config", "get", key, "--json", "--stack", self.stack_name]
        try:
            text: str = json.loads(self._run([*arguments, *(["--config-file", file] if file else [])]))["value"]
        except EngineError as error:
            # The CLI has no other word for this.
            if re.search("configuration key .* not found", str(error)):
                return None
            raise
        try:
            return json.loads(text)
        except ValueError:
            return text

    def preview(self, **options: Any) -> tuple[list[EngineEvent], str | None]:  # noqa: ANN401 - the SDK's own options
        """Run the preview, showing the engine's own display, and give its events, and what it said if it failed.

        ``options`` are those of ``automation.Stack.preview``.
        """
        events: list[EngineEvent] = []
        try:
            self._stack.preview(on_event=events.append, on_output=_show, on_error=_show_error, **options)
        except CommandError as error:
            return events, _said(error)
        except RuntimeError as error:  # by the SDK, where the engine gave no summary
            return events, _one_line(str(error))
        return events, None

    def export(self) -> Mapping[str, Any]:
        """Give the stack's state as it is stored, secrets encrypted. Raises EngineError."""
        exported: Mapping[str, Any] = json.loads(self._run(["stack", "export", "--stack", self.stack_name]))
        return exported

    def _selected(self) -> str:
        try:
            return self._run(["stack", "--show-name"]).strip()
        except EngineError as error:
            raise EngineError(f"which stack is meant is not known, say --stack: {error}") from None

    def _run(self, arguments: Sequence[str]) -> str:
        command = self._workspace.pulumi_command
        try:
            ended = command.run([*arguments], self._workspace.work_dir, self._workspace.env_vars)
        except CommandError as error:
            raise EngineError(_said(error)) from None
        return ended.stdout


class _Workspace(automation.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Leave the selection alone, which is the user's: every command says which stack it means."""


class _LiveCommand(automation.PulumiCommand):
    """The command that leaves the terminal to the preview, for its live display; by itself the SDK takes a pipe."""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        if args[0] != "preview" or not (sys.stdout.isatty() and sys.stdin.isatty()):
            return super().run(args, cwd, additional_env, on_output, on_error)
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        with subprocess.Popen([self.command, *args], cwd=cwd, env=environment) as process:  # noqa: S603 - no shell
            code = _wait(process)
        result = CommandResult(stdout="", stderr="", code=code)
        if code != 0:
            raise create_command_error(result)
        return result


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for the engine to end; Ctrl-C reaches it too, and it then takes its time to end in order."""
    interrupted = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            interrupted = True
        else:
            break
    if interrupted:
        raise KeyboardInterrupt
    return code


def _show(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the engine's own words


def _show_error(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the engine's own words


def _said(error: CommandError) -> str:
    """Take out of a failed command what the CLI itself says in its line `error: ...`."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line.partition("error: ")[2] for line in lines if "error: " in line]
    return _one_line(told[0] if told else "the engine failed")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
