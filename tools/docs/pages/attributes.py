"""resources/attributes.py: each field of a certificate as a typed attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.kinds import KINDS
from tools.docs.examples import kinds_text
from tools.docs.pages import Render

MODULE = '''\
"""The fields of a certificate as attributes. Written by `make docs` from contract/fields.py: do not edit."""

from __future__ import annotations

from typing import Any

import pulumi

from alicloud_device_certificates.resources.certificate_field import CertificateField


'''

_TYPES: Final = {"string": "str", "integer": "int", "boolean": "bool", "list of strings": "list[str]"}


def attributes_module() -> str:
    """Return the module's text."""
    return MODULE + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    common = [field for field in FIELDS if len(field.kinds) == len(KINDS)]
    yield "class CertificateAttributes:"
    yield '    """The fields of every certificate; all but ``status`` are None while it is pending."""'
    yield ""
    yield "    certificate: pulumi.Output[dict[str, Any]]"
    yield '    """Every field that this certificate has, as one object."""'
    yield ""
    yield from _attributes(common)
    for kind in KINDS.values():
        yield from ("", "")
        yield f"class {kind.class_name}Attributes(CertificateAttributes):"
        yield f'    """The fields of a {kind.description}."""'
        if own := [field for field in FIELDS if kind.key in field.kinds and field not in common]:
            yield ""
            yield from _attributes(own)
    yield from ("", "")
    yield "class AnyCertificateAttributes(CertificateAttributes):"
    yield '    """The fields of a certificate whose kind is not known; those that it does not have are None."""'
    yield ""
    yield from _attributes((field for field in FIELDS if field not in common), of_any_kind=True)


def _attributes(fields: Iterable[Field], *, of_any_kind: bool = False) -> Iterator[str]:
    for field in fields:
        is_optional = of_any_kind or not field.is_always_present
        yield f"    {field.name} = CertificateField[{_TYPES[field.type]}{' | None' if is_optional else ''}]()"
        yield f'    """{_docstring(field, of_any_kind=of_any_kind)}"""'


def _docstring(field: Field, *, of_any_kind: bool) -> str:
    prefix = f"{kinds_text(field)}: " if of_any_kind else ""
    return f"{prefix}{field.meaning[0].upper()}{field.meaning[1:]}."


WRITES: Final[Mapping[Path, Render]] = {
    Path("providers", PACKAGE, "resources", "attributes.py"): lambda _: attributes_module()
}
