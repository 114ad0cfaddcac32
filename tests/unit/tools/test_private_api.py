"""The private API of other distributions that this checkout uses, and the versions it was checked with.

If a test fails because a package was upgraded, look at each use with the new version, and then widen its range. The
tests of ``cloud/http/lean_httpx.py`` hold that module's own range.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pulumi_policy
import pytest
import uvicorn
from pulumi import automation
from tests.unit.tools.test_modules import SOURCES
from tools.docs.__main__ import CHECKOUT
from uvicorn.protocols.http.h11_impl import H11Protocol

PACKAGE = "providers/alicloud_device_certificates/"
CHECKED = {"pulumi": ("3.230", "3.272"), "pulumi-policy": ("1.20", "1.21"), "uvicorn": ("0.34", "0.54")}
"""The oldest and the newest minor version that each use was checked with, the newest being the locked one."""

USES = {
    "pulumi.resource.create_urn": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.config.CONFIG": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.get_config_env": "stacks/deployment/config.py",
    "pulumi.runtime.get_root_resource": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.invoke_async": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.mocks.MockMonitor": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.settings.get_engine": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.settings.get_monitor": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.is_config_secret": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.is_dry_run": f"{PACKAGE}resources/pulumi_runtime.py",
    "pulumi.runtime.proto.engine_pb2": f"{PACKAGE}reading/live_status.py",
    "pulumi.runtime.proto.engine_pb2_grpc": f"{PACKAGE}reading/live_status.py",
    "pulumi.runtime.proto.engine_pb2_grpc.EngineStub": f"{PACKAGE}reading/live_status.py",
    "pulumi.runtime.mocks.MockCallArgs": f"{PACKAGE}testing/mocks.py",
    "pulumi.runtime.mocks.MockResourceArgs": f"{PACKAGE}testing/mocks.py",
    "pulumi.runtime.mocks.Mocks": f"{PACKAGE}testing/mocks.py",
    "pulumi.runtime.rpc.UNKNOWN": f"{PACKAGE}gate/collect/read_steps.py",
    "pulumi_policy.proxy.UnknownValueError": f"{PACKAGE}policy/shown.py",
    "uvicorn.protocols.http.h11_impl.H11Protocol": f"{PACKAGE}emulator/http/server.py",
}
"""Each name that no documented module exports, and the one module that uses it."""

DOCUMENTED = {"pulumi", "pulumi.automation", "pulumi.dynamic", "pulumi_policy", "uvicorn"}
"""The modules whose ``__all__`` is public."""


def used(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module uses of these distributions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {
            module.partition(".")[0] for module in DOCUMENTED
        }:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pulumi.runtime":
            yield ast.unparse(node)


def is_public(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return name in DOCUMENTED or (module in DOCUMENTED and attribute in import_module(module).__all__)


def test_each_private_name_is_used_in_one_module_and_no_other_is_used() -> None:
    found = {
        (name, path.relative_to(CHECKOUT).as_posix()) for path in SOURCES for name in used(path) if not is_public(name)
    }
    assert sorted(found) == sorted(USES.items())


def test_no_module_uses_a_name_with_an_underscore_of_another_one() -> None:
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
                module = (node.module or "").split(".") if isinstance(node, ast.ImportFrom) else []
                names = [part for alias in node.names for part in alias.name.split(".")] + module
                found += [(path.name, part) for part in names if part.startswith("_") and not part.endswith("__")]
        found += [
            (path.name, ast.unparse(node))
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__")
            if ast.unparse(node.value).partition(".")[0] in imported
        ]
    assert found == []


@pytest.mark.parametrize(("distribution", "checked"), CHECKED.items())
def test_the_installed_version_is_one_that_the_uses_were_checked_with(
    distribution: str, checked: tuple[str, str]
) -> None:
    oldest, newest = (tuple(map(int, text.split("."))) for text in checked)
    installed = tuple(map(int, version(distribution).split(".")[:2]))
    assert oldest <= installed <= newest


@pytest.mark.parametrize("name", USES)
def test_each_private_name_is_still_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_the_sdks_provider_has_the_call_that_gets_a_thread_of_its_own() -> None:
    # Its module cannot be imported: it is a program. reading/cancellation.py finds it in the running one.
    program = find_spec("pulumi.dynamic.__main__")
    assert program is not None
    assert program.origin is not None
    (servicer,) = [
        node
        for node in ast.parse(Path(program.origin).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "DynamicResourceProviderServicer"
    ]
    assert "Cancel" in {node.name for node in servicer.body if isinstance(node, ast.FunctionDef)}


def test_the_classes_that_are_extended_have_the_methods_that_are_replaced() -> None:
    assert callable(automation.PulumiCommand.run)
    assert callable(automation.LocalWorkspace.select_stack)
    assert "StackValidationPolicy" in pulumi_policy.__all__
    assert callable(uvicorn.Server.startup)
    assert callable(uvicorn.Server.handle_exit)
    assert callable(H11Protocol.send_400_response)
