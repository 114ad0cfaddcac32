"""A list that is read in pages while it changes: nothing that existed throughout is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud.page import Page
from alicloud_device_certificates.reading.fleet.pages import AT_ONCE, Listing
from alicloud_device_certificates.reading.fleet.windows import calls_for

SIZE = 12  # sizes up to this end at the same position only at each multiple of 27,720
Item = tuple[int, int]  # a key and a version
Total = str
Changes = list[tuple[int, str, int]]  # the request before which it happens, what happens, a number that says where


@dataclass
class Service:
    """A service whose list changes before requests of it."""

    items: list[Item]
    newest_first: bool = False
    total: Total = "items"
    changes: Changes = field(default_factory=list)
    delays: tuple[int, ...] = ()
    requests: list[tuple[int, int]] = field(default_factory=list)
    open_requests: int = 0
    most_open: int = 0

    def __post_init__(self) -> None:
        self.keys = count(1000)
        self.throughout = {key for key, _ in self.items}
        self.versions: dict[int, set[int]] = {key: {version} for key, version in self.items}

    def change(self, what: str, where: int) -> None:
        if what == "add":
            key = next(self.keys)
            self.versions[key] = {0}
            self.items.append((key, 0))
        elif what == "add again" and (gone := sorted(self.versions.keys() - {key for key, _ in self.items})):
            key = gone[where % len(gone)]
            self.items.append((key, max(self.versions[key])))
        elif self.items:
            at = where % len(self.items)
            key, version = self.items[at]
            if what == "remove":
                del self.items[at]
                self.throughout.discard(key)
            elif what == "update":
                self.items[at] = (key, version + 1)
                self.versions[key].add(version + 1)

    async def fetch(self, number: int, size: int) -> Page[Item]:
        assert number >= 1
        assert 1 <= size <= SIZE
        self.requests.append((number, size))
        mine = len(self.requests)
        self.open_requests += 1
        self.most_open = max(self.most_open, self.open_requests)
        try:
            for _ in range(self.delays[mine % len(self.delays)] if self.delays else 0):
                await asyncio.sleep(0)
            for before, what, where in self.changes:
                if before == mine:
                    self.change(what, where)
            items = self.items[::-1] if self.newest_first else self.items
            page = tuple(items[(number - 1) * size : number * size])
            await asyncio.sleep(0)
        finally:
            self.open_requests -= 1
        total = {"items": len(items), "pages": -(-len(items) // size), "none": 0, "too high": 2 * len(items) + 9}
        return Page(page, total[self.total])


def read(service: Service) -> tuple[dict[int, int], list[int]]:
    """Return the content of each item as it was taken last, and the keys in the order in which they were taken."""
    taken: dict[int, int] = {}
    order: list[int] = []

    async def take(item: Item) -> None:
        taken[item[0]] = item[1]
        order.append(item[0])

    def content_of(item: Item) -> Mapping[str, Any]:
        return {"version": item[1]}

    async def story() -> None:
        listing = Listing(
            fetch=service.fetch,
            size=SIZE,
            key_of=lambda item: item[0],
            content_of=content_of,
            take=take,
            count=lambda: len(taken),
        )
        await listing.read()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(story())
    return taken, order


def listed(number: int, **options: Any) -> Service:
    return Service([(key, 0) for key in range(number)], **options)


@pytest.mark.parametrize("total", ["items", "pages", "none", "too high"])
@pytest.mark.parametrize("number", [0, 1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE, 8 * SIZE, 100, 101])
def test_every_item_is_taken_once_whatever_the_service_reports_as_its_total(number: int, total: Total) -> None:
    service = listed(number, total=total)
    taken, order = read(service)
    assert sorted(taken) == list(range(number))
    if total != "too high":
        # A list that has more than was found is read again.
        assert len(order) == number


def test_a_list_that_fits_in_one_page_takes_one_call() -> None:
    service = listed(SIZE - 1)
    read(service)
    assert service.requests == [(1, SIZE)]


@pytest.mark.parametrize("number", [250, 5000, 50_000])
def test_a_quiet_list_takes_few_more_calls_than_it_has_pages_and_they_are_known_ahead(number: int) -> None:
    pages: list[tuple[int, int]] = []

    async def fetch(page: int, size: int) -> Page[Item]:
        pages.append((page, size))
        return Page(tuple((key, 0) for key in range((page - 1) * size, min(page * size, number))), number)

    taken: set[int] = set()

    async def take(item: Item) -> None:
        taken.add(item[0])

    listing = Listing(
        fetch=fetch,
        size=100,
        key_of=lambda item: item[0],
        content_of=lambda _: {},
        take=take,
        count=lambda: len(taken),
    )
    asyncio.run(listing.read())
    assert len(set(pages)) == len(pages)
    assert len(pages) <= 1.16 * number / 100 + 5
    assert len(pages) == pytest.approx(calls_for(number, size=100), rel=0.04, abs=5)


def test_pages_are_requested_ahead_but_never_more_at_once_than_allowed() -> None:
    service = listed(2000)
    read(service)
    assert service.most_open == AT_ONCE


def test_an_item_that_moves_to_a_page_that_was_read_is_not_lost() -> None:
    service = listed(3 * SIZE, changes=[(2, "remove", 0)])
    taken, _ = read(service)
    assert service.throughout <= taken.keys()


def test_a_list_that_loses_its_end_ends() -> None:
    service = listed(4 * SIZE, changes=[(2, "remove", -1 - at) for at in range(3 * SIZE)])
    taken, _ = read(service)
    assert service.throughout <= taken.keys()


def test_a_list_that_is_emptied_ends() -> None:
    service = listed(4 * SIZE, changes=[(2, "remove", 0)] * 4 * SIZE)
    read(service)
    assert service.items == []


CHANGES = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from(["add", "add again", "remove", "update"]), st.integers(0, 1000)),
    max_size=60,
)


@given(
    number=st.integers(0, 12 * SIZE),
    newest_first=st.booleans(),
    total=st.sampled_from(["items", "pages", "none", "too high"]),
    changes=CHANGES,
    delays=st.lists(st.integers(0, 5), max_size=7).map(tuple),
)
# The first page loses an item just before the second one is requested, in every pass, and gets it back.
@example(
    number=3 * SIZE,
    newest_first=True,
    total="items",
    changes=[(at, what, 3 * SIZE - 1) for at in range(2, 30, 2) for what in ("remove", "add again")],
    delays=(),
)
def test_nothing_that_existed_throughout_is_lost_however_the_list_changes(
    number: int, newest_first: bool, total: Total, changes: Changes, delays: tuple[int, ...]
) -> None:
    service = listed(number, newest_first=newest_first, total=total, changes=changes, delays=delays)
    taken, _ = read(service)
    assert service.throughout <= taken.keys() <= service.versions.keys()
    assert all(version in service.versions[key] for key, version in taken.items())


def test_the_content_is_the_latest_of_those_that_were_seen() -> None:
    service = listed(2 * SIZE, changes=[(2, "update", SIZE - 1)])
    taken, order = read(service)
    # The second page begins with the last item of the first.
    assert taken[SIZE - 1] == 1
    assert order.count(SIZE - 1) == 2


class Unsorted(Service):
    """A service whose list is in another order at each request, but keeps the order of its first pages."""

    async def fetch(self, number: int, size: int) -> Page[Item]:
        if len(self.requests) == 1:
            self.items = self.items[SIZE : 2 * SIZE] + self.items[:SIZE] + self.items[2 * SIZE :]
        return await super().fetch(number, size)


def test_a_list_whose_order_changes_is_read_again_if_it_has_more_than_was_found() -> None:
    service = Unsorted([(key, 0) for key in range(4 * SIZE)])
    taken, _ = read(service)
    assert sorted(taken) == list(range(4 * SIZE))


def test_a_service_that_always_returns_the_same_page_does_not_keep_us_for_ever() -> None:
    service = listed(SIZE, total="none")

    class Same(Service):
        async def fetch(self, number: int, size: int) -> Page[Item]:
            self.requests.append((number, size))
            return Page(tuple(service.items[:size]), 0)

    same = Same([])
    assert sorted(read(same)[0]) == list(range(SIZE))
    assert len(same.requests) <= 3 * AT_ONCE


def test_a_failed_page_ends_all_requests() -> None:
    class Failing(Service):
        async def fetch(self, number: int, size: int) -> Page[Item]:
            page = await super().fetch(number, size)
            if len(self.requests) > 3:
                raise ConnectionError(str(number))
            return page

    async def story() -> None:
        service = Failing([(key, 0) for key in range(500)])

        async def take(_: Item) -> None:
            return None

        listing = Listing(
            fetch=service.fetch,
            size=SIZE,
            key_of=lambda item: item[0],
            content_of=lambda _: {},
            take=take,
            count=lambda: 0,
        )
        with pytest.raises(ConnectionError):
            await listing.read()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert service.open_requests == 0

    asyncio.run(story())
