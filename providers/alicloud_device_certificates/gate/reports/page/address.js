// The address: search, filters, order and the open certificate, so a link or a reload shows the same again.

const inAddress = () => new URLSearchParams(location.hash.slice(1));

/* The view in the address. What is not there, or not in this report, is as in the first view. */
function fromAddress() {
  // A jump within the page, such as the skip link's, changes nothing.
  if (byId(location.hash.slice(1))) return {};
  const known = (name, isKnown) => (isKnown(inAddress().get(name)) ? inAddress().get(name) : FIRST[name]);
  const severities = inAddress().getAll("severity");
  const areKnown = severities.length && severities.every((each) => each === "none" || SEVERITIES.includes(each));
  return {
    search: inAddress().get("search") ?? FIRST.search,
    severities: areKnown ? new Set(severities.filter((each) => each !== "none")) : FIRST.severities,
    kind: known("kind", (kind) => CERTIFICATES.some((row) => row.kinds.has(kind))),
    stack: known("stack", (stack) => Boolean(stack) && CERTIFICATES.some((row) => row.stack === stack)),
    fleet: known("fleet", (fleet) => fleet !== null && CERTIFICATES.some((row) => row.fleet === fleet)),
    service: known("service", (key) => CERTIFICATES.some((row) => row.service === key)),
    sort: known("sort", (sort) => COLUMNS.some(({ key }) => sort === key || sort === `-${key}`)),
  };
}

/* A link to one certificate ends in certificate=<URN>, or certificate=<URN of its fleet>#<key>. */
const addressOf = ({ urn, key }) => (key === null ? urn : `${urn}#${key}`);
const linkedCertificate = () => CERTIFICATES.find((row) => addressOf(row) === inAddress().get("certificate"));

/* Show in the address what differs from the first view. */
function showAddress() {
  const shown = new URLSearchParams();
  for (const name of ["search", "kind", "stack", "fleet", "service", "sort"]) if (view[name] !== FIRST[name]) shown.set(name, view[name]);
  const isPart = view.severities.size < SEVERITIES.length;
  for (const severity of view.severities.size ? view.severities : ["none"]) if (isPart) shown.append("severity", severity);
  if (view.opened) shown.set("certificate", addressOf(view.opened));
  const hash = String(shown) && `#${shown}`;
  if (hash === location.hash) return;
  try {
    history.replaceState(null, "", hash || location.pathname + location.search);
  } catch {
    // Inside another page's frame it may not be allowed, and a browser may limit how often.
  }
}
