"""The emulator over HTTP, served in this process; tests/contract serves it as users do, in one of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.contract.loopback import is_loopback
from alicloud_device_certificates.emulator.errors import ServerError
from alicloud_device_certificates.emulator.http.server import address_of, listen, serve


def served(app: Any, use: Callable[[str], None], *, stop_by: signal.Signals = signal.SIGTERM) -> None:
    """Serve `app` while another thread uses it, then stop by a signal as a user would."""
    threads: list[threading.Thread] = []
    failures: list[BaseException] = []

    def run(address: str) -> None:
        try:
            use(address)
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            failures.append(error)
        os.kill(os.getpid(), stop_by)

    def ready(address: str) -> None:
        threads.append(threading.Thread(target=run, args=(address,)))
        threads[0].start()

    serve(app, listen("127.0.0.1", 0), ready=ready)
    threads[0].join()
    if failures:
        raise failures[0]


@pytest.mark.parametrize("stop_by", [signal.SIGTERM, signal.SIGINT])
def test_it_responds_until_a_signal_and_exits_with_0(emulated: Any, stop_by: signal.Signals) -> None:
    seen: list[httpx.Response] = []
    served(emulated.app, lambda address: seen.append(httpx.get(address)), stop_by=stop_by)
    (response,) = seen
    assert response.status_code == 400
    assert "MissingAction" in response.text
    assert response.headers.get_list(EMULATOR_HEADER) == [version()]
    assert response.headers.get_list("server") == [f"device-certificates-emulator/{version()}"]
    assert len(response.headers.get_list("date")) == 1


def test_the_response_to_what_is_not_http_names_the_emulator_too(emulated: Any) -> None:
    seen: list[bytes] = []

    def use(address: str) -> None:
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            seen.append(b"".join(iter(lambda: connection.recv(4096), b"")))

    served(emulated.app, use)
    assert seen[0].startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert f"{EMULATOR_HEADER}: {version()}".encode() in seen[0]


def test_a_connection_that_is_to_break_breaks(
    emulate: Callable[[str], Any], one_device: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    emulated = emulate(one_device("fault: {close: true}"))
    # Signed for the tests' own address, then sent to its real address.
    with pytest.raises(ConnectionResetError):
        emulated.mqtt()
    requests: list[httpx.Request] = []
    emulated.send = lambda method, url, **more: requests.append(httpx.Request(method, f"http://e{url}", **more))
    emulated.mqtt()

    def use(address: str) -> None:
        requests[0].url = httpx.URL(address, params=requests[0].url.params)
        with httpx.Client() as client, pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
            client.send(requests[0])

    served(emulated.app, use)
    # In debug mode, asyncio also logs how long a callback took on this machine.
    logged = [record.getMessage() for record in caplog.records]
    assert [line for line in logged if not line.startswith("Executing ")] == []


def test_a_keep_alive_connection_does_not_keep_it_from_ending(emulated: Any) -> None:
    open_ones: list[http.client.HTTPConnection] = []

    def use(address: str) -> None:
        connection = http.client.HTTPConnection(address.removeprefix("http://"))
        connection.request("GET", "/")
        connection.getresponse().read()
        open_ones.append(connection)

    served(emulated.app, use)
    open_ones[0].close()


def test_a_port_that_is_taken_or_is_none_is_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=rf"^127\.0\.0\.1:{port}: Address already in use$"):
            listen("127.0.0.1", port)
    with pytest.raises(ServerError, match=r"99999: invalid port"):
        listen("127.0.0.1", 99999)
    with pytest.raises(ServerError, match=r"^no\.such\.host\.invalid:1: "):
        listen("no.such.host.invalid", 1)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("example.com", False),
    ],
)
def test_an_address_is_this_machines_own_or_not(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_an_address_is_written_as_a_url() -> None:
    class Listening:
        def __init__(self, *name: object) -> None:
            self.getsockname = lambda: name

    assert address_of(Listening("127.0.0.1", 80)) == "http://127.0.0.1:80"  # type: ignore[arg-type]
    assert address_of(Listening("::1", 80, 0, 0)) == "http://[::1]:80"  # type: ignore[arg-type]
