"""The attributes of a class with their documentation: the string under each annotation."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from alicloud_device_certificates.contract.distribution import PACKAGE

_PAGE = re.compile(r"\(docs/(?P<page>[\w-]+)\.md\)")


@dataclass(frozen=True, slots=True)
class AttributeDoc:
    """What the source says of one attribute."""

    annotation: str
    meaning: str
    """In Markdown, for a page in a folder of ``docs/``."""


def attribute_docs(class_: type) -> Mapping[str, AttributeDoc]:
    """Return the documented public attributes of a class and of those of this package that it inherits from.

    They are in the order of the source, those of a base first. An attribute that a class annotates anew is that one's.
    """
    found: dict[str, AttributeDoc] = {}
    for base in reversed(class_.__mro__):
        if base.__module__.startswith(PACKAGE):
            for name, doc in _own(base):
                found.pop(name, None)
                found[name] = doc
    return found


def _own(class_: type) -> list[tuple[str, AttributeDoc]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(class_))).body
    assert isinstance(definition, ast.ClassDef)
    return [
        (statement.target.id, AttributeDoc(ast.unparse(statement.annotation), _markdown(string.value.value)))
        for statement, string in itertools.pairwise(definition.body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and not statement.target.id.startswith("_")
        and isinstance(string, ast.Expr)
        and isinstance(string.value, ast.Constant)
        and isinstance(string.value.value, str)
    ]


def _markdown(text: str) -> str:
    return _PAGE.sub(r"([\g<page>](../\g<page>.md))", " ".join(text.split()).replace("``", "`"))
