"""The data sources that a program declares, and the attributes of a certificate."""

from alicloud_device_certificates.resources.interrupted import end_without_traceback

# Here, because whatever a program uses of this package imports this one.
end_without_traceback()
