"""Both services on this machine: the embedded default of a stack, and a server for anything else."""

from alicloud_device_certificates.emulator.app import Emulator, EmulatorAccount, emulator_app
from alicloud_device_certificates.emulator.scenario import ScenarioError
from alicloud_device_certificates.emulator.state import StateError

__all__ = ["Emulator", "EmulatorAccount", "ScenarioError", "StateError", "emulator_app"]
