// The number of shown certificates that end in each month; distant months are counted together.

const FEWEST_MONTHS = 12;
const MOST_MONTHS = 36;
const MOST_PAST_MONTHS = 12;

const monthOf = (time) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
const monthName = (month) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;

/* [{ text, month (null if months are counted together), past, fail, warn, info }], in order of time. */
function months(rows) {
  const ending = rows.filter(({ notAfter, hasNoExpiry }) => notAfter !== null && !hasNoExpiry);
  const ends = ending.map(({ notAfter }) => monthOf(notAfter));
  const today = monthOf(NOW);
  const first = Math.max(Math.min(today, ...bounds(ends)), today - MOST_PAST_MONTHS);
  const last = Math.min(Math.max(first + FEWEST_MONTHS - 1, ...bounds(ends)), first + MOST_MONTHS - 1);
  const none = { fail: 0, warn: 0, info: 0 };
  const found = new Map();
  for (let month = first; month <= last; month++) found.set(month, { text: monthName(month), month, past: month < today, ...none });
  const before = { text: `before ${monthName(first)}`, month: null, past: true, ...none };
  const after = { text: `after ${monthName(last)}`, month: null, past: false, ...none };
  for (const [index, row] of ending.entries()) {
    (found.get(ends[index]) ?? (ends[index] < first ? before : after))[row.severity]++;
  }
  return [...(total(before) ? [before] : []), ...found.values(), ...(total(after) ? [after] : [])];
}

/* Without spreading thousands of values into arguments. */
const bounds = (values) => (values.length ? [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))] : []);
const total = (bucket) => bucket.fail + bucket.warn + bucket.info;

function startHistogram() {
  watch(drawHistogram);
}

function drawHistogram() {
  const buckets = months(view.rows);
  const most = Math.max(1, ...buckets.map(total));
  const unknown = view.rows.filter(({ notAfter }) => notAfter === null).length;
  const unending = view.rows.filter(({ hasNoExpiry }) => hasNoExpiry).length;
  byId("histogram").replaceChildren(
    element("div", { class: buckets.length > 12 ? "columns many" : "columns", "aria-hidden": "true" }, ...buckets.map((bucket, index) => column(bucket, most, index === 0 || buckets[index - 1].month === null))),
    unending ? element("p", { class: "quiet" }, `No expiry: ${number(unending)}.`) : "",
    unknown ? element("p", { class: "quiet" }, `Expiry not known: ${number(unknown)}.`) : "",
    monthTable(buckets),
  );
}

function column(bucket, most, isFirst) {
  const { text, month, past } = bucket;
  const pieces = SEVERITIES.filter((severity) => bucket[severity]).map((severity) => {
    const made = element("i", { class: severity });
    made.style.height = `${(bucket[severity] / most) * 100}%`;
    return made;
  });
  const isToday = month === monthOf(NOW);
  const names = ["column", past && "past", isToday && "this"].filter(Boolean).join(" ");
  return element("div", { class: names, title: `${text}: ${number(total(bucket))}` },
    element("span", { class: "stack" }, ...pieces, element("b", {}, total(bucket) ? number(total(bucket)) : "")),
    monthLabel(bucket, isFirst));
}

/* The month's number, with the year below each January. */
function monthLabel({ text, month }, isFirst) {
  if (month === null) return element("span", { class: "month" }, text.split(" ")[0]);
  return element("span", { class: "month" },
    element("span", { class: month % 3 ? "minor" : "major" }, text.slice(5)),
    month % 12 === 0 || isFirst ? element("span", { class: isFirst && month % 12 > 6 ? "year narrow" : "year" }, text.slice(0, 4)) : null);
}

/* The same as a table for screen readers. */
function monthTable(buckets) {
  const rows = buckets.filter(total).map((bucket) =>
    element("tr", {}, element("th", { scope: "row" }, bucket.text), ...SEVERITIES.map((severity) => element("td", {}, String(bucket[severity])))));
  return element("div", { class: "hidden" }, element("table", {},
    element("caption", {}, "Certificates by the month in which they expire"),
    element("thead", {}, element("tr", {}, ...["Month", ...SEVERITIES].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows)));
}
