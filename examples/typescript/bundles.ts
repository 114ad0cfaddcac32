/** What deployments make of many certificates, as in Python. Each text changes only if a certificate has changed. */
import * as pulumi from "@pulumi/pulumi";
import { Certificate } from "./outputs";

/** Returns SHA-256 fingerprints, one a line, sorted: of the certificates that are in service. */
export function fingerprintAllowList(certificates: Certificate[]): string {
    const lines = certificates
        .filter(inService)
        .flatMap(({ sha256_fingerprint }) => (sha256_fingerprint ? [`${sha256_fingerprint}\n`] : []));
    if (lines.length === 0) {
        throw new pulumi.RunError("no certificate is in service: an empty allow list locks out every device");
    }
    return [...new Set(lines)].sort().join("");
}

/** Returns the CAs as one PEM text, each once, sorted: of certificates that are CAs, or that have their chain. */
export function trustBundle(certificates: Certificate[]): string {
    const cas = certificates.map(({ is_ca, certificate_pem, ca_certificate_pem }) =>
        is_ca ? certificate_pem : ca_certificate_pem,
    );
    const found = cas.filter((pem) => pem !== undefined);
    if (found.length === 0 || found.length < cas.length) {
        throw new pulumi.RunError("a certificate has no CA certificate: set include_chain on it in the other stack");
    }
    return [...new Set(found)].sort().join("");
}

/** Active or generated, and within the validity. */
function inService({ status, not_before, not_after }: Certificate): boolean {
    const now = Date.now();
    const accepted = status === "active" || status === "generated";
    return accepted && Date.parse(not_before ?? "") <= now && now <= Date.parse(not_after ?? "");
}
