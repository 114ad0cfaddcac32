"""A report for tests and pictures: a certificate for each kind of finding, all made up, at one fixed time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.gate.issued import CA_NAME, CA_SN, WEAK, fields, issue

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.timestamps import NO_EXPIRY, has_no_expiry
from alicloud_device_certificates.gate.collect.observed import TYPES, Observed, ReadFailure, ReadWarning, State
from alicloud_device_certificates.gate.report import Change, Evaluation, Finding, Report, worst_first
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, FindingKind, Severity

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
WARN_WITHIN = timedelta(days=30)
FAIL_WITHIN = timedelta(days=7)
INSTANCE = "post-cn-x0r3aksb10z"
PRODUCT_KEY = "a1qB8vTgZcM"
_YEAR = timedelta(days=365)
_SERIALS = 0x5F3A_91C2_7D04_0000  # as long as real ones


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a certificate of the sample is made of; ``found``: kinds with messages, and severities other than usual."""

    name: str
    service: KindKey = "mqtt"
    state: State = "read"
    old: dict[str, Any] | None = None
    new: dict[str, Any] | None = None
    found: tuple[tuple[FindingKind, str] | tuple[FindingKind, str, Severity], ...]
    warnings: tuple[ReadWarning, ...] = ()
    failure: ReadFailure | None = None
    thresholds: tuple[timedelta, timedelta] = field(default=(WARN_WITHIN, FAIL_WITHIN))


def evaluated(entry: Entry) -> Evaluation:
    """Return its evaluation."""
    findings = [
        Finding(kind=kind, severity=severity[0] if severity else kind.about.severity, message=message)
        for kind, message, *severity in entry.found
    ]
    findings.sort(key=lambda finding: (SEVERITIES.index(finding.severity), list(FindingKind).index(finding.kind)))
    now_fields = entry.new or entry.old or {}
    not_before, not_after = (_moment(now_fields.get(name)) for name in ("not_before", "not_after"))
    warn_within, fail_within = entry.thresholds
    token = next(token for token, service in TYPES.items() if service == entry.service)
    return Evaluation(
        observed=Observed(
            urn=f"urn:pulumi:prod::device-certificates::{token}::{entry.name}",
            name=entry.name,
            service=entry.service,
            state=entry.state,
            id=None if entry.state == "known_after_update" else _id(entry, now_fields),
            old=entry.old,
            new=entry.new,
            warnings=entry.warnings,
            failure=entry.failure,
        ),
        findings=tuple(findings),
        changes=_changes(entry.old, entry.new),
        not_before=not_before,
        not_after=not_after,
        warn_from=not_after - warn_within if not_after and not has_no_expiry(not_after) else None,
        fail_from=not_after - fail_within if not_after and not has_no_expiry(not_after) else None,
    )


def sample_report() -> Report:
    """Return a preview with each kind of finding once, except ``query_failed``; exit code 3.

    For that kind see `failed_report`: with it, no preview is complete.
    """
    return Report(
        project="device-certificates",
        stack="prod",
        source="preview",
        now=NOW,
        certificates=worst_first(evaluated(entry) for entry in _entries()),
        operations={"read": 22, "same": 1, "discard": 1},
        outputs_change=True,
    )


def failed_report() -> Report:
    """Return a preview that could not be completed: one read was denied; exit code 1."""
    message = (
        "GetDeviceCertificate (region cn-hangzhou): NoPermission: the call is not allowed (HTTP 403). "
        "Grant mq:GetDeviceCertificate to the RAM identity behind the access key."
    )
    denied = Entry(
        name="gateway-31",
        state="failed",
        found=((FindingKind.QUERY_FAILED, message),),
        failure=ReadFailure(category="query_failed", code=None, message=message),
    )
    return Report(
        project="device-certificates",
        stack="prod",
        source="preview",
        now=NOW,
        certificates=worst_first([evaluated(denied), evaluated(_unchanged("gateway-30", 0x30, days=200))]),
        problems=(f"gateway-31: {message}",),
        operations={"read": 1, "same": 1},
    )


