/** Uses the certificates of another stack: their expiry, an allow list, and key pairs for an import. */
import * as pulumi from "@pulumi/pulumi";
import { Certificate, SCHEMA_VERSION } from "./outputs";

const stack = new pulumi.Config().require("certificatesStack");
const producer = new pulumi.StackReference(stack);

/**
 * Returns the certificates by name; a preview sees the outputs of the other stack's last update.
 *
 * The check is not in an `apply`: Node.js 20 takes half a minute to show an error from there.
 */
async function readCertificates(): Promise<Record<string, Certificate>> {
    const { value: version } = await producer.getOutputDetails("schema_version");
    if (version !== SCHEMA_VERSION) {
        throw new pulumi.RunError(
            `stack ${stack} exports schema_version ${version ?? "none"}, but this program supports ${SCHEMA_VERSION}`,
        );
    }
    return (await producer.getOutputDetails("certificates")).value;
}

const certificates = pulumi.output(readCertificates());

/** By name, a secret: only those that the other stack requested. */
const privateKeys: pulumi.Output<Record<string, string> | undefined> = producer.getOutput("private_keys");

function inService(certificate: Certificate): boolean {
    return certificate.status === "active" || certificate.status === "generated";
}

export const expiry = certificates.apply((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([name, { not_after }]) => (not_after ? [[name, not_after]] : []))),
);

/** SHA-256 fingerprints, one a line, sorted: the order of the certificates does not change it. */
export const allowList = certificates.apply((all) =>
    Object.values(all)
        .filter(inService)
        .flatMap(({ sha256_fingerprint }) => (sha256_fingerprint ? [`${sha256_fingerprint}\n`] : []))
        .sort()
        .join(""),
);

/** Made from secrets, so a secret too: encrypted in this stack's state, and masked when shown. */
export const keyPairs = pulumi
    .all([certificates, privateKeys])
    .apply(([all, keys]) =>
        Object.fromEntries(
            Object.entries(keys ?? {}).map(([name, privateKey]) => [
                name,
                { certificate: all[name]?.certificate_pem, privateKey },
            ]),
        ),
    );
