"""Previews that share a quota with others, in front of services that enforce it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.engine.conftest import left_below
from tests.redis_server import PASSWORD, redis_server
from tools.faults.project import FaultyProject
from tools.faults.service import FaultyService, serving

QUOTAS = "{onsmqtt: 500, iot: 10}"
LAMPS = 25


def make_project(folder: Path, service: FaultyService, config: Mapping[str, object] | None = None) -> FaultyProject:
    project = FaultyProject(
        folder, service, mqtt=10, iot=LAMPS, config={"alicloud:clientReadTimeout": 60_000, **(config or {})}
    )
    assert project.run("stack", "init", "dev").returncode == 0
    return project


def preview(project: FaultyProject) -> subprocess.CompletedProcess[str]:
    return project.run("preview")


def diagnostics(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the final output of the engine, without what it shows while it runs."""
    return ended.stdout.partition("Diagnostics:")[2]


def assert_all_is_read_without_throttling(service: FaultyService, *ended: subprocess.CompletedProcess[str]) -> None:
    for each in ended:
        assert each.returncode == 0, each.stdout + each.stderr
    assert service.throttled == 0
    assert set(service.requests.values()) == {len(ended)}
    assert len(service.requests) == LAMPS + 10


def test_two_previews_at_once_on_a_machine_keep_to_the_quota_together(tmp_path: Path) -> None:
    with serving(tmp_path, mqtt=10, iot=LAMPS, share=0.0, quotas=QUOTAS) as service:
        projects = [make_project(tmp_path / name, service) for name in ("one", "two")]
        with ThreadPoolExecutor() as both:
            ended = list(both.map(preview, projects))
    assert_all_is_read_without_throttling(service, *ended)
    assert left_below(tmp_path) == []


def test_two_machines_share_the_quota_through_redis_and_its_password_is_nowhere(tmp_path: Path) -> None:
    with (
        redis_server(tmp_path) as url,
        serving(tmp_path, mqtt=10, iot=LAMPS, share=0.0, quotas=QUOTAS) as service,
    ):
        projects = [make_project(tmp_path / name, service) for name in ("one", "two")]
        for project in projects:
            # Each has a machine of its own, as far as files go.
            project.environment["XDG_RUNTIME_DIR"] = str(project.folder)
            key = "device-certificates:quotaStore"
            assert project.run("config", "set", "--secret", key, url).returncode == 0
        with ThreadPoolExecutor() as both:
            ended = list(both.map(preview, projects))
        update = projects[0].run("up", "--yes", "--skip-preview", "--logtostderr", "-v=3")
        assert update.returncode == 0, update.stdout + update.stderr
        exported = projects[0].run("stack", "export")
    assert [each.returncode for each in ended] == [0, 0], ended[0].stdout + ended[1].stdout
    assert service.throttled == 0
    assert not any((project.folder / "alicloud-device-certificates").exists() for project in projects)
    for text in (exported.stdout, update.stdout, update.stderr, *(each.stdout + each.stderr for each in ended)):
        assert PASSWORD not in text


@pytest.mark.parametrize("is_redis", [False, True])
def test_a_store_that_cannot_be_used_costs_one_warning(tmp_path: Path, closed_port: int, is_redis: bool) -> None:
    with serving(tmp_path, mqtt=10, iot=LAMPS, share=0.0, quotas=QUOTAS) as service:
        project = make_project(tmp_path / "one", service)
        if is_redis:
            url = f"redis://:{PASSWORD}@127.0.0.1:{closed_port}"
            project.run("config", "set", "--secret", "device-certificates:quotaStore", url)
        project.environment["XDG_RUNTIME_DIR"] = str(project.folder)
        (project.folder / "alicloud-device-certificates").write_text("no folder")
        ended = preview(project)
    assert_all_is_read_without_throttling(service, ended)
    assert diagnostics(ended).count("the quota is not shared with other processes") == 1, ended.stdout
    assert PASSWORD not in ended.stdout


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"quota": {"mqtt": 0}}, "device-certificates:quota: mqtt must be a whole number from 1 to 1,000,000"),
        ({"quota": {"mqqt": 500}}, "device-certificates:quota has the unknown key 'mqqt'"),
        ({"quotaStore": "memcached://host"}, "device-certificates:quotaStore must be the URL of a Redis"),
    ],
)
def test_a_quota_that_is_none_is_one_line(tmp_path: Path, config: Mapping[str, object], told: str) -> None:
    with serving(tmp_path, mqtt=1, iot=1, share=0.0) as service:
        named = {f"device-certificates:{key}": value for key, value in config.items()}
        project = FaultyProject(tmp_path / "one", service, mqtt=1, iot=0, config=named)
        assert project.run("stack", "init", "dev").returncode == 0
        ended = preview(project)
    assert ended.returncode != 0
    assert diagnostics(ended).count(told) == 1, ended.stdout
    assert not service.requests
