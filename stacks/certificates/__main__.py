"""Read the certificates that the stack's config lists, and export them as stack outputs."""

from alicloud_device_certificates import configured_certificates, export_certificates

export_certificates(configured_certificates())
