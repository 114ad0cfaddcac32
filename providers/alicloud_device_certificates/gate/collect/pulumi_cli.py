"""The Pulumi engine, as the gate uses it: a stack's preview with its events, its config and its exported state."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation._cmd import CommandResult, OnOutput
from pulumi.automation.errors import CommandError, create_command_error
from pulumi.automation.events import EngineEvent

from alicloud_device_certificates.contract.read_failure import VARIABLE
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.gate.collect.interruptible import run_until_exit
from alicloud_device_certificates.gate.errors import EngineError


class Engine:
    """The ``pulumi`` command in a folder, with one stack; the stack that is selected there stays as it is."""

    def __init__(self, folder: Path, stack: str | None) -> None:
        try:
            command = _LiveCommand()
        except FileNotFoundError:
            raise EngineError("there is no `pulumi` command on PATH: install the Pulumi CLI") from None
        except automation.InvalidVersionError as error:
            raise EngineError(one_line(str(error))) from None
        self._workspace = _Workspace(work_dir=str(folder), env_vars={VARIABLE: "1"}, pulumi_command=command)
        self.stack_name = stack or self._selected()
        self._stack = automation.Stack.select(self.stack_name, self._workspace)

    def config(self, key: str, *, file: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Give a value of the stack's config, an object as it is; None where it is not set. Raises EngineError.

        ``file`` is read in the place of ``Pulumi.<stack>.yaml``.
        """
        arguments = ["config", "--json", "--stack", self.stack_name]
        entry = json.loads(self._run([*arguments, *(["--config-file", file] if file else [])])).get(key)
        if entry is None:
            return None
        if "value" not in entry:
            raise EngineError(f"{key} is or holds a secret, and is needed in plain: set it without --secret")
        try:
            return json.loads(entry["value"])
        except ValueError:
            return entry["value"]

    def preview(self, **options: Any) -> tuple[list[EngineEvent], bool]:  # noqa: ANN401 - the SDK's own options
        """Run the preview, showing the engine's own display; give its events, and whether it succeeded.

        ``options`` are those of ``automation.Stack.preview``.
        """
        events: list[EngineEvent] = []
        try:
            self._stack.preview(on_event=events.append, **options)
        except (CommandError, RuntimeError):  # the latter by the SDK, where the engine gave no summary
            return events, False
        return events, True

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
    """The command that leaves this process's output to the preview: its live display is the engine's own.

    The SDK takes all output through pipes, so there would be no live display, and its threads that empty them die of
    what cannot be decoded or shown: the engine would then wait for ever.
    """

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        if args[0] != "preview":
            return super().run(args, cwd, additional_env, on_output, on_error)
        interactive = [] if os.isatty(0) and os.isatty(1) else ["--non-interactive"]
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        code = run_until_exit([self.command, *interactive, *args], cwd, environment)
        result = CommandResult(stdout="", stderr="", code=code)
        if code != 0:
            raise create_command_error(result)
        return result


def _said(error: CommandError) -> str:
    """Take out of a failed command what the CLI itself says from its `error: ` on."""
    return one_line(str(error).partition("error: ")[2] or "the engine failed", limit=500)
