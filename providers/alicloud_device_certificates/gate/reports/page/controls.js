// The controls: search, filters, the filters behind the summary's counts, and light or dark colours.

function startControls() {
  const count = (passing) => number(CERTIFICATES.filter(passing).length);
  byId("severities").append(
    ...SEVERITIES.map((severity) =>
      element("label", { class: "pill" },
        element("input", { type: "checkbox", value: severity, checked: true, change: readSeverities }),
        icon(severity), severity)),
  );
  const kinds = Object.keys(DATA.kinds).filter((kind) => CERTIFICATES.some((row) => row.kinds.has(kind)));
  options(byId("kind"), [
    ["", "Any finding"],
    ...kinds.map((kind) => [kind, `${kindName(kind)} (${count((row) => row.kinds.has(kind))})`]),
  ]);
  const stacks = fillFilter("stack");
  const fleets = fillFilter("fleet");
  const services = Object.keys(DATA.services).filter((key) => CERTIFICATES.some((row) => row.service === key));
  byId("service").hidden = stacks + fleets > 0 && services.length < 2;
  options(byId("service"), [["", "Any service"], ...services.map((key) => [key, DATA.services[key]])]);

  byId("search").addEventListener("input", ({ target }) => change({ search: target.value }));
  byId("kind").addEventListener("change", ({ target }) => change({ kind: target.value }));
  byId("stack").addEventListener("change", ({ target }) => change({ stack: target.value }));
  byId("fleet").addEventListener("change", ({ target }) => change({ fleet: target.value }));
  byId("service").addEventListener("change", ({ target }) => change({ service: target.value }));
  byId("clear").addEventListener("click", () => change(NO_FILTER));
  // Their addresses have the filter; the browser does not scroll for it.
  for (const link of document.querySelectorAll(".counts a, .kinds a, .fleets a")) {
    link.addEventListener("click", () => byId("certificates").focus());
  }
  addEventListener("hashchange", () => change(fromAddress()));
  watch(showControls);
}

/* The filter of stacks or fleets: each with its number of certificates; hidden without any. Returns how many. */
function fillFilter(name) {
  const sizes = new Map();
  for (const { [name]: value } of CERTIFICATES) if (value) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  byId(name).hidden = !sizes.size;
  options(byId(name), [["", `Any ${name}`], ...[...sizes].map(([value, size]) => [value, `${value} (${number(size)})`])]);
  return sizes.size;
}

function readSeverities() {
  const boxes = [...byId("severities").querySelectorAll("input:checked")];
  change({ severities: new Set(boxes.map(({ value }) => value)) });
}

function showControls() {
  const search = byId("search");
  if (search.value !== view.search) search.value = view.search;
  for (const box of byId("severities").querySelectorAll("input")) box.checked = view.severities.has(box.value);
  byId("kind").value = view.kind;
  byId("stack").value = view.stack;
  byId("fleet").value = view.fleet;
  byId("service").value = view.service;
  byId("clear").disabled = !view.search && !view.kind && !view.stack && !view.fleet && !view.service && view.severities.size === SEVERITIES.length;
  byId("shown").textContent =
    view.rows.length === CERTIFICATES.length
      ? plural(CERTIFICATES.length, "certificate")
      : `${number(view.rows.length)} of ${plural(CERTIFICATES.length, "certificate")}`;
}

/* The system's colour scheme until the button changes it. */
function startTheme() {
  const button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Light colors" : "Dark colors");
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}
