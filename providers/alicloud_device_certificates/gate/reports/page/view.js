// The view: the certificates that match search and filters, their order, and the table's page.

const byText = new Intl.Collator("en", { numeric: true }).compare; // pump-9 before pump-10
const byValue = (a, b) => (a > b) - (a < b);

/* The table's columns: key, heading, sort value and order; undefined and null always come last. */
const COLUMNS = [
  { key: "severity", heading: "Severity", value: (row) => row.index, order: byValue },
  { key: "name", heading: "Certificate", value: (row) => row.label },
  { key: "finding", heading: "Findings", value: (row) => row.findings.map(({ kind }) => kindName(kind)).join(", ") },
  { key: "service", heading: "Service", value: service },
  { key: "status", heading: "Status", value: (row) => row.fields.status },
  { key: "serial", heading: "Serial number", value: (row) => row.fields.serial_number_hex?.padStart(64, "0"), order: byValue },
  { key: "not_before", heading: "Not before", value: (row) => row.notBefore, order: byValue },
  { key: "not_after", heading: "Not after", value: (row) => row.notAfter, order: byValue },
];

const NO_FILTER = { search: "", severities: new Set(SEVERITIES), kind: "", stack: "", fleet: "", service: "" };
const FIRST = { ...NO_FILTER, sort: "severity" }; // the key of a column, after a minus in reversed order
const view = { ...FIRST, page: 0, size: 50, rows: CERTIFICATES, opened: null };
const watchers = [];

function watch(draw) {
  watchers.push(draw);
}

const drawAll = onceAFrame(() => watchers.forEach((draw) => draw()));

/* Change the view and redraw it. Go to the first page unless the page itself changes. */
function change(changes) {
  Object.assign(view, { page: 0 }, changes);
  if (!("page" in changes)) view.rows = sorted(CERTIFICATES.filter(passes(view)));
  drawAll();
}

function passes({ search, severities, kind, stack, fleet, service: wanted }) {
  const terms = search.toLowerCase().split(/\s+/).filter(Boolean).map(withoutColons);
  return (row) =>
    severities.has(row.severity) &&
    (kind === "" || row.kinds.has(kind)) &&
    (stack === "" || row.stack === stack) &&
    (fleet === "" || row.fleet === fleet) &&
    (wanted === "" || row.service === wanted) &&
    terms.every((term) => searchText(row).includes(term));
}

/* Fingerprints and serial numbers are often written as ab:cd:ef. */
const withoutColons = (term) => (/^[0-9a-f]{2}(:[0-9a-f]{2})+$/.test(term) ? term.replaceAll(":", "") : term);

const isReversed = () => view.sort.startsWith("-");
const sortColumn = () => COLUMNS.find(({ key }) => key === view.sort.replace("-", ""));

function sorted(rows) {
  const { value, order = byText } = sortColumn();
  const keyed = rows.map((row) => [value(row) ?? null, row]);
  const sign = isReversed() ? -1 : 1;
  keyed.sort(([a, rowA], [b, rowB]) => {
    if (a === null || b === null) return (a === null) - (b === null) || rowA.index - rowB.index;
    return sign * order(a, b) || rowA.index - rowB.index;
  });
  return keyed.map(([, row]) => row);
}
