"""``device-certificates config``: what the stack's config can hold."""

from __future__ import annotations

import argparse
import json

from alicloud_device_certificates.cli.commands import Commands
from alicloud_device_certificates.cli.streams import say


def add_config(commands: Commands) -> None:
    """Add ``config`` to the program's commands."""
    parser = commands.add_parser(
        "config",
        help="describe the keys of the stack's config",
        description="Describe this package's own keys in Pulumi.<stack>.yaml.",
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    text = "print a JSON Schema of Pulumi.<stack>.yaml, for editors"
    schema = actions.add_parser("schema", help=text, description=f"{text[0].upper()}{text[1:]}.")
    schema.set_defaults(run=_schema, parser=schema)


def _schema(_: argparse.Namespace) -> None:
    from alicloud_device_certificates.stack.config_schema import config_schema

    say(json.dumps(config_schema(), indent=2))
