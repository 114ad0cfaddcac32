// The details of one certificate: findings with their meaning, changes, all fields, and the PEM to copy.

let opener = null;
let areFieldsExplained = false;

function startDetails() {
  const dialog = byId("details");
  dialog.addEventListener("close", () => {
    view.opened = null;
    showAddress();
    opener?.focus({ preventScroll: true });
  });
  // A click outside the details.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  addEventListener("hashchange", showLinked);
  showLinked();
}

function showLinked() {
  const row = linkedCertificate();
  if (!row) byId("details").close();
  else if (row !== view.opened) showDetails(row, null);
}

function showDetails(row, from) {
  const dialog = byId("details");
  view.opened = row;
  opener = from;
  showAddress();
  dialog.replaceChildren(
    detailsHead(row),
    element("div", { class: "body" }, findings(row), ends(row), changes(row), allFields(row), ...pems(row)),
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function detailsHead(row) {
  const position = view.rows.indexOf(row);
  const step = (text, to) =>
    element("button", { type: "button", class: "control", disabled: !view.rows[to], click: () => stepTo(text, to) }, text);
  return element("header", {},
    element("h2", { id: "details-title" }, icon(row.severity, true), foreign(row.label)),
    element("div", { class: "steps" },
      step("Previous", position < 0 ? -1 : position - 1), step("Next", position < 0 ? -1 : position + 1),
      element("button", { type: "button", class: "control", click: () => byId("details").close() }, "Close")));
}

function stepTo(text, to) {
  showDetails(view.rows[to], opener);
  // The button was replaced by a new one.
  const again = [...byId("details").querySelectorAll(".steps button")].find((button) => button.textContent === text);
  (again.disabled ? byId("details").querySelector(".steps button:last-child") : again).focus();
}

function findings(row) {
  return part("Findings", element("ul", { class: "findings" }, ...row.findings.map(({ kind, severity, message }) => {
    const { name: heading, meaning, advice } = DATA.kinds[kind];
    return element("li", { class: severity },
      element("h4", {}, icon(severity), `${heading} `, element("span", { class: "quiet" }, severity)),
      element("p", {}, foreign(message)),
      element("p", { class: "quiet" }, advice ? `${meaning} ${advice}` : meaning));
  })),
  row.failure && !isReported(row, row.failure) ? element("p", { class: "failure" }, foreign(row.failure.message)) : null,
  ...row.warnings.filter((warned) => !isReported(row, warned)).map(({ code, message }) => element("p", { class: "quiet" }, foreign(message), " (", foreign(code, { class: "code" }), ")")));
}

/* Whether a finding has the same message. */
const isReported = (row, { code, message }) => row.findings.some((finding) => [message, `${code}: ${message}`].includes(finding.message));

function ends(row) {
  if (row.notAfter === null) return "";
  const entries = [["Not before", row.notBefore], ["Not after", row.notAfter], ["Warns from", row.warnFrom], ["Fails from", row.failFrom]];
  return part("Validity", element("div", { class: "mini", "aria-hidden": "true" }, nowLine(timeline.axis), track(row, timeline.axis)), element("dl", { class: "short" }, ...entries.filter(([, time]) => time !== null).map(([name, time]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, ...timeOf(row, time))))));
}

const timeOf = (row, time) => (row.hasNoExpiry && time === row.notAfter ? [NO_EXPIRY] : [minute(time), " ", element("span", { class: "quiet" }, fromNow(time))]);

function changes(row) {
  if (!row.changes.length) return "";
  const cell = (value) => element("td", {}, value === null ? element("span", { class: "quiet" }, "none") : valueOf(value));
  return part("What changed", element("div", { class: "table" }, element("table", { class: "changes" },
    element("caption", { class: "hidden" }, "Each field that changed, with its value at the last update and now"),
    element("thead", {}, element("tr", {}, ...["Field", "At the last update", "Now"].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...row.changes.map(({ field, old, new: value }) =>
      element("tr", {}, element("th", { scope: "row", class: "code" }, field), cell(old), cell(value)))))));
}

function allFields(row) {
  const entries = Object.entries(row.fields).filter(([, value]) => !isPem(value));
  const others = [["id", row.id, "what is read, and where"], ["account", row.account, "the account that it is read from"], ["stack", row.stack, "the project and its stack"], ["urn", row.urn, "the resource in the stack"], ["key", row.key, "the key within the fleet"], ...figures(row)].filter(([, value]) => value);
  const all = [...entries.map(([name, value]) => [name, value, DATA.fields[name]]), ...others];
  const list = element("dl", { class: "fields" }, ...all.map(([name, value, meaning]) =>
    element("div", {},
      element("dt", {}, element("span", { class: "code" }, name), element("span", { class: "meaning" }, meaning)),
      element("dd", {}, valueOf(value)))));
  const explain = element("button", { type: "button", class: "control", click: () => show(!areFieldsExplained) }, "Explain the fields");
  const show = (areExplained) => {
    areFieldsExplained = areExplained;
    list.classList.toggle("explained", areExplained);
    explain.setAttribute("aria-pressed", String(areExplained));
  };
  show(areFieldsExplained);
  const heading = row.is_previous && DATA.report.source === "preview" ? "Fields at the last update" : "Fields";
  return element("section", {}, element("div", { class: "heading" }, element("h3", {}, heading), explain), list);
}

/* What the summary of a fleet counts. */
function figures({ fleet_summary: summary }) {
  const text = (value) => (typeof value === "number" ? number(value) : value);
  const listed = (value) => Object.entries(value).map(([name, count]) => `${name || "unknown"}: ${number(count)}`);
  return Object.entries(summary ?? {}).filter(([, value]) => value !== null).map(([name, value]) =>
    [name, typeof value === "object" ? listed(value) : text(value), "in the fleet's summary"]);
}

function valueOf(value) {
  if (Array.isArray(value)) return value.length ? element("ul", {}, ...value.map((item) => element("li", {}, foreign(item)))) : "none";
  if (isPem(value)) return element("details", {}, element("summary", {}, "PEM"), element("pre", {}, value));
  const isHex = /^[0-9a-f]{6,}$/.test(value);
  return foreign(String(value), isHex ? { class: "code" } : {});
}

function pems({ fields, has_pems: hasPems }) {
  if (!hasPems) return [part("PEM", element("p", { class: "quiet" }, "This page leaves out the PEMs of certificates that need no action; the JSON report has them."))];
  return Object.entries(fields).filter(([, value]) => isPem(value)).map(([name, pem]) => {
    const text = element("pre", { tabindex: "0", "aria-label": name }, pem);
    const status = element("span", { role: "status", class: "quiet" });
    const copy = element("button", { type: "button", class: "control", click: () => copyText(pem, text, status) }, "Copy");
    const made = part(name, element("div", { class: "pem" }, element("div", {}, copy, status), text));
    made.querySelector("h3").classList.add("code");
    copy.setAttribute("aria-label", `Copy ${name}`);
    return made;
  });
}

/* A page opened from disk may have no clipboard; then select the text, to copy it by hand. */
async function copyText(text, shown, status) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(shown);
    status.textContent = "Selected. Press Ctrl+C or ⌘C to copy.";
  }
}

const part = (heading, ...children) => element("section", {}, element("h3", {}, heading), ...children);
