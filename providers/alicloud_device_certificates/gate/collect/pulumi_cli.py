"""The Pulumi engine, as the gate uses it: a stack's preview with its events, its config and its exported state."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal

from pulumi import automation

from alicloud_device_certificates.contract.bounds import DocumentError
from alicloud_device_certificates.contract.config import unknown_keys
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.contract.read_failure import VARIABLE
from alicloud_device_certificates.contract.text import one_line
from alicloud_device_certificates.gate.collect.interruptible import run_until_exit
from alicloud_device_certificates.gate.errors import EngineError, RulesError

OLDEST_CLI: Final = "3.230.0"
"""The oldest version of the CLI that the gate runs."""

# Newer CLIs keep snapshots of a preview too, although it saves nothing. With 1,000 reads that is most of its time.
_PREVIEW_VARIABLES = {"PULUMI_SKIP_CHECKPOINTS": "true"}


_AUTOMATION = {"PULUMI_AUTOMATION_API": "true"}

_NO_SUMMARY = "summary event never found"
"""What the SDK raises, as a RuntimeError, for a preview that ended without a summary."""

_LOST_EVENT = ("Failed to parse engine event", "Error in event stream")
"""What the SDK's warning of an event that it drops begins with."""

EngineDisplay = Literal["stdout", "stderr", "on failure"]
"""Where a preview's own output goes: to this process's stdout, to its stderr, or there once the preview has failed."""


