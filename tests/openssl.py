"""OpenSSL 3, which some tests compare with; without it they are skipped."""

from __future__ import annotations

import pytest
from tools.corpus.openssl import NoOpensslError, find_openssl

try:
    find_openssl()
    REASON = ""
except NoOpensslError as error:
    REASON = str(error)

needs_openssl = pytest.mark.skipif(bool(REASON), reason=REASON)
