// The timeline's axis: its time span, the position of a time on it, and its ticks.

const YEAR = 365.25 * DAY;
const LONGEST = 12 * YEAR; // beyond that, a day is too narrow to see
const RANGES = [
  ["all", "everything", null],
  ["5y", "5 years", 5 * YEAR],
  ["1y", "1 year", YEAR],
  ["90d", "90 days", 90 * DAY],
];

function extent() {
  let [from, to] = [NOW, NOW];
  for (const { notBefore, notAfter, oldNotBefore, oldNotAfter } of CERTIFICATES) {
    for (const time of [notBefore, notAfter, oldNotBefore, oldNotAfter]) {
      if (time === null || time === NO_END) continue;
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
  }
  // Some CA certificates end centuries from now.
  from = Math.max(from, NOW - 30 * YEAR);
  to = Math.min(to, NOW + 30 * YEAR);
  const margin = Math.max((to - from) * 0.02, HOUR);
  return { from: from - margin, to: to + margin };
}

const EXTENT = extent();
const firstRange = EXTENT.to - EXTENT.from > LONGEST ? "5y" : "all";

/* The span of a range: everything, or its length with one fifth in the past. */
function axisOf(range) {
  const [, , length] = RANGES.find(([key]) => key === range);
  const { from, to } = length === null ? EXTENT : { from: NOW - length / 5, to: NOW + (length * 4) / 5 };
  return { from, to, share: (time) => (time - from) / (to - from) };
}

/* The steps between ticks; the first one that leaves room for every label is used. */
const STEPS = [...[1, 2, 7, 14].map((days) => ({ days })), ...[1, 3, 6, 12, 24, 60, 120].map((months) => ({ months }))];
const lengthOf = ({ days, months }) => (days ? days * DAY : (months * YEAR) / 12);
const roomFor = ({ days, months }) => (days ? 110 : months < 12 ? 95 : 60); // in pixels, by the label's length

/* The ticks on an axis of this width in pixels. */
function ticks({ from, to }, width) {
  const step = STEPS.find((each) => ((to - from) / lengthOf(each)) * roomFor(each) <= width) ?? STEPS.at(-1);
  const first = new Date(from);
  // Steps start at a round value: the first of a month, a January, a year that ends in 0 or 5.
  const month = floorTo(first.getUTCFullYear() * 12 + first.getUTCMonth(), step.months ?? 1);
  const at = (count) => (step.days ? floorTo(from, DAY) + count * step.days * DAY : Date.UTC(0, month - 1900 * 12 + count * step.months));
  const found = [];
  for (let count = 0; at(count) <= to; count++) {
    if (at(count) >= from) found.push({ time: at(count), text: label(at(count), step) });
  }
  return found;
}

const floorTo = (value, step) => Math.floor(value / step) * step;

function label(time, { days, months }) {
  if (days) return day(time);
  return months >= 12 ? day(time).slice(0, 4) : day(time).slice(0, 7);
}
