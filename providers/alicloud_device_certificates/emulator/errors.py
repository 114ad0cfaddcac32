"""Errors of the emulator itself, as opposed to errors that its services return. Each is one line for the user.

EmulatorError
+-- ScenarioError   the scenario file
+-- StateError      the state folder
+-- CommandError    a command
+-- ServerError     the address to serve on
"""

from __future__ import annotations

from alicloud_device_certificates.contract.errors import UserFacingError


class EmulatorError(UserFacingError):
    """The emulator cannot do what was requested: one line with the reason, free of secrets."""


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
