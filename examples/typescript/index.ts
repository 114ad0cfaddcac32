/** Uses the certificates of another stack: their expiry, allow lists, a trust bundle, and key pairs for an import. */
import * as pulumi from "@pulumi/pulumi";
import { fingerprintAllowList, trustBundle } from "./bundles";
import { Producer } from "./producer";

const config = new pulumi.Config();
const producer = new Producer(config.require("certificatesStack"));
const fleet = config.get("fleet");

export const expiry = readExpiry();

/** SHA-256 fingerprints of everything, fleets included. */
export const allowList = readAllowList();

/** One fleet, if the config names one. */
export const ofFleet = fleet ? readFleet(fleet) : undefined;

/** Made from secrets, so a secret too: encrypted in this stack's state, and masked when shown. */
export const keyPairs = pulumi
    .all([pulumi.output(producer.certificates), producer.privateKeys])
    .apply(([all, keys]) =>
        Object.fromEntries(
            Object.entries(keys ?? {}).map(([name, privateKey]) => [
                name,
                { certificate: all[name]?.certificate_pem, privateKey },
            ]),
        ),
    );

async function readExpiry(): Promise<Record<string, string>> {
    const all = Object.entries(await producer.certificates);
    return Object.fromEntries(all.flatMap(([name, { not_after }]) => (not_after ? [[name, not_after]] : [])));
}

async function readAllowList(): Promise<string> {
    // A fleet that keeps its summary alone is an error: its devices would be missing from the list.
    await Promise.all(Object.keys(await producer.summaries()).map((name) => producer.fleet(name)));
    return fingerprintAllowList(Object.values(await producer.certificates));
}

async function readFleet(name: string) {
    const { certificates, summary } = await producer.fleet(name);
    const all = Object.values(certificates);
    return {
        count: summary.count,
        nextExpiry: summary.earliest_expiry,
        allowList: fingerprintAllowList(all),
        trustBundle: trustBundle(all),
    };
}
