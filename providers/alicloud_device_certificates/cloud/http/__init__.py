"""One signed attempt over HTTP, and the response."""

from alicloud_device_certificates.cloud.http.lean_httpx import import_httpx

import_httpx()
