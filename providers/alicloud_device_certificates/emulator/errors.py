"""Errors of the emulator itself, as opposed to errors that its services return. Each is one line for the user.

EmulatorError
+-- ScenarioError   the scenario file
+-- StateError      the state folder
+-- CommandError    a command
+-- ServerError     the address to serve on
"""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.contract.errors import UserFacingError

MESSAGE_LIMIT: Final = 1000
"""The maximum length of a message, in characters."""


class EmulatorError(UserFacingError):
    """The emulator cannot do what was requested: one line with the reason, free of secrets."""

    def __init__(self, message: str) -> None:
        # A name in it can come from a request or a file, with line breaks and whatever moves a terminal.
        line = "".join(
            each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in message
        )
        super().__init__(line if len(line) <= MESSAGE_LIMIT else f"{line[: MESSAGE_LIMIT - 3]}...")


class ScenarioError(EmulatorError):
    """The scenario is invalid: names the file, the place in it and the problem."""

    fix = "Correct the place in the scenario file that the message names."


class StateError(EmulatorError):
    """The state folder cannot be used: names the file and what to do."""

    fix = "Choose another folder, or run `device-certificates emulator reset`."


class CommandError(EmulatorError):
    """A command cannot be carried out."""

    fix = "Correct the name or the value; `device-certificates emulator status` lists the devices."


class ServerError(EmulatorError):
    """The emulator cannot listen on the address."""

    fix = "Choose another `--host` or `--port`."
