"""What can go wrong with the emulator itself (not with a call to it). Each is one line, ready to be shown.

EmulatorError
+-- ScenarioError   the scenario file, or a place in it
+-- StateError      the state folder, or a file in it
+-- CommandError    a command that cannot be carried out
+-- ServerError     the address to serve on
"""

from __future__ import annotations

from alicloud_device_certificates.contract.errors import UserFacingError


class EmulatorError(UserFacingError):
    """The emulator cannot do what it was asked for: one line, free of secrets, that says why."""


class ScenarioError(EmulatorError):
    """A scenario that cannot be used: the file, the place in it and what is wrong there."""


class StateError(EmulatorError):
    """The state folder cannot be used: names the file and says what to do."""


class CommandError(EmulatorError):
    """A command that cannot be carried out."""


class ServerError(EmulatorError):
    """The address cannot be served on."""