class Engine:
    """The ``pulumi`` command in a folder, with one stack. The selected stack stays selected."""

    def __init__(self, folder: Path, stack: str | None, display: EngineDisplay = "stdout") -> None:
        try:
            command = _LiveCommand(display)
        except FileNotFoundError:
            raise EngineError("there is no `pulumi` command on PATH; install the Pulumi CLI") from None
        except automation.InvalidVersionError as error:
            raise EngineError(one_line(str(error))) from None
        if command.version is not None and command.version.compare(OLDEST_CLI) < 0:
            # Older ones write the events of a preview to a file, with the secrets in debug messages of some languages.
            raise EngineError(f"the Pulumi CLI is {command.version}, and {OLDEST_CLI} or newer is needed")
        self._workspace = _Workspace(work_dir=str(folder), env_vars={VARIABLE: "1"}, pulumi_command=command)
        self.stack_name = stack or self._selected()
        self._stack = automation.Stack.select(self.stack_name, self._workspace)

    def config(self, key: str, *, file: str | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Return a value of the stack's config, objects parsed; None if it is not set.

        ``file`` is read instead of ``Pulumi.<stack>.yaml``. Raise EngineError, and RulesError if the config has an
        unknown key of this package.
        """
        arguments = ["config", "--json", "--stack", self.stack_name]
        entries = self._json([*arguments, *(["--config-file", file] if file else [])])
        if faults := unknown_keys(entries):
            raise RulesError("; ".join(faults))
        entry = entries.get(key)
        if entry is None:
            return None
        if "value" not in entry:
            raise EngineError(f"{key} is a secret or contains one; set it without --secret")
        value = entry["value"]
        try:
            return parse_json(value)
        except DocumentError as error:
            if value[:1] not in {"{", "["}:
                return value
            raise RulesError(f"{key} {error}") from None

    def preview(self, **options: Any) -> tuple[list[automation.EngineEvent], bool]:  # noqa: ANN401 - the SDK's own options
        """Run the preview with the engine's own display; return its events, and whether it succeeded.

        ``options`` are those of ``automation.Stack.preview``. Raise EngineError if an event cannot be read.
        """
        events: list[automation.EngineEvent] = []
        try:
            with _no_event_lost():
                self._stack.preview(on_event=events.append, **options)
        except automation.CommandError:
            return events, False
        except RuntimeError as error:
            if str(error) != _NO_SUMMARY:
                raise
            return events, False
        return events, True

    def export(self) -> Mapping[str, Any]:
        """Return the stack's state as it is stored, with encrypted secrets. Raise EngineError."""
        return self._json(["stack", "export", "--stack", self.stack_name])

    def _selected(self) -> str:
        try:
            return self._run(["stack", "--show-name"]).strip()
        except EngineError as error:
            raise EngineError(f"no stack is selected; pass --stack: {error}") from None

    def _json(self, arguments: Sequence[str]) -> Mapping[str, Any]:
        """Return the object that a command prints. The size of a state has no bound, but its depth has Python's."""
        try:
            value = json.loads(self._run(arguments))
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise EngineError(f"`pulumi {' '.join(arguments[:2])}` printed no JSON object that can be read")
        return value

    def _run(self, arguments: Sequence[str]) -> str:
        command = self._workspace.pulumi_command
        try:
            result = command.run([*arguments], self._workspace.work_dir, self._workspace.env_vars)
        except automation.CommandError as error:
            raise EngineError(_message(error)) from None
        return result.stdout


@contextmanager
def _no_event_lost() -> Iterator[None]:
    """Raise EngineError if the SDK drops an event: it only warns, with all of the event's text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    lost = [each for each in caught if str(each.message).startswith(_LOST_EVENT)]
    if lost:
        raise EngineError(
            f"{len(lost)} events of the preview cannot be read, so certificates may be missing: look for an output "
            "that is nested deeply"
        )
    for each in caught:
        warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)


class _Workspace(automation.LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Do nothing: the selection is the user's, and every command names its stack."""


class _LiveCommand(automation.PulumiCommand):
    """A command whose previews write to this process's own output, so the engine's display is live.

    The SDK pipes all output. There would be no live display, and its reader threads die of output that cannot be
    decoded or printed, and of an interrupt; then the engine would wait forever.
    """

    def __init__(self, display: EngineDisplay) -> None:
        super().__init__()
        self._display = display

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: automation.OnOutput | None = None,
        on_error: automation.OnOutput | None = None,
    ) -> automation.CommandResult:
        """Run one command without pipes. Raise CommandError."""
        if args[0] != "preview":
            return _recorded(
                [self.command, "--non-interactive", *args], cwd, {**os.environ, **additional_env, **_AUTOMATION}
            )
        is_live = self._display != "on failure" and os.isatty(0) and os.isatty(1 if self._display == "stdout" else 2)
        interactive = [] if is_live else ["--non-interactive"]
        # Else the project's `options: {refresh: always}` or PULUMI_OPTION_REFRESH would have each one read twice,
        # and a failure of the first read ends the preview.
        refresh = [] if any(each.startswith("--refresh") for each in args) else ["--refresh=false"]
        environment = {**os.environ, **_PREVIEW_VARIABLES, **additional_env, **_AUTOMATION}
        command = [self.command, *interactive, *args, *refresh]
        if self._display == "on failure":
            code = _show_on_failure(command, cwd, environment)
        else:
            code = run_until_exit(command, cwd, environment, output=None if self._display == "stdout" else 2)
        result = automation.CommandResult(stdout="", stderr="", code=code)
        if code != 0:
            raise automation.CommandError(result)
        return result


def _recorded(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> automation.CommandResult:
    """Run a command and return what it printed. Raise CommandError."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        code = run_until_exit(command, folder, environment, output=output.fileno(), errors=errors.fileno())
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    result = automation.CommandResult(stdout=texts[0], stderr=texts[1], code=code)
    if code != 0:
        raise automation.CommandError(result)
    return result


def _show_on_failure(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> int:
    # In a file, because the engine would wait for the reader of a pipe.
    with tempfile.TemporaryFile() as output:
        code = run_until_exit(command, folder, environment, output=output.fileno())
        if code != 0 and sys.stderr is not None:
            output.seek(0)
            with suppress(OSError):  # the reader has left; the report says that the preview failed
                sys.stderr.write(output.read().decode(errors="replace"))
                sys.stderr.flush()
        return code


def _message(error: automation.CommandError) -> str:
    """Return what the CLI itself reports of a failed command, from its ``error: `` on."""
    return one_line(str(error).partition("error: ")[2] or "the engine failed", limit=500)
