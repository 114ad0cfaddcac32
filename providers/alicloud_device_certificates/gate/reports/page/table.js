// The table: one page of the shown certificates; the column headings sort.

const SIZES = [25, 50, 100, 250];

function startTable() {
  document.querySelector("#table thead tr").append(...COLUMNS.map(headCell));
  options(byId("sort"), COLUMNS.flatMap(({ key, heading }) => [[key, heading], [`-${key}`, `${heading}, reversed`]]), view.sort);
  byId("sort").addEventListener("change", ({ target }) => change({ sort: target.value }));
  const sizes = SIZES.filter((size) => size < CERTIFICATES.length).map((size) => [String(size), String(size)]);
  options(byId("size"), [...sizes, [String(CERTIFICATES.length), "all"]], String(Math.min(view.size, CERTIFICATES.length)));
  byId("size").addEventListener("change", ({ target }) => change({ size: Number(target.value) }));
  byId("previous").addEventListener("click", () => change({ page: view.page - 1 }));
  byId("next").addEventListener("click", () => change({ page: view.page + 1 }));
  byId("table").tBodies[0].addEventListener("click", ({ target }) => {
    // For the keyboard the name is a button; for the mouse the whole row is one.
    const row = target.closest("tr[data-index]");
    if (row && getSelection().isCollapsed) showDetails(CERTIFICATES[Number(row.dataset.index)], row.querySelector("button"));
  });
  reachableWhileItScrolls(document.querySelector(".table"));
  watch(drawTable);
}

/* In a narrow window a long text may make the table scroll sideways; then the keyboard can scroll it too. */
function reachableWhileItScrolls(part) {
  const reach = () => {
    const isWider = part.scrollWidth > part.clientWidth;
    const attributes = { tabindex: "0", role: "region", "aria-label": "Certificates, scrolls sideways" };
    for (const [name, value] of Object.entries(attributes)) isWider ? part.setAttribute(name, value) : part.removeAttribute(name);
  };
  const watched = new ResizeObserver(reach);
  watched.observe(part);
  watched.observe(byId("table"));
}

function headCell({ key, heading }) {
  const sort = () => change({ sort: view.sort === key ? `-${key}` : key });
  return element("th", { scope: "col", role: "columnheader", class: key, "data-column": key },
    element("button", { type: "button", click: sort }, heading, element("span", { class: "arrow", "aria-hidden": "true" })));
}

function drawTable() {
  for (const cell of document.querySelectorAll("#table th[data-column]")) {
    if (cell.dataset.column === sortColumn().key) cell.setAttribute("aria-sort", isReversed() ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  }
  byId("sort").value = view.sort;
  const pages = Math.max(Math.ceil(view.rows.length / view.size), 1);
  const first = view.page * view.size;
  const rows = view.rows.slice(first, first + view.size);
  byId("table").tBodies[0].replaceChildren(...(rows.length ? rows.map(tableRow) : [noRow()]));
  byId("part").hidden = rows.length === view.rows.length;
  byId("part").textContent =
    `Rows ${number(first + 1)} to ${number(first + rows.length)} of ${number(view.rows.length)}, by ${sortColumn().heading.toLowerCase()}${isReversed() ? ", reversed" : ""}`;
  byId("page").textContent = `Page ${number(view.page + 1)} of ${number(pages)}`;
  byId("previous").disabled = view.page === 0;
  byId("next").disabled = view.page + 1 >= pages;
  document.querySelector(".pager").hidden = CERTIFICATES.length <= SIZES[0];
}

const noRow = () => element("tr", { role: "row" }, element("td", { role: "cell", colspan: COLUMNS.length, class: "none" }, "No certificate matches."));

function tableRow(row) {
  const { fields } = row;
  const cells = {
    severity: [icon(row.severity), row.severity],
    name: [element("button", { type: "button", class: "open", "aria-haspopup": "dialog" }, foreign(row.label)), subject(row)],
    finding: row.findings.map(chip),
    service: service(row),
    status: fields.status ? foreign(fields.status) : "",
    serial: fields.serial_number_hex ? foreign(fields.serial_number_hex, { class: "code" }) : "",
    not_before: row.notBefore === null ? "" : element("time", { datetime: fields.not_before }, day(row.notBefore)),
    not_after: row.notAfter === null ? "" : row.hasNoExpiry ? NO_EXPIRY : [element("time", { datetime: fields.not_after }, day(row.notAfter)), element("span", { class: "quiet" }, fromNow(row.notAfter))],
  };
  // With roles, because on a phone CSS turns the table into blocks.
  return element("tr", { role: "row", "data-index": row.index }, ...COLUMNS.map(({ key }) =>
    key === "name" ? element("th", { class: key, scope: "row", role: "rowheader" }, cells[key]) : element("td", { class: key, role: "cell" }, cells[key])));
}

/* The subject, if it contains more than the name. */
function subject({ name, fields }) {
  const { subject } = fields;
  return subject && subject !== `CN=${name}` ? foreign(subject, { class: "quiet subject" }) : null;
}

const chip = ({ kind, severity }) => element("span", { class: `chip ${severity}` }, icon(severity), kindName(kind));
