// The certificates of the report as the other scripts use them, with times in milliseconds.

const DATA = JSON.parse(byId("data").textContent);
const NOW = Date.parse(DATA.report.now);
const SEVERITIES = ["fail", "warn", "info"];

/* Null where there is none; a service's own text may be no moment at all. */
function moment(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

/* All that a search looks at, in lower case; made when first searched, for thousands take their time. */
function searchText(row) {
  const { name, urn, id, fields, changes } = row;
  if (row.text !== undefined) return row.text;
  const all = [name, urn, id, ...Object.values(fields), ...changes.map(({ old }) => old)].flat();
  // PEMs are not searched: they contain almost any short text by chance.
  row.text = all.filter((value) => value !== null && !isPem(value)).join("\n").toLowerCase();
  return row.text;
}

const isPem = (value) => String(value).startsWith("-----BEGIN ");

/* A moment of before, where the validity was another one. */
function before(field, { certificate, changes }) {
  const changed = changes.filter((change) => change.field === "not_before" || change.field === "not_after");
  if (!changed.length) return null;
  return moment((changed.find((change) => change.field === field) ?? { old: certificate[field] }).old);
}

const CERTIFICATES = DATA.report.certificates.map((given, index) =>
  Object.assign(given, {
    index,
    fields: given.certificate,
    kinds: new Set(given.findings.map(({ kind }) => kind)),
    notBefore: moment(given.certificate.not_before),
    notAfter: moment(given.certificate.not_after),
    warnFrom: moment(given.thresholds.warn_from),
    failFrom: moment(given.thresholds.fail_from),
    oldNotBefore: before("not_before", given),
    oldNotAfter: before("not_after", given),
  }),
);
