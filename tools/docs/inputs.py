"""The inputs of a data source, from its class: the signature and the docstring's "Arguments"."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind

_ARGUMENTS = re.compile(r"^Arguments:\n(?P<lines>(?:[ ]{4}.*\n?)+)", re.MULTILINE)
_ARGUMENT = re.compile(r"^[ ]{4}(?P<name>\w+): (?P<text>.*(?:\n[ ]{8}.*)*)", re.MULTILINE)
_DEFAULT = re.compile(r" ?Default: (?P<default>.+)\.$")

_TYPES = {
    "pulumi.Input[str]": "string, may be an output",
    "str": "string",
    "bool": "boolean",
    "CrossCheck": '`"warn"`, `"error"` or `"off"`',
    "pulumi.ResourceOptions": "resource options",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One argument of a data source."""

    name: str
    type: str
    default: str
    """As the page shows it; empty if the argument is required."""
    meaning: str


def summary(kind: CertificateKind) -> str:
    """Return the first paragraph of the data source's docstring, in Markdown: "Reads ..."."""
    return _markdown(_doc(kind).partition("\n\n")[0]).replace("Read ", "Reads ", 1)


def inputs(kind: CertificateKind) -> Iterator[Input]:
    """Yield the arguments of a kind's data source, in the order of its signature.

    An argument that its docstring lacks has the meaning from another data source of the same module. Raise KeyError
    if there is none.
    """
    meanings: dict[str, str] = {}
    for other in (*(each for each in KINDS.values() if each.module == kind.module), kind):
        meanings |= _meanings(_doc(other))
    for parameter in inspect.signature(_class(kind)).parameters.values():
        if parameter.name == "name":
            continue
        text = meanings[parameter.name]
        default = _DEFAULT.search(text)
        shown = "" if parameter.default is parameter.empty else _shown(parameter.default)
        yield Input(
            name=parameter.name,
            type=_TYPES[str(parameter.annotation).removesuffix(" | None")],
            default=default["default"] if default else shown,
            meaning=text[: default.start()] if default else text,
        )


def has_private_key(kind: CertificateKind) -> bool:
    """Return whether the data source has the output ``private_key_pem``."""
    return "private_key_pem" in inspect.get_annotations(_class(kind))


def _shown(default: object) -> str:
    return "none" if default is None else f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def _meanings(doc: str) -> dict[str, str]:
    section = _ARGUMENTS.search(doc)
    found = _ARGUMENT.finditer(section["lines"]) if section else ()
    return {each["name"]: _markdown(each["text"]) for each in found}


def _markdown(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def _doc(kind: CertificateKind) -> str:
    return inspect.getdoc(_class(kind)) or ""


def _class(kind: CertificateKind) -> type:
    module: ModuleType = import_module(f"{PACKAGE}.resources.{kind.module}")
    found: type = getattr(module, kind.class_name)
    return found
