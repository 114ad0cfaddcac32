"""Both services on this machine: embedded in a stack, or served over HTTP."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator.errors import EmulatorError, ScenarioError, StateError
    from alicloud_device_certificates.emulator.http.app import Emulator, EmulatorAccount, emulator_app

__all__ = ["Emulator", "EmulatorAccount", "EmulatorError", "ScenarioError", "StateError", "emulator_app"]


def __getattr__(name: str) -> object:
    # Imported on first use: the command line imports this package for its help alone.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "errors" if name.endswith("Error") else "http.app"
    return getattr(import_module(f"{__name__}.{home}"), name)
