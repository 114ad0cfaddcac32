// Written by `make docs`: a change by hand is lost.

/** The shape of the outputs that these types are about. */
export const SCHEMA_VERSION = 1;

/** A certificate of a certificates stack (docs/outputs.md); a field that it does not have is left out. */
export interface Certificate {
    /** the certificate as PEM: label CERTIFICATE, LF line ends, 64 columns, one final newline */
    certificate_pem?: string;
    /** the X.509 serial number, decimal */
    serial_number?: string;
    /** the X.509 serial number, lower-case hex in whole bytes */
    serial_number_hex?: string;
    /** valid from, RFC 3339 in UTC */
    not_before?: string;
    /** valid until, RFC 3339 in UTC */
    not_after?: string;
    /** the subject's distinguished name, RFC 4514 */
    subject?: string;
    /** the issuer's distinguished name, RFC 4514 */
    issuer?: string;
    /** the subject's common name */
    subject_common_name?: string;
    /** DNS:, IP:, URI: and email: names, in the certificate's order */
    subject_alternative_names?: string[];
    /** SHA-1 of the DER, lower-case hex */
    sha1_fingerprint?: string;
    /** SHA-256 of the DER, lower-case hex */
    sha256_fingerprint?: string;
    /** RSA, EC, Ed25519 or Ed448 */
    public_key_algorithm?: string;
    /** the public key's size in bits */
    public_key_bits?: number;
    /** for example sha256WithRSAEncryption */
    signature_algorithm?: string;
    /** whether its basic constraints make it a certificate authority */
    is_ca?: boolean;
    /** MQTT: active or inactive; IoT: generating, failed or generated */
    status?: string;
    /** MQTT: the SN by which the service knows the device certificate */
    device_sn?: string;
    /** MQTT: the name of the device certificate */
    device_name?: string;
    /** MQTT, MQTT CA: the SN by which the service knows its CA */
    ca_sn?: string;
    /** MQTT CA: the name of the CA certificate */
    ca_name?: string;
    /** MQTT: with include_chain: the certificate of its CA, PEM */
    ca_certificate_pem?: string;
    /** MQTT: with include_chain: the certificate and those above it, PEM, leaf first */
    certificate_chain_pem?: string;
    /** IoT: the service's identifier of the certificate, which is not the X.509 serial number */
    certificate_sn?: string;
}
