"""The header by which a response of the emulator differs from one of the cloud."""

from __future__ import annotations

from typing import Final

EMULATOR_HEADER: Final = "x-device-certificates-emulator"
"""Every response of the emulator has this header, with the version; the cloud's never have it."""
