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

const read = readCertificates();
const certificates = pulumi.output(read);

/** By name, a secret: only those that the other stack requested. */
const privateKeys: pulumi.Output<Record<string, string> | undefined> = producer.getOutput("private_keys");

/** The rule of `fingerprint_allow_list` in Python: active or generated, and within the validity. */
function inService({ status, not_before, not_after }: Certificate): boolean {
    const now = Date.now();
    const accepted = status === "active" || status === "generated";
    return accepted && Date.parse(not_before ?? "") <= now && now <= Date.parse(not_after ?? "");
}

export const expiry = certificates.apply((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([name, { not_after }]) => (not_after ? [[name, not_after]] : []))),
);

/** SHA-256 fingerprints, one a line, sorted: the order of the certificates does not change it. */
export const allowList = pulumi.output(readAllowList());

async function readAllowList(): Promise<string> {
    const lines = Object.values(await read)
        .filter(inService)
        .flatMap(({ sha256_fingerprint }) => (sha256_fingerprint ? [`${sha256_fingerprint}\n`] : []));
    if (lines.length === 0) {
        throw new pulumi.RunError(`no certificate of stack ${stack} is in service: an empty list locks out every device`);
    }
    return lines.sort().join("");
}

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
