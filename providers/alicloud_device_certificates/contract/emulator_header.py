"""How the emulator's answers are told from those of the cloud."""

from __future__ import annotations

from typing import Final

EMULATOR: Final = "emulator"
"""The code of the warning that a certificate was read from an emulator on the network."""

EMULATOR_HEADER: Final = "x-device-certificates-emulator"
"""Every answer of the emulator has this header, with the version; the cloud's never have it."""
