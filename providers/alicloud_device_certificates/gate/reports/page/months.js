// The number of certificates that end in each month; distant months are counted together.

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
const isThisMonth = ({ month }) => month === monthOf(NOW);
