"""The inputs of a data source, from its class: the signature and the docstring's "Arguments"."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Final

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.fleets import FLEETS, SUMMARY, FleetKind
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind

_ARGUMENTS = re.compile(r"^Arguments:\n(?P<lines>(?:[ ]{4}.*\n?)+)", re.MULTILINE)
_ARGUMENT = re.compile(r"^[ ]{4}(?P<name>\w+): (?P<text>.*(?:\n[ ]{8}.*)*)", re.MULTILINE)
_DEFAULT = re.compile(r" ?Default: (?P<default>.+)\.$")

_ELSEWHERE = re.compile(r"^As for (?P<class_name>\w+)\.(?P<rest>.*)$")
_CLASS = re.compile(r"\b(?:Mqtt|Iot)\w+Certificates?\b")

DataSourceKind = CertificateKind | FleetKind

_KINDS: Final[tuple[DataSourceKind, ...]] = (*KINDS.values(), *FLEETS.values())

_TYPES = {
    "pulumi.Input[str]": "string, may be an output",
    "str": "string",
    "bool": "boolean",
    "CrossCheck": '`"warn"`, `"error"` or `"off"`',
    "pulumi.ResourceOptions": "resource options",
    "Names": "list of strings, may be outputs",
    "Select": "conditions, below",
    "Fields": f'list of fields, or `"{SUMMARY}"`',
    "OnError": '`"fail"` or `"report"`',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One argument of a data source."""

    name: str
    type: str
    default: str
    """As the page shows it; empty if the argument is required."""
    meaning: str


def summary(kind: DataSourceKind) -> str:
    """Return the first paragraph of the data source's docstring, in Markdown: "Reads ..."."""
    return _linked(_markdown(_doc(kind).partition("\n\n")[0]), kind).replace("Read ", "Reads ", 1)


def inputs(kind: DataSourceKind) -> Iterator[Input]:
    """Yield the arguments of a kind's data source, in the order of its signature.

    An argument that its docstring lacks has the meaning from another data source of the same module, and one that is
    "As for" another data source has the meaning from that one. Raise KeyError if there is none.
    """
    for parameter in inspect.signature(class_of(kind)).parameters.values():
        if parameter.name == "name":
            continue
        text = _meaning(kind, parameter.name)
        default = _DEFAULT.search(text)
        shown = "" if parameter.default is parameter.empty else _shown(parameter.default)
        yield Input(
            name=parameter.name,
            type=_TYPES[str(parameter.annotation).removesuffix(" | None")],
            default=default["default"] if default else shown,
            meaning=_linked(text[: default.start()] if default else text, kind),
        )


def _meaning(kind: DataSourceKind, argument: str) -> str:
    meanings: dict[str, str] = {}
    for other in (*(each for each in _KINDS if each.module == kind.module), kind):
        meanings |= _meanings(_doc(other))
    text = meanings[argument]
    if (found := _ELSEWHERE.match(text)) is None:
        return text
    (other,) = (each for each in _KINDS if each.class_name == found["class_name"])
    there = _meaning(other, argument)
    return (_DEFAULT.sub("", there) if _DEFAULT.search(found["rest"]) else there) + found["rest"]


def _linked(text: str, kind: DataSourceKind) -> str:
    """Return a text with a link from the name of each other data source to its page, which is in the same folder."""
    pages = {each.class_name: each.page for each in _KINDS if each is not kind}
    return _CLASS.sub(lambda name: f"[`{name[0]}`]({pages[name[0]]}.md)" if name[0] in pages else name[0], text)


def has_private_key(kind: CertificateKind) -> bool:
    """Return whether the data source has the output ``private_key_pem``."""
    return "private_key_pem" in inspect.get_annotations(class_of(kind))


def _shown(default: object) -> str:
    return "none" if default is None else f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


def _meanings(doc: str) -> dict[str, str]:
    section = _ARGUMENTS.search(doc)
    found = _ARGUMENT.finditer(section["lines"]) if section else ()
    return {each["name"]: _markdown(each["text"]) for each in found}


def _markdown(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def _doc(kind: DataSourceKind) -> str:
    return inspect.getdoc(class_of(kind)) or ""


def class_of(kind: DataSourceKind) -> type:
    """Return the class of a kind's data source."""
    module: ModuleType = import_module(f"{PACKAGE}.resources.{kind.module}")
    found: type = getattr(module, kind.class_name)
    return found
