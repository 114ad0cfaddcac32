// The certificates of the report, as the other scripts use them: moments in milliseconds, a text to search in.

const DATA = JSON.parse(byId("data").textContent);
const NOW = Date.parse(DATA.report.now);
const SEVERITIES = ["fail", "warn", "info"];

/* Null where there is none; a service's own text may be no moment at all. */
function moment(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : time;
}

function searchText({ name, urn, id, certificate, changes }) {
  const all = [name, urn, id, ...Object.values(certificate), ...changes.map(({ old }) => old)].flat();
  // A PEM is not searched: by chance, any short text is in one.
  return all.filter((value) => value !== null && !isPem(value)).join("\n").toLowerCase();
}

const isPem = (value) => String(value).startsWith("-----BEGIN ");

const CERTIFICATES = DATA.report.certificates.map((given, index) => {
  const { certificate: fields, changes, findings, thresholds } = given;
  const old = { ...fields, ...Object.fromEntries(changes.map((change) => [change.field, change.old])) };
  const moved = changes.some(({ field }) => field === "not_before" || field === "not_after");
  return {
    ...given,
    index,
    fields,
    kinds: new Set(findings.map(({ kind }) => kind)),
    text: searchText(given),
    notBefore: moment(fields.not_before),
    notAfter: moment(fields.not_after),
    warnFrom: moment(thresholds.warn_from),
    failFrom: moment(thresholds.fail_from),
    // Where the validity was another one.
    oldNotBefore: moved ? moment(old.not_before) : null,
    oldNotAfter: moved ? moment(old.not_after) : null,
  };
});
