"""What a call costs, beside the vendor's SDK in the same process: a part of ``make bench``.

Ours and the SDK take turns. The service is ``bench/server``, in Go, and its own limit is shown too.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import shutil
import ssl
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from alibabacloud_onsmqtt20200420.client import Client as VendorClient
from alibabacloud_onsmqtt20200420.models import GetDeviceCertificateRequest
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.mqtt import get_device_certificate
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.settings.settings import Settings

SERVER = Path(__file__).parent / "server"
CONTENT = Path(__file__).resolve().parents[1] / "tests" / "unit" / "vectors" / "certificate" / "ec-p256.pem"
PAIRS = 7
INSTANCE, CA = "post-cn-1", "00f2"
# As long as real ones: what a response takes depends on it.
KEY, SECRET = (hashlib.sha256(name).hexdigest()[:length] for name, length in ((b"key", 24), (b"secret", 30)))
# The limiter is part of each call, and its store too.
UNLIMITED = QuotaConfig(mqtt=1_000_000)

Call = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs."""

    seconds: float
    cpu: float
    """Seconds of CPU of this process."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is running."""

    url: str
    authority: Path | None = None

    @property
    def host(self) -> str:
        """Its host and port."""
        return self.url.partition("://")[2]


def measure() -> None:
    """Print one line for each figure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        program = built(folder)
        if program is None:
            print("calls: not measured, because the service is written in Go and there is no go on PATH", flush=True)
            return
        with serving(program) as service:
            limit = subprocess.run([program, "-load", service.url], check=True, capture_output=True, text=True)
            print(f"{'calls/s that the service takes from a client in Go':<62} {limit.stdout.strip():>6}", flush=True)
            serial = _compare("calls one after another", service, 1500, 1500, at_once=1, goal=1.2, is_sync=True)
            wide = _compare("calls, 32 at once", service, 3000, 2000, at_once=32, goal=1.15)
        with serving(program, "-delay", "20ms") as service:
            _compare("calls, 32 at once, 20 ms each", service, 2500, 1500, at_once=32, goal=1.3)
        with (
            _authority(folder) as (certificate, key),
            serving(
                program, "-delay", "20ms", "-certificate", str(certificate), "-key", str(key), authority=certificate
            ) as service,
        ):
            _compare("calls over HTTPS, 32 at once, 20 ms each", service, 2500, 64, at_once=32, goal=10)
        least = min(theirs.cpu for _, theirs in (*serial, *wide))
        ratio = statistics.median(ours.cpu for ours, _ in wide) / least
        print(f"{'CPU of a call, 32 at once / the least of the SDK':<62} {ratio:>6.2f}  (goal 0.90)", flush=True)


def _compare(
    what: str, service: Service, ours: int, theirs: int, *, at_once: int, goal: float, is_sync: bool = False
) -> list[tuple[Cost, Cost]]:
    """Print how many times as fast ours are; ``ours`` and ``theirs`` are the numbers of calls."""
    peer = _vendor_sync if is_sync else _vendor
    pairs = [(_ours(service, ours, at_once), peer(service, theirs, at_once)) for _ in range(PAIRS)]
    ratios = sorted(other.seconds / mine.seconds for mine, other in pairs)
    rates = [1 / statistics.median(each.seconds for each in costs) for costs in zip(*pairs, strict=True)]
    cpu = [1000 * statistics.median(each.cpu for each in costs) for costs in zip(*pairs, strict=True)]
    print(
        f"{f'{what}: times as fast as the SDK':<62} {statistics.median(ratios):>6.2f}  "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f}; goal {goal:.2f}; {rates[0]:,.0f}/s to {rates[1]:,.0f}/s; "
        f"CPU {cpu[0]:.2f} ms to {cpu[1]:.2f} ms)",
        flush=True,
    )
    return pairs


def _ours(service: Service, count: int, at_once: int) -> Cost:
    tls = ssl.create_default_context(cafile=service.authority) if service.authority else None
    settings = Settings(access_key_id=KEY, access_key_secret=SECRET, endpoints={"onsmqtt": service.url})

    async def run() -> Cost:
        client = Client(settings, tls=tls, quota=UNLIMITED)

        async def call(number: int) -> object:
            return await get_device_certificate(
                client, region="cn-hangzhou", mqtt_instance_id=INSTANCE, ca_sn=CA, device_sn=str(number)
            )

        try:
            return await _cost(call, count, at_once)
        finally:
            await client.aclose()

    return asyncio.run(run())


def _vendor(service: Service, count: int, at_once: int) -> Cost:
    client, options = _vendor_client(service)

    async def call(number: int) -> object:
        return await client.get_device_certificate_with_options_async(_request(number), options)

    return asyncio.run(_cost(call, count, at_once))


def _vendor_sync(service: Service, count: int, _at_once: int) -> Cost:
    client, options = _vendor_client(service)
    began, cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        client.get_device_certificate_with_options(_request(number), options)
    return Cost((time.perf_counter() - began) / count, (time.process_time() - cpu) / count)


def _vendor_client(service: Service) -> tuple[VendorClient, RuntimeOptions]:
    protocol = service.url.partition(":")[0]
    config = Config(access_key_id=KEY, access_key_secret=SECRET, endpoint=service.host, protocol=protocol)
    return VendorClient(config), RuntimeOptions(ca=str(service.authority) if service.authority else None)


def _request(number: int) -> GetDeviceCertificateRequest:
    return GetDeviceCertificateRequest(mqtt_instance_id=INSTANCE, ca_sn=CA, device_sn=str(number))


async def _cost(call: Call, count: int, at_once: int) -> Cost:
    await call(0)
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await call(number)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return Cost((time.perf_counter() - began) / count, (time.process_time() - cpu) / count)


def built(folder: Path) -> str | None:
    """Build the service. Return its program, or None if there is no Go."""
    go = shutil.which("go")
    if go is None:
        return None
    program = str(folder / "server")
    subprocess.run([go, "build", "-o", program, "."], check=True, cwd=SERVER)
    return program


@contextlib.contextmanager
def serving(program: str, *arguments: str, authority: Path | None = None) -> Iterator[Service]:
    """Run the service."""
    process = subprocess.Popen([program, "-content", CONTENT, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        yield Service(f"{'https' if authority else 'http'}://127.0.0.1:{port}", authority)
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _authority(folder: Path) -> Iterator[tuple[Path, Path]]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench"]
    files = ["-keyout", str(key), "-out", str(certificate), "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", *options, *files], check=True, capture_output=True)
    yield certificate, key
