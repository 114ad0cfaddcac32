"""A server on loopback, and no role, region or switch of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.cloud.credentials.cloud import Cloud, serving


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with serving() as cloud:
        yield cloud
