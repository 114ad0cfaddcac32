"""The codes of the warnings that a read can return, in the output ``warnings`` of a data source.

Codes are a contract: programs compare them, and state keeps them. The text of a message may change.
"""

from __future__ import annotations

from enum import StrEnum


class WarningCode(StrEnum):
    """The code of a warning, with what it means and what to do."""

    meaning: str
    """What the code means, as a clause that ends a sentence."""
    remedy: str
    """What to do, in one or two sentences."""

    def __new__(cls, code: str, meaning: str = "", remedy: str = "") -> WarningCode:
        """Make a member that equals its code and carries its meaning and remedy."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        member.remedy = remedy
        return member

    UNREADABLE = (
        "unreadable",
        "nothing can read the certificate, one above it in the chain, or one of their fields; such fields are None",
        "Check the certificate with `openssl x509 -text`, and issue it again if clients reject it.",
    )
    NONCONFORMING = (
        "nonconforming",
        "OpenSSL reads all of the certificate, but it deviates from RFC 5280 or DER, or it holds what Pulumi cannot "
        "carry; the message says how",
        "Nothing, if all clients accept the certificate. Otherwise have its issuer correct the next one.",
    )
    VERSION_1_CA = (
        "version_1_ca",
        "the CA's certificate is X.509 version 1 or 2, which cannot say that it is a CA",
        "Check that clients trust this CA directly. Those that follow RFC 5280 reject it between a root and a leaf.",
    )
    SERIAL_MISMATCH = (
        "serial_mismatch",
        "the serial number that the service reports is not that of the certificate",
        "Trust the certificate's own serial number. Report the difference to the service's support.",
    )
    VALIDITY_MISMATCH = (
        "validity_mismatch",
        "the validity period that the service reports is not that of the certificate",
        "Trust `not_before` and `not_after`: they come from the certificate.",
    )
    ISSUER_MISMATCH = (
        "issuer_mismatch",
        "the CA's certificate did not sign the device certificate, or its signature cannot be checked",
        "Check that `ca_sn` names the right CA. Register the CA again, or issue the device certificate again.",
    )
    IDENTITY_MISMATCH = (
        "identity_mismatch",
        "the service returned a certificate with another SN than the one that was requested, or another certificate "
        "than before under the same SN",
        "Check the arguments, and the certificate in the service's console. Report the difference to its support.",
    )
    NOT_A_CA = (
        "not_a_ca",
        "the CA certificate's basic constraints do not allow it to sign other certificates",
        "Register a certificate that is a CA. Clients that check the chain reject this one.",
    )
    INACTIVE = (
        "inactive",
        "the certificate is deactivated in the service, and brokers reject it",
        "Activate it in the console, or remove it from the stack.",
    )
    PENDING = (
        "pending",
        "there is no certificate yet, and `allow_pending` accepts that",
        "Run the preview again later. If the status is `failed`, generate the certificate again in IoT Platform.",
    )
    EMULATOR = (
        "emulator",
        "an endpoint in `alicloud:endpoints` is an emulator, so nothing that is read there comes from Alibaba Cloud",
        "Remove the endpoint from the stack's config to read from the cloud.",
    )
