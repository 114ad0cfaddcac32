// Times and spans as text. All are in UTC and the same on every machine.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const number = new Intl.NumberFormat("en-US").format;
const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
const day = (time) => new Date(time).toISOString().slice(0, 10);
const minute = (time) => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/* Whole days; below two days hours; below two hours minutes. */
function span(milliseconds) {
  if (milliseconds >= 2 * DAY) return plural(Math.floor(milliseconds / DAY), "day");
  if (milliseconds >= 2 * HOUR) return plural(Math.floor(milliseconds / HOUR), "hour");
  return plural(Math.floor(milliseconds / MINUTE), "minute");
}

const fromNow = (time) => (time < NOW ? `${span(NOW - time)} ago` : `in ${span(time - NOW)}`);
const service = (certificate) => DATA.services[certificate.service];
const kindName = (kind) => DATA.kinds[kind].name;

const NO_EXPIRY = "no expiry";

/* One sentence for a screen reader. */
function validity({ notBefore, notAfter, hasNoExpiry }) {
  if (hasNoExpiry && notBefore !== null) return `valid from ${day(notBefore)}, ${NO_EXPIRY}`;
  return notAfter === null || notBefore === null ? "validity not known" : `valid from ${day(notBefore)} to ${day(notAfter)}, ends ${fromNow(notAfter)}`;
}
