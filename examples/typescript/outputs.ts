// Written by `make docs`: do not edit.

/** The shape of the outputs that these types describe. */
export const SCHEMA_VERSION = 1;

/** A certificate of a certificates stack (docs/outputs.md); fields that it does not have are left out. */
export interface Certificate {
    /** the certificate as PEM: label CERTIFICATE, LF line endings, 64 columns, one final newline */
    certificate_pem?: string;
    /** the X.509 serial number, decimal */
    serial_number?: string;
    /** the X.509 serial number, lower-case hex in whole bytes */
    serial_number_hex?: string;
    /** start of the validity period, RFC 3339 in UTC */
    not_before?: string;
    /** end of the validity period, RFC 3339 in UTC */
    not_after?: string;
    /** the subject's distinguished name, RFC 4514 */
    subject?: string;
    /** the issuer's distinguished name, RFC 4514 */
    issuer?: string;
    /** the subject's common name */
    subject_common_name?: string;
    /** the alternative names, as DNS:..., IP:..., URI:... or email:..., in the certificate's order */
    subject_alternative_names?: string[];
    /** SHA-1 of the DER, lower-case hex */
    sha1_fingerprint?: string;
    /** SHA-256 of the DER, lower-case hex */
    sha256_fingerprint?: string;
    /** the algorithm of the public key: RSA, EC, Ed25519 or Ed448 */
    public_key_algorithm?: string;
    /** the size of the public key in bits */
    public_key_bits?: number;
    /** the algorithm of the signature, such as sha256WithRSAEncryption */
    signature_algorithm?: string;
    /** whether it is a CA certificate, by its basic constraints */
    is_ca?: boolean;
    /** SHA-256 of the public key as DER (SubjectPublicKeyInfo), lower-case hex */
    public_key_sha256?: string;
    /** the status in the service: active or inactive (MQTT); generating, failed or generated (IoT) */
    status?: string;
    /** MQTT device: the service's SN of the device certificate */
    device_sn?: string;
    /** MQTT device: the name of the device certificate */
    device_name?: string;
    /** MQTT device, MQTT CA: the service's SN of the CA certificate */
    ca_sn?: string;
    /** MQTT CA: the name of the CA certificate */
    ca_name?: string;
    /** MQTT device: the CA's certificate, PEM; only with include_chain */
    ca_certificate_pem?: string;
    /** MQTT device: the device certificate, then the CA certificates above it, PEM; only with include_chain */
    certificate_chain_pem?: string;
    /** IoT device: the service's ID of the certificate, which is not the X.509 serial number */
    certificate_sn?: string;
}

/** The summary of a fleet: counts of certificates, and when they expire. */
export interface FleetSummary {
    /** all that were read, also those that `select` leaves out */
    count: number;
    /** those that `select` picks */
    selected: number;
    /** how many there are, by the status in the service */
    by_status: Record<string, number>;
    /** how many there are, by the CA's SN; left out if the service keeps no CAs */
    by_ca?: Record<string, number>;
    /** how many there are, by the month of expiry in UTC, such as `2027-03` */
    by_expiry_month: Record<string, number>;
    /** when the first one expires, in UTC; left out if no certificate has an end of validity */
    earliest_expiry?: string;
    /** when the last one expires, in UTC; left out if no certificate has an end of validity */
    latest_expiry?: string;
}

/** The outputs of a certificates stack. */
export interface Outputs {
    /** the shape of the other outputs; it changes if a field is removed or redefined, not if one is added */
    schema_version: number;
    /** the fields of each certificate by its name, or by <fleet>/<key> in a fleet; never secret */
    certificates: Record<string, Certificate>;
    /** by the same names, for those with include_private_key or in a fleet with include_private_keys; left out if there is none */
    private_keys?: Record<string, string>;
    /** the summary of each fleet, by the fleet's name; left out if there is no fleet */
    summaries?: Record<string, FleetSummary>;
}
