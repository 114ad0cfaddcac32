"""The example of each kind of certificate and of each kind of fleet: as a program, as config, and as an ID."""

from __future__ import annotations

from collections.abc import Sequence

from alicloud_device_certificates.contract.config import CERTIFICATES, FLEETS
from alicloud_device_certificates.contract.fleets import FleetKind
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.stack.entries import camel_case
from tools.docs.inputs import DataSourceKind


def example_program(kind: DataSourceKind) -> str:
    """Return a program that reads the example and exports it."""
    variable = variable_name(kind)
    arguments = "\n".join(f'    {name}="{value}",' for name, value in kind.example.items())
    exported = (
        f'"next_expiry", {variable}.summary["earliest_expiry"]'
        if isinstance(kind, FleetKind)
        else f'"expires", {variable}.not_after'
    )
    return (
        "import pulumi\n\n"
        f"from alicloud_device_certificates import {kind.class_name}, export_certificates\n\n"
        f'{variable} = {kind.class_name}(\n    "{variable}",\n{arguments}\n)\n'
        f"pulumi.export({exported})\n"
        f'export_certificates({{"{variable}": {variable}}})'
    )


def variable_name(kind: DataSourceKind) -> str:
    """Return the name that the example has in the program."""
    name = "ca" if "ca" in kind.key.split("-") else "device"
    return f"{name}s" if isinstance(kind, FleetKind) else name


def example_config(kinds: Sequence[DataSourceKind]) -> str:
    """Return the stack's config that lists the examples of these kinds, in YAML: singles or fleets."""
    key = FLEETS if isinstance(kinds[0], FleetKind) else CERTIFICATES
    lines = ["config:", "  alicloud:region: cn-hangzhou", f"  {key.full_name}:"]
    for kind in kinds:
        service = service_of(kind)
        name = f"{service.removesuffix('-ca')}-{variable_name(kind)}"
        lines += [f"    - name: {name}", f"      service: {service}"]
        lines += [f"      {camel_case(name)}: {_yaml(name, value)}" for name, value in kind.example.items()]
    return "\n".join(lines)


def service_of(kind: DataSourceKind) -> str:
    """Return the ``service`` of an entry in the config."""
    return kind.member if isinstance(kind, FleetKind) else kind.key


def _yaml(name: str, value: str) -> str:
    # An SN can look like a number, such as 5127e016, and must not be one.
    return f'"{value}"' if name.endswith("_sn") else value


def example_id(kind: DataSourceKind) -> str:
    """Return the ID of the example."""
    others = {name: None for name in kind.optional_id_parts}
    only_region = kind.kind.only_region if isinstance(kind, FleetKind) else kind.only_region
    values = {"region": only_region or "cn-hangzhou", **others, **kind.example}
    if isinstance(kind, FleetKind):
        return str(FleetId.of(kind.key, **values))
    return str(CertificateId.of(kind.key, **values))
