"""The fleets of ApsaraMQ for MQTT: the devices of an instance or a CA, and the CAs of an instance."""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.cloud.errors import CloudError, NotFoundError
from alicloud_device_certificates.cloud.fields import Fields
from alicloud_device_certificates.cloud.mqtt import ca_response, device_response
from alicloud_device_certificates.cloud.mqtt_lists import (
    LIST_DEVICE_CERTIFICATE,
    PAGE_SIZE,
    list_ca_certificates,
    list_device_certificates,
)
from alicloud_device_certificates.cloud.page import Page
from alicloud_device_certificates.reading.fleet.pages import list_all
from alicloud_device_certificates.reading.fleet.read import FleetRead
from alicloud_device_certificates.reading.mqtt import (
    CaCertificate,
    ca_outputs,
    device_outputs,
    read_mqtt_ca,
    read_mqtt_device,
)
from alicloud_device_certificates.reading.outcome import read_content

_FEW: Final = 2
"""So many named devices are read by themselves: a list costs at least as much."""


async def read_devices(fleet: FleetRead) -> None:
    """Read the named devices, or all. Those of a CA are listed if that takes fewer calls than to read each."""
    names, ca_sn = fleet.options.names, fleet.identity.arguments()["ca_sn"]
    if names is None:
        await _listed_devices(fleet, None)
        return
    wanted = {_same(name): fleet.member(ca_sn=ca_sn, device_sn=name) for name in names} if ca_sn else {}
    if ca_sn and len(wanted) > _FEW:
        total = (await _device_page(fleet, 1)).total
        # Twice, because what a list may have lost is seen in the second pass only.
        is_listed = 2 * -(-total // PAGE_SIZE) < len(wanted)
    else:
        is_listed = not ca_sn
    if not is_listed:
        await fleet.read_each(wanted.values(), read_mqtt_device)
        return
    found = await _listed_devices(fleet, {_same(name) for name in names})
    lost = [name for name in names if _same(name) not in found]
    if ca_sn:
        # The service says itself what is wrong with them.
        await fleet.read_each([wanted[_same(name)] for name in lost], read_mqtt_device)
    for name in () if ca_sn else lost:
        fleet.members.fail(fleet.member(ca_sn=None, device_sn=name), _not_listed(fleet, name))


async def read_cas(fleet: FleetRead) -> None:
    """Read all CAs of an instance."""

    async def fetch(number: int) -> Page[Fields]:
        page = await list_ca_certificates(
            fleet.context.client,
            region=fleet.identity["region"],
            mqtt_instance_id=fleet.identity["mqtt_instance_id"],
            number=number,
        )
        fleet.progress.total = page.total
        return page

    async def take(ca_sn: str, item: Fields) -> None:
        identity = fleet.member(ca_sn=ca_sn)
        if fleet.is_known(identity, item.values):
            return

        async def read() -> dict[str, object]:
            response = ca_response(fleet.item(identity, item))
            certificate = read_content(response.context, response.content)
            return ca_outputs(identity, CaCertificate(response=response, certificate=certificate), fleet.options.member)

        await fleet.take(identity, read)

    unseen = await list_all(fetch, size=PAGE_SIZE, key_of=lambda item: item.text("Sn"), take=take)
    await fleet.read_again([fleet.member(ca_sn=ca_sn) for ca_sn in unseen], read_mqtt_ca)


async def _device_page(fleet: FleetRead, number: int) -> Page[Fields]:
    identity = fleet.identity
    page = await list_device_certificates(
        fleet.context.client,
        region=identity["region"],
        mqtt_instance_id=identity["mqtt_instance_id"],
        ca_sn=identity.arguments()["ca_sn"],
        number=number,
    )
    fleet.progress.total = page.total
    return page


async def _listed_devices(fleet: FleetRead, wanted: set[str] | None) -> set[str]:
    """Read the devices that a list has, all or those whose SNs are ``wanted``, and return their SNs."""
    found: set[str] = set()

    async def take(_: str, item: Fields) -> None:
        device_sn = item.text("DeviceSn")
        if wanted is not None and _same(device_sn) not in wanted:
            return
        found.add(_same(device_sn))
        identity = fleet.member(ca_sn=item.text("CaSn"), device_sn=device_sn)
        if not fleet.is_known(identity, item.values):
            response = fleet.item(identity, item)
            await fleet.take(
                identity,
                lambda: device_outputs(fleet.context, identity, device_response(response), fleet.options.member),
            )

    def key_of(item: Fields) -> str:
        return str(fleet.member(ca_sn=item.text("CaSn"), device_sn=item.text("DeviceSn")))

    unseen = await list_all(lambda number: _device_page(fleet, number), size=PAGE_SIZE, key_of=key_of, take=take)
    again = [identity for identity in fleet.members.identities() if str(identity) in unseen]
    await fleet.read_again(again, read_mqtt_device)
    return found


def _not_listed(fleet: FleetRead, name: str) -> CloudError:
    return NotFoundError(
        "no CA of the instance has a device certificate of this SN",
        operation=LIST_DEVICE_CERTIFICATE.name,
        region=fleet.identity["region"],
        target=f"instance {fleet.identity['mqtt_instance_id']}, device {name}",
        advice="Check device_sns: the device certificate must be registered in this instance.",
    )


def _same(sn: str) -> str:
    """Return what is the same for all spellings of an SN: the services ignore case and leading zeros."""
    return sn.lstrip("0").casefold()


READS = {"mqtt-fleet": read_devices, "mqtt-ca-fleet": read_cas}
