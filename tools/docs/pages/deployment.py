"""docs/deployment.md: the keys of a deployment's config."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final, get_args, get_origin

import msgspec

from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

CONFIG: Final = Path(__file__).resolve().parents[3] / "stacks" / "deployment" / "config.py"


def deployment_page(text: str) -> str:
    """Return the page with its made block."""
    return fill(text, {"keys": table(("key", "each entry makes", "keys of an entry"), _rows())})


def _rows() -> Iterator[tuple[str, str, str]]:
    for key in msgspec.structs.fields(_module().DeploymentConfig):
        if get_origin(key.type) is list:
            (entry,) = get_args(key.type)
            keys = (f"`{each.encode_name}`{'' if each.required else '?'}" for each in msgspec.structs.fields(entry))
            made = (inspect.getdoc(entry) or "").replace("``", "`").removesuffix(".")
            yield f"`{key.encode_name}`", made[0].lower() + made[1:], ", ".join(keys)


def _module() -> ModuleType:
    # By its path: a program of Pulumi is not a package.
    name = "deployment_config"
    if name not in sys.modules:
        spec = spec_from_file_location(name, CONFIG)
        assert spec is not None and spec.loader is not None
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "deployment.md"): deployment_page}
