"""The fleets of ApsaraMQ for MQTT: the devices of an instance or a CA, and the CAs of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from alicloud_device_certificates.certificate import Certificate
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
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.reading.fleet.brief import brief_certificate
from alicloud_device_certificates.reading.fleet.pages import Listing
from alicloud_device_certificates.reading.fleet.parser_process import WORTH, ParserProcess
from alicloud_device_certificates.reading.fleet.read import FleetRead
from alicloud_device_certificates.reading.fleet.windows import calls_for
from alicloud_device_certificates.reading.mqtt import (
    CaCertificate,
    ca_outputs,
    device_outputs,
    read_mqtt_device,
)
from alicloud_device_certificates.reading.outcome import read_content

_FEW: Final = 2
"""The number of named devices up to which each is read by itself: a list costs at least as much."""


async def read_devices(fleet: FleetRead) -> None:
    """Read the named devices, or all. Those of a CA are listed if that takes fewer calls than to read each."""
    names, ca_sn = fleet.options.names, fleet.identity.arguments()["ca_sn"]
    if names is None:
        await _list_devices(fleet, None)
        return
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(_same(name), name)
    identities = {sn: fleet.member(ca_sn=ca_sn, device_sn=name) for sn, name in wanted.items()}
    fleet.progress.total = len(wanted)
    if ca_sn and (len(wanted) <= _FEW or await _calls_of_list(fleet) >= len(wanted)):
        await fleet.read_each(identities.values(), read_mqtt_device)
        return
    found = await _list_devices(fleet, wanted)
    lost = [identities[sn] for sn in wanted if sn not in found]
    if ca_sn:
        # The service says itself what is wrong with them.
        await fleet.read_each(lost, read_mqtt_device)
    for identity in () if ca_sn else lost:
        fleet.members.fail(identity, _not_listed(fleet, identity))


async def read_cas(fleet: FleetRead) -> None:
    """Read all CAs of an instance."""

    async def fetch(number: int, size: int) -> Page[Fields]:
        page = await list_ca_certificates(
            fleet.context.client,
            region=fleet.identity["region"],
            mqtt_instance_id=fleet.identity["mqtt_instance_id"],
            number=number,
            size=size,
        )
        fleet.progress.total = page.total
        return page

    async def take(item: Fields) -> None:
        identity = fleet.member(ca_sn=item.text("Sn"))

        async def read() -> dict[str, object]:
            response = ca_response(fleet.item(identity, item))
            certificate = read_content(response.context, response.content)
            return ca_outputs(identity, CaCertificate(response=response, certificate=certificate), fleet.options.member)

        await fleet.take(identity, read)

    await Listing(
        fetch=fetch,
        size=PAGE_SIZE,
        key_of=lambda item: hash(item.text("Sn")),
        content_of=_content,
        take=take,
        count=lambda: len(fleet.members),
    ).read()


async def _calls_of_list(fleet: FleetRead) -> int:
    """Return about how many calls a list of the CA's devices takes, with the one that finds this out."""
    return 1 + calls_for((await _device_page(fleet, 1, PAGE_SIZE)).total, size=PAGE_SIZE)


async def _device_page(fleet: FleetRead, number: int, size: int) -> Page[Fields]:
    identity = fleet.identity
    page = await list_device_certificates(
        fleet.context.client,
        region=identity["region"],
        mqtt_instance_id=identity["mqtt_instance_id"],
        ca_sn=identity.arguments()["ca_sn"],
        number=number,
        size=size,
    )
    if fleet.options.names is None:
        fleet.progress.total = page.total
    return page


@dataclass(frozen=True, slots=True)
class _Device:
    fields: Fields
    certificate: Certificate | None
    """What its content was parsed to, if it was."""


async def _list_devices(fleet: FleetRead, wanted: Mapping[str, str] | None) -> set[str]:
    """Read the devices that a list has: all, or those of ``wanted``, SNs by what all their spellings have in common.

    Return what the spellings of those that are wanted and were found have in common.
    """
    found: set[str] = set()
    seen: set[int] = set()
    _, _, of_fleet = fleet.identity.values
    can_parse_ahead = wanted is None and not fleet.options.is_brief and not fleet.options.member.include_chain
    parser = ParserProcess()

    async def fetch(number: int, size: int) -> Page[_Device]:
        page = await _device_page(fleet, number, size)
        parsed: list[Certificate | None] = [None] * len(page.items)
        if can_parse_ahead and page.total >= WORTH:
            parsed = await parser.parse([str(item.values.get("DeviceContent")) for item in page.items])
        return Page(tuple(map(_Device, page.items, parsed)), page.total)

    async def take(item: _Device) -> None:
        sn = item.fields.text("DeviceSn")
        if wanted is not None:
            seen.add(key_of(item))
            same = _same(sn)
            if same not in wanted:
                return
            found.add(same)
            sn = wanted[same]
        identity = fleet.device(of_fleet or item.fields.text("CaSn"), sn)
        await fleet.take(identity, lambda: _outputs(fleet, identity, item))

    def key_of(item: _Device) -> int:
        values = item.fields.values
        return hash((str(values["CaSn"]), str(values["DeviceSn"])))

    try:
        await Listing(
            fetch=fetch,
            size=PAGE_SIZE,
            key_of=key_of,
            content_of=lambda item: item.fields.values,
            take=take,
            count=lambda: len(fleet.members) if wanted is None else len(seen),
        ).read()
    finally:
        await parser.aclose()
    return found


async def _outputs(fleet: FleetRead, identity: CertificateId, item: _Device) -> dict[str, Any]:
    response, options = device_response(fleet.item(identity, item.fields)), fleet.options
    if options.is_brief:
        brief = brief_certificate(response)
        if brief is not None and not fleet.members.keeps(identity, brief):
            return {"certificate": brief, "warnings": []}
    return await device_outputs(fleet.context, identity, response, options.member, item.certificate)


def _content(item: Fields) -> Mapping[str, Any]:
    return item.values


def _not_listed(fleet: FleetRead, identity: CertificateId) -> CloudError:
    return NotFoundError(
        "no CA of the instance has a device certificate of this SN",
        operation=LIST_DEVICE_CERTIFICATE.name,
        region=fleet.identity["region"],
        target=f"instance {fleet.identity['mqtt_instance_id']}, device {identity['device_sn']}",
        advice="Check device_sns: the device certificate must be registered in this instance.",
    )


def _same(sn: str) -> str:
    """Return what all spellings of an SN have in common: the services ignore case and leading zeros."""
    return sn.lstrip("0").casefold()


READS = {"mqtt-fleet": read_devices, "mqtt-ca-fleet": read_cas}
