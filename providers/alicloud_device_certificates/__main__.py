"""The command line, as ``python -m alicloud_device_certificates``."""

from __future__ import annotations

import sys

from alicloud_device_certificates.cli import main

if __name__ == "__main__":
    sys.exit(main())