def deployed_report() -> Report:
    """Return the same certificates as in a deployed stack: nothing is old, new or changed."""
    kept = [
        Entry(name=f"gateway-{number}", new=_device(f"gateway-{number}", number, days=days), found=((kind, message),))
        for number, days, kind, message in (
            (1, -3, FindingKind.EXPIRED, "it expired 3 days ago"),
            (2, 12, FindingKind.EXPIRES_WITHIN, "it expires in 12 days"),
            (3, 240, FindingKind.UNCHANGED, "nothing to say"),
        )
    ]
    return Report(
        project="device-certificates",
        stack="prod",
        source="deployed",
        now=NOW,
        certificates=worst_first(map(evaluated, kept)),
        notices=("certificates of this stack come from an emulator, not from Alibaba Cloud",),
        operations={},
    )


def _entries() -> list[Entry]:
    ca = fields(
        issue(CA_NAME, NOW - 4 * _YEAR, NOW + timedelta(days=400), serial=_SERIALS + 0x10CA, is_ca=True),
        status="active",
        ca_sn=CA_SN,
        ca_name="example-device-ca",
    )
    partly = fields(
        issue("meter-03", NOW - _YEAR, NOW + _YEAR, serial=_SERIALS + 0x4403), status="active", **_mqtt("meter-03", 3)
    )
    for name in ("serial_number", "serial_number_hex", "not_before", "not_after", "subject", "subject_common_name"):
        del partly[name]
    unreadable = "the certificate cannot be read in full: its times are none"
    another_serial = "the service gives the serial number as 9f01, the certificate as 5f3a91c27d040102"
    no_device = (
        "QueryDeviceCert (region cn-shanghai): iot.device.NotExistedDevice: the specified device does not exist. "
        "Check product_key and device_name."
    )
    sensor = _device("sensor-11", 0x5511, days=300)
    camera = fields(WEAK, status="active", **_mqtt("camera-14", 0x14))
    no_expiry = datetime.fromisoformat(NO_EXPIRY)
    tpm = fields(
        issue("tpm-22", NOW - _YEAR, no_expiry, serial=_SERIALS + 0x0122), status="active", **_mqtt("tpm-22", 0x0122)
    )
    token = fields(
        issue("token-15", NOW - timedelta(hours=2), NOW + timedelta(hours=22), serial=_SERIALS + 0x1515),
        status="generated",
        certificate_sn="9137264418520015",
    )
    return [
        Entry(
            name="gateway-01",
            old=_device("gateway-01", 0x0101, days=-3),
            new=_device("gateway-01", 0x0101, days=-3),
            found=((FindingKind.EXPIRED, "it expired 3 days ago, on 2026-11-20"),),
        ),
        Entry(
            name="gateway-02",
            old=_device("gateway-02", 0x0102, days=143),
            new=_device("gateway-02", 0x0102, days=143),
            found=((FindingKind.MISMATCH, f"serial_mismatch: {another_serial}"),),
            warnings=(ReadWarning("serial_mismatch", another_serial),),
        ),
        Entry(
            name="meter-03",
            old=partly,
            new=partly,
            found=((FindingKind.UNREADABLE, unreadable),),
            warnings=(ReadWarning("unreadable", unreadable),),
        ),
        Entry(
            name="pump-04",
            old=_device("pump-04", 0x0104, days=210, status="inactive"),
            new=_device("pump-04", 0x0104, days=210, status="inactive"),
            found=(
                (FindingKind.INACTIVE, "the service has deactivated it"),
                (FindingKind.SHARED_KEY, "it has the same public key as pump-24, pump-25, pump-26 and 9 more"),
            ),
            warnings=(ReadWarning("inactive", "the service has deactivated it"),),
        ),
        Entry(
            name="light-05",
            service="iot",
            state="failed",
            old=_iot_device("light-05", 0x0105, days=80),
            found=((FindingKind.MISSING, no_device),),
            failure=ReadFailure(category="missing", code="iot.device.NotExistedDevice", message=no_device),
        ),
        Entry(
            name="pump-06",
            old=_device("pump-06", 0x0106, days=700) | {"ca_certificate_pem": ca["certificate_pem"]},
            new=_device("pump-06", 0x0106, days=700) | {"ca_certificate_pem": ca["certificate_pem"]},
            found=(
                (FindingKind.OUTLIVES_CA, "its CA expires on 2027-12-28, 300 days earlier"),
                (FindingKind.CA_INACTIVE, "the service has deactivated its CA, although it is active itself"),
            ),
        ),
        Entry(
            name="gateway-07",
            old=_device("gateway-07", 0x0107, days=5),
            new=_device("gateway-07", 0x0107, days=5),
            found=(
                (FindingKind.EXPIRES_WITHIN, "it expires in 5 days, on 2026-11-28: fail within 7d", "fail"),
                (
                    FindingKind.POSTCONDITION_FAILED,
                    "the certificate expires at 2026-11-28T06:00:00Z, in 5 days (fail_within: 10d)",
                ),
                (
                    FindingKind.COMPROMISED_KEY,
                    "its modulus shares a prime with that of gateway-29, so both private keys can be computed",
                ),
            ),
        ),
        Entry(
            name="gateway-08",
            old=_device("gateway-08", 0x0108, days=21),
            new=_device("gateway-08", 0x0108, days=21),
            found=(
                (FindingKind.EXPIRES_WITHIN, "it expires in 21 days, on 2026-12-14: warn within 30d"),
                (FindingKind.CA_EXPIRES_WITHIN, "its CA expires in 25 days, on 2026-12-18: warn within 30d"),
            ),
        ),
        Entry(
            name="valve-09",
            old=_device("valve-09", 0x0109, days=33),
            new=_device("valve-09", 0x0A09, days=364, lasts=365) | _mqtt("valve-09", 0x0109),
            found=((FindingKind.ROTATED, "another serial number and another key than at the last update"),),
        ),
        Entry(
            name="valve-10",
            old=_device("valve-10", 0x0110, days=254, status="inactive"),
            new=_device("valve-10", 0x0110, days=254),
            found=((FindingKind.STATUS_CHANGED, "the status changed from inactive to active"),),
        ),
        Entry(
            name="sensor-11",
            state="gone",
            old=sensor,
            found=((FindingKind.GONE, "it is in the stack, but no longer in the program"),),
        ),
        Entry(
            name="sensor-12",
            new=_device("sensor-12", 0x0112, days=373, lasts=365),
            found=(
                (FindingKind.NOT_YET_VALID, "it is not valid until 2026-12-01, in 8 days"),
                (FindingKind.NEW, "not in the stack yet"),
            ),
        ),
        Entry(
            name="light-13",
            service="iot",
            old={"status": "generating"},
            new={"status": "generating"},
            found=((FindingKind.PENDING, "it is still being generated"),),
            warnings=(ReadWarning("pending", "IoT Platform is still generating it"),),
        ),
        Entry(
            name="camera-14",
            old=camera,
            new=camera,
            found=(
                (FindingKind.WEAK, "RSA with 1024 bits"),
                (FindingKind.DUPLICATE_SERIAL, "its issuer assigned the serial number 063a7700c41e to camera-15 too"),
                (FindingKind.TOO_OLD, "it began on 2022-03-14, 1,715 days ago (maximum age: 800d)"),
            ),
        ),
        Entry(
            name="token-15",
            service="iot",
            old=token,
            new=token,
            found=(
                (FindingKind.THRESHOLD_EXCEEDS_LIFETIME, "a threshold of 30d is longer than its lifetime of 24 hours"),
            ),
        ),
        Entry(
            name="sensor-16",
            new=_device("sensor-16", 0x0116, days=364, lasts=365),
            found=((FindingKind.NEW, "not in the stack yet"),),
        ),
        Entry(
            name="light-17",
            service="iot",
            old=_iot_device("light-17", 0x0117, days=20),
            new=_iot_device("light-17", 0x0117, days=729, lasts=730),
            found=((FindingKind.RENEWED, "another certificate for the same key and serial number, until 2028-11-21"),),
        ),
        Entry(
            name="gateway-18",
            old=_device("gateway-18", 0x0118, days=455) | {"device_name": "gateway 18"},
            new=_device("gateway-18", 0x0118, days=455) | {"device_name": "gateway 18, hall B"},
            found=((FindingKind.CHANGED, "another device_name"),),
        ),
        Entry(
            name="gateway-19",
            state="known_after_update",
            found=((FindingKind.KNOWN_AFTER_UPDATE, "an argument is known only in the update"),),
        ),
        Entry(
            name="device-ca",
            service="mqtt-ca",
            old=ca,
            new=ca,
            found=((FindingKind.UNCHANGED, "nothing has changed since the last update"),),
        ),
        Entry(
            name="tpm-22",
            old=tpm,
            new=tpm,
            found=((FindingKind.NONCONFORMING, "its start of validity has no seconds"),),
            warnings=(ReadWarning("nonconforming", "its start of validity has no seconds"),),
        ),
        _unchanged("gateway-20", 0x0120, days=121),
        _unchanged("gateway-21", 0x0121, days=318),
    ]


