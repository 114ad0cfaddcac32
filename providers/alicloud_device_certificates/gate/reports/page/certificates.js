// The certificates of the report as the other scripts use them, with times in milliseconds.

const DATA = JSON.parse(byId("data").textContent);
const NOW = Date.parse(DATA.report.now);
const NO_END = Date.parse(DATA.no_expiry);
const SEVERITIES = ["fail", "warn", "info"];

/* Null if there is none; a text of the service may not be a timestamp. */
function timestamp(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

/* All searchable text in lower case; made by the first search, because it takes time for thousands. */
function searchText(row) {
  const { name, urn, id, fields, changes } = row;
  if (row.text !== undefined) return row.text;
  const all = [name, urn, id, ...Object.values(fields), ...changes.map(({ old }) => old)].flat();
  // PEMs are not searched: they contain almost any short text by chance.
  row.text = all.filter((value) => value !== null && !isPem(value)).join("\n").toLowerCase();
  return row.text;
}

const isPem = (value) => String(value).startsWith("-----BEGIN ");

/* The old timestamp if the validity has changed. */
function before(field, { certificate, changes }) {
  const changed = changes.filter((change) => change.field === "not_before" || change.field === "not_after");
  if (!changed.length) return null;
  return timestamp((changed.find((change) => change.field === field) ?? { old: certificate[field] }).old);
}

const CERTIFICATES = DATA.report.certificates.map((given, index) =>
  Object.assign(given, {
    index,
    fields: given.certificate,
    kinds: new Set(given.findings.map(({ kind }) => kind)),
    notBefore: timestamp(given.certificate.not_before),
    notAfter: timestamp(given.certificate.not_after),
    warnFrom: timestamp(given.thresholds.warn_from),
    failFrom: timestamp(given.thresholds.fail_from),
    hasNoExpiry: timestamp(given.certificate.not_after) === NO_END,
    oldNotBefore: before("not_before", given),
    oldNotAfter: before("not_after", given),
  }),
);
