"""A URI that returns temporary credentials, such as that of a sidecar."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.credentials.document import credentials_in
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.readers import is_http

_SHORTEST: Final = 4  # characters of a value that may be a token
_GET: Final = Operation(name="GET", version="", product="", method="GET", permissions=())
_ADVICE: Final = "Check alicloud:credentialsUri, what serves it, and the proxy (HTTP_PROXY, HTTPS_PROXY, NO_PROXY)."


class CredentialsUri:
    """``alicloud:credentialsUri``. It may hold a token, so only its host is ever shown."""

    origin = "alicloud:credentialsUri"

    def __init__(self, uri: str) -> None:
        self._uri = uri

    async def provide(self, network: Network) -> Credentials:
        """Return the credentials that the URI returns."""
        if not is_http(self._uri):
            raise SettingsError(f"{self.origin} is not a URI such as http://127.0.0.1:8080/credentials")
        parts = urlsplit(self._uri)
        values = [value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST]
        secrets = tuple(filter(None, (self._uri, parts.query, parts.username, parts.password, *values)))
        call = ApiCall(operation=_GET, region="", target=self.origin, url=self._uri, secrets=secrets)
        return await network.send(
            call,
            lambda response, now: credentials_in(call, response, now),
            advice=_ADVICE,
        )