def _unchanged(name: str, serial: int, *, days: int) -> Entry:
    certificate = _device(name, serial, days=days)
    return Entry(
        name=name,
        old=certificate,
        new=certificate,
        found=((FindingKind.UNCHANGED, "nothing has changed since the last update"),),
    )


def _device(name: str, serial: int, *, days: int, lasts: int = 730, status: str = "active") -> dict[str, Any]:
    """A device certificate of ApsaraMQ for MQTT that ends so many days from now, after so many days of life."""
    return fields(_pem(name, serial, days, lasts), status=status, **_mqtt(name, serial))


def _iot_device(name: str, serial: int, *, days: int, lasts: int = 730) -> dict[str, Any]:
    return fields(_pem(name, serial, days, lasts), status="generated", certificate_sn=f"63625211742{serial:05d}")


def _pem(name: str, serial: int, days: int, lasts: int) -> str:
    until = NOW + timedelta(days=days)
    names = (f"{name}.devices.example.com",)
    return issue(name, until - timedelta(days=lasts), until, serial=_SERIALS + serial, names=names)


def _mqtt(name: str, serial: int) -> dict[str, Any]:
    return {"device_sn": f"356217374433{serial:04x}", "device_name": name, "ca_sn": CA_SN}


def _id(entry: Entry, now_fields: dict[str, Any]) -> str:
    if entry.service == "iot":
        return str(
            CertificateId.of(
                "iot", region="cn-shanghai", iot_instance_id=None, product_key=PRODUCT_KEY, device_name=entry.name
            )
        )
    if entry.service == "mqtt-ca":
        return str(CertificateId.of("mqtt-ca", region="cn-hangzhou", mqtt_instance_id=INSTANCE, ca_sn=CA_SN))
    device_sn = now_fields.get("device_sn", "3562173744330031")
    return str(
        CertificateId.of("mqtt", region="cn-hangzhou", mqtt_instance_id=INSTANCE, ca_sn=CA_SN, device_sn=device_sn)
    )


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _changes(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[Change, ...]:
    if old is None or new is None:
        return ()
    return tuple(
        Change(field=each.name, old=old.get(each.name), new=new.get(each.name))
        for each in FIELDS
        if old.get(each.name) != new.get(each.name)
    )
