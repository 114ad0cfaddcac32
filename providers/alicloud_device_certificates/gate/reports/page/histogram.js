// The histogram: a column for each month in which shown certificates end. Counts and labels without room are left out.

const COUNT_GAP = 3; // in pixels
const LABEL_GAP = 6;
const OVERHANG = 8; // so much of a label may stand beside the chart, in the panel's padding
const PAPER_CHART = 600; // the chart's width on the narrower of A4 and Letter
const histogram = { isPrinting: false };

function startHistogram() {
  new ResizeObserver(drawHistogram).observe(byId("histogram"));
  watch(drawHistogram);
}

function drawHistogram() {
  const chart = byId("histogram");
  const width = histogram.isPrinting ? PAPER_CHART : chart.clientWidth;
  const buckets = months(view.rows).map((bucket, index, all) => ({ ...bucket, center: ((index + 0.5) / all.length) * width }));
  const measure = measureIn(chart, 650);
  const unknown = view.rows.filter(({ notAfter }) => notAfter === null).length;
  const unending = view.rows.filter(({ hasNoExpiry }) => hasNoExpiry).length;
  chart.replaceChildren(
    element("div", { class: "columns", "aria-hidden": "true" }, ...columns(buckets, countsWithRoom(buckets, measure))),
    element("div", { class: "months", "aria-hidden": "true" }, ...labelsWithRoom(buckets, measure, width).map(({ center, text, names }) => {
      const made = element("span", { class: names }, text);
      made.style.left = `${(center / width) * 100}%`;
      return made;
    })),
    unending ? element("p", { class: "quiet" }, `No expiry: ${number(unending)}.`) : "",
    unknown ? element("p", { class: "quiet" }, `Expiry not known: ${number(unknown)}.`) : "",
    monthTable(buckets),
  );
  for (const severity of SEVERITIES) byId(`months-${severity}`).hidden = !buckets.some((bucket) => bucket[severity]);
  byId("months-past").hidden = !buckets.some(({ past }) => past);
}

/* In each column the severities are stacked, the worst at the bottom. */
function columns(buckets, counted) {
  const most = Math.max(1, ...buckets.map(total));
  return buckets.map((bucket) => {
    const pieces = SEVERITIES.filter((severity) => bucket[severity]).map((severity) => {
      const made = element("i", { class: severity });
      made.style.height = `${(bucket[severity] / most) * 100}%`;
      return made;
    });
    const names = ["column", bucket.past && "past", isThisMonth(bucket) && "this"].filter(Boolean).join(" ");
    return element("div", { class: names, title: `${bucket.text}: ${number(total(bucket))}` },
      element("span", { class: "stack" }, ...pieces, counted.has(bucket) ? element("b", {}, number(total(bucket))) : null));
  });
}

/* The buckets whose count neither crosses a higher column nor touches the count of one. */
function countsWithRoom(buckets, measure) {
  const counts = buckets
    .filter(total)
    .map((bucket) => ({ bucket, count: total(bucket), center: bucket.center, width: measure(number(total(bucket))) }))
    .sort((one, other) => other.count - one.count);
  const isFree = (one) => !counts.some((other) => other.count > one.count && areClose(one, other, COUNT_GAP));
  return new Set(withRoom(counts.filter(isFree), COUNT_GAP).map(({ bucket }) => bucket));
}

/* The numbers of the months, and in a line below the years; the first months of quarters go before the others. */
function labelsWithRoom(buckets, measure, chartWidth) {
  const label = (name, text, bucket) => {
    const width = measure(text);
    const center = Math.min(Math.max(bucket.center, width / 2 - OVERHANG), chartWidth + OVERHANG - width / 2);
    return { text, width, center, names: isThisMonth(bucket) ? `${name} this` : name };
  };
  const byRank = [...buckets].sort((one, other) => rank(one) - rank(other));
  const first = buckets.find(({ month }) => month !== null);
  const ofMonths = byRank.map((bucket) => label("month", bucket.month === null ? bucket.text.split(" ")[0] : bucket.text.slice(5), bucket));
  const ofYears = byRank.filter((bucket) => bucket === first || rank(bucket) === 1).map((bucket) => label("year", bucket.text.slice(0, 4), bucket));
  return [...withRoom(ofMonths, LABEL_GAP), ...withRoom(ofYears, LABEL_GAP)];
}

const rank = ({ month }) => (month === null ? 0 : 1 + [12, 6, 3, 1].findIndex((step) => month % step === 0));

/* The same as a table for screen readers. */
function monthTable(buckets) {
  const rows = buckets.filter(total).map((bucket) =>
    element("tr", {}, element("th", { scope: "row" }, bucket.text), ...SEVERITIES.map((severity) => element("td", {}, String(bucket[severity])))));
  return element("div", { class: "hidden" }, element("table", {},
    element("caption", {}, "Certificates by the month in which they expire"),
    element("thead", {}, element("tr", {}, ...["Month", ...SEVERITIES].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows)));
}
