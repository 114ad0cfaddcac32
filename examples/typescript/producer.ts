/** The certificates, fleets and private keys of another stack; a preview sees the outputs of its last update. */
import * as pulumi from "@pulumi/pulumi";
import { Certificate, FleetSummary, Outputs, SCHEMA_VERSION } from "./outputs";

/** A fleet of the other stack. */
export interface Fleet {
    /** By key: the SN or the name of the device, or the SN of the CA. */
    certificates: Record<string, Certificate>;
    summary: FleetSummary;
}

/**
 * Each error is one line. It comes from a promise and not from an `apply`, from where Node.js 20 takes half a minute to
 * show it.
 */
export class Producer {
    /** All certificates by name, those of fleets as `<fleet>/<key>`. */
    readonly certificates: Promise<Outputs["certificates"]>;
    /** By the same names, a secret: only those that the other stack requested. */
    readonly privateKeys: pulumi.Output<Outputs["private_keys"]>;
    private readonly reference: pulumi.StackReference;

    constructor(readonly stack: string) {
        this.reference = new pulumi.StackReference(stack);
        this.certificates = this.readCertificates();
        this.privateKeys = this.reference.getOutput("private_keys");
    }

    /** Returns the certificate of this name. */
    async certificate(name: string): Promise<Certificate> {
        const certificate = (await this.certificates)[name];
        if (certificate === undefined) {
            throw this.error(`has no certificate ${name}`);
        }
        return certificate;
    }

    /** Returns the fleet of this name, unless the other stack keeps its summary alone. */
    async fleet(name: string): Promise<Fleet> {
        const prefix = `${name}/`;
        const [all, summaries] = [await this.certificates, await this.summaries()];
        const summary = summaries[name];
        if (summary === undefined) {
            throw this.error(`has no fleet ${name}; it has ${Object.keys(summaries).sort().join(", ") || "none"}`);
        }
        const members = Object.entries(all).filter(([full]) => full.startsWith(prefix));
        if (members.length === 0 && summary.selected > 0) {
            throw this.error(`keeps only the summary of fleet ${name}: set other fields than "summary" on it there`);
        }
        const certificates = members.map(([full, each]) => [full.slice(prefix.length), each] as const);
        return { certificates: Object.fromEntries(certificates), summary };
    }

    /** Returns the summary of each fleet by the fleet's name. */
    async summaries(): Promise<NonNullable<Outputs["summaries"]>> {
        return (await this.reference.getOutputDetails("summaries")).value ?? {};
    }

    private async readCertificates(): Promise<Outputs["certificates"]> {
        const { value: version } = await this.reference.getOutputDetails("schema_version");
        if (version !== SCHEMA_VERSION) {
            throw this.error(`exports schema_version ${version ?? "none"}, but this program supports ${SCHEMA_VERSION}`);
        }
        return (await this.reference.getOutputDetails("certificates")).value;
    }

    private error(what: string): pulumi.RunError {
        return new pulumi.RunError(`stack ${this.stack} ${what}`);
    }
}
