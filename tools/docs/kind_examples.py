"""The example of each kind of certificate: as a program, as config, and as an ID."""

from __future__ import annotations

from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import CertificateKind
from alicloud_device_certificates.stack.entries import camel_case


def example_program(kind: CertificateKind) -> str:
    """Return a program that reads the example and exports it."""
    variable = variable_name(kind)
    arguments = "\n".join(f'    {name}="{value}",' for name, value in kind.example.items())
    return (
        "import pulumi\n\n"
        f"from alicloud_device_certificates import {kind.class_name}, export_certificates\n\n"
        f'{variable} = {kind.class_name}(\n    "{variable}",\n{arguments}\n)\n'
        f'pulumi.export("expires", {variable}.not_after)\n'
        f'export_certificates({{"{variable}": {variable}}})'
    )


def variable_name(kind: CertificateKind) -> str:
    """Return the name that the example has in the program."""
    return "ca" if "ca" in kind.key.split("-") else "device"


def example_config(kinds: list[CertificateKind]) -> str:
    """Return the stack's config that lists the examples of these kinds, in YAML."""
    lines = ["config:", "  alicloud:region: cn-hangzhou", "  device-certificates:certificates:"]
    for kind in kinds:
        lines += [f"    - name: {kind.key}-{variable_name(kind)}", f"      service: {kind.key}"]
        lines += [f"      {camel_case(name)}: {_yaml(name, value)}" for name, value in kind.example.items()]
    return "\n".join(lines)


def _yaml(name: str, value: str) -> str:
    # An SN can look like a number, such as 5127e016, and must not be one.
    return f'"{value}"' if name.endswith("_sn") else value


def example_id(kind: CertificateKind) -> str:
    """Return the ID of the example."""
    others = {name: None for name in kind.optional_id_parts}
    return str(CertificateId.of(kind.key, **{"region": kind.only_region or "cn-hangzhou", **others, **kind.example}))
