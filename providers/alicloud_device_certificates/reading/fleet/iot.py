"""The fleets of IoT Platform: the devices of a product, which a list names and which are read one by one."""

from __future__ import annotations

from alicloud_device_certificates.cloud.iot_lists import PAGE_SIZE, query_devices
from alicloud_device_certificates.reading.fleet.read import FleetRead
from alicloud_device_certificates.reading.iot import read_iot_device


async def read_devices(fleet: FleetRead) -> None:
    """Read the named devices, or all of the product."""
    names = await _listed(fleet) if fleet.options.names is None else fleet.options.names
    fleet.progress.total = len(names)
    identities = [fleet.member(device_name=name) for name in names]
    await fleet.read_each(identities, read_iot_device)


async def _listed(fleet: FleetRead) -> list[str]:
    """Return the names of all devices, each once.

    What is removed while the list is read moves others to a page before: so it is read until a pass finds nothing new.
    A device that was removed meanwhile is dropped when its certificate is read.
    """
    names: dict[str, None] = {}
    for number in range(fleet.PASSES):
        before = len(names)
        found, is_whole = await _listed_once(fleet)
        names |= found
        if is_whole or (number > 0 and len(names) == before):
            break
    fleet.listed = True
    return list(names)


async def _listed_once(fleet: FleetRead) -> tuple[dict[str, None], bool]:
    """Return the names of the devices that one pass over the list finds, and whether it can have lost none.

    A token names the device after which its page begins, so nothing moves to a page before.
    """
    names: dict[str, None] = {}
    token, number, has_tokens = None, 1, True
    while True:
        page = await query_devices(
            fleet.context.client,
            product_key=fleet.identity["product_key"],
            iot_instance_id=fleet.identity.arguments()["iot_instance_id"],
            number=number,
            token=token,
        )
        known = len(names)
        names |= dict.fromkeys(page.items)
        is_past_total = page.total <= number * PAGE_SIZE
        is_last = is_past_total and page.total > 0 and not page.next_token
        # A service that returns one page for ever has no more either.
        if is_last or len(page.items) < PAGE_SIZE or (is_past_total and len(names) == known):
            return names, number == 1 or (has_tokens and 0 < page.total <= len(names))
        token, number, has_tokens = page.next_token, number + 1, has_tokens and bool(page.next_token)


READS = {"iot-fleet": read_devices}
