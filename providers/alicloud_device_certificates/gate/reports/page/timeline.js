// The timeline: a bar from not before to not after for each shown certificate. Only visible rows are created.

const SPARE_ROWS = 4;
const timeline = { axis: null, active: 0, isPrinting: false };

function startTimeline() {
  const [scroller, list, range] = [byId("timeline"), byId("timeline-rows"), byId("range")];
  options(range, RANGES.map(([key, text]) => [key, text]), firstRange);
  startLegend();
  timeline.axis = axisOf(firstRange);
  const draw = onceAFrame(drawTimeline);
  range.addEventListener("change", () => {
    timeline.axis = axisOf(range.value);
    drawTimeline();
  });
  scroller.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(scroller);
  list.addEventListener("keydown", steerTimeline);
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (!option) return;
    timeline.active = Number(option.dataset.position);
    drawTimeline();
    showDetails(view.rows[timeline.active], list);
  });
  watch(() => {
    timeline.active = 0;
    scroller.scrollTop = 0;
    drawTimeline();
  });
}

/* Only what is drawn for some certificate. */
function startLegend() {
  for (const severity of SEVERITIES) byId(`legend-${severity}`).hidden = !CERTIFICATES.some((row) => row.severity === severity);
  byId("legend-warns").hidden = !CERTIFICATES.some((row) => row.warnFrom !== null && row.warnFrom < row.notAfter);
  byId("legend-fails").hidden = !CERTIFICATES.some((row) => row.failFrom !== null && row.failFrom < row.notAfter);
  byId("legend-old").hidden = !CERTIFICATES.some((row) => row.oldNotAfter !== null);
}

const rowHeight = () => parseFloat(getComputedStyle(byId("timeline")).getPropertyValue("--row"));

function steerTimeline(event) {
  const last = view.rows.length - 1;
  const page = Math.floor(byId("timeline").clientHeight / rowHeight()) - 3;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -last, End: last };
  if (event.key === "Enter" && last >= 0) showDetails(view.rows[timeline.active], byId("timeline-rows"));
  else if (event.key in steps) {
    timeline.active = Math.min(Math.max(timeline.active + steps[event.key], 0), last);
    bringIntoSight(timeline.active);
    drawTimeline();
    byId(`timeline-${timeline.active}`)?.scrollIntoView({ block: "nearest" });
  } else return;
  event.preventDefault();
}

function bringIntoSight(position) {
  const scroller = byId("timeline");
  const height = rowHeight();
  const room = scroller.clientHeight - scroller.querySelector(".axis").offsetHeight;
  const top = position * height;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + height > scroller.scrollTop + room) scroller.scrollTop = top + height - room;
}

function drawTimeline() {
  const list = byId("timeline-rows");
  const [first, last] = timeline.isPrinting ? [0, view.rows.length] : inSight();
  drawScale();
  list.style.setProperty("--rows", Math.max(view.rows.length, 1));
  list.replaceChildren(backdrop(), ...view.rows.slice(first, last).map((row, index) => timelineRow(row, first + index)));
  const active = `timeline-${timeline.active}`;
  if (byId(active)) list.setAttribute("aria-activedescendant", active);
  else list.removeAttribute("aria-activedescendant");
}

function inSight() {
  const { scrollTop, clientHeight } = byId("timeline");
  const height = rowHeight();
  const first = Math.max(Math.floor(scrollTop / height) - SPARE_ROWS, 0);
  return [first, Math.min(Math.ceil((scrollTop + clientHeight) / height) + SPARE_ROWS, view.rows.length)];
}

/* The lines behind all rows: ticks and the current time. */
function backdrop() {
  const lines = marks().map(({ time }) => at(element("i", { class: "line" }), time));
  return element("div", { class: "backdrop", role: "presentation" }, ...lines, nowLine());
}

function drawScale() {
  const width = trackWidth();
  // No label where it would be cut off.
  const whole = marks().filter(({ time }) => Math.abs(timeline.axis.share(time) - 0.5) * width < width / 2 - 20);
  const labels = whole.map(({ time, text }) => at(element("time", { class: "tick", datetime: new Date(time).toISOString() }, text), time));
  const now = at(element("span", { class: "now" }, `now, ${day(NOW)}`), NOW);
  now.style.transform = `translateX(${-timeline.axis.share(NOW) * 100}%)`;
  scale().replaceChildren(...labels, now);
}

const scale = () => byId("timeline").querySelector(".scale");
const trackWidth = () => (timeline.isPrinting ? PAPER_WIDTH : scale().clientWidth);
const marks = () => ticks(timeline.axis, trackWidth());
const nowLine = () => at(element("i", { class: "today" }), NOW);

function at(made, time) {
  made.style.left = `${timeline.axis.share(time) * 100}%`;
  return made;
}

function timelineRow(row, position) {
  const option = element("div", {
    class: "row", role: "option", id: `timeline-${position}`, "data-position": position,
    "aria-selected": String(position === timeline.active),
    "aria-setsize": view.rows.length, "aria-posinset": position + 1,
    "aria-label": `${row.label}: ${row.severity}, ${validity(row)}`,
  },
    element("span", { class: "label" }, icon(row.severity), foreign(row.label, { class: "name" })),
    track(row));
  option.style.setProperty("--position", position);
  return option;
}

/* The bar with its parts; an arrow marks where the axis cuts it. */
function track(row) {
  const made = element("span", { class: "track" });
  if (row.oldNotAfter !== null && row.oldNotBefore !== null) made.append(...piece("old", row.oldNotBefore, row.oldNotAfter));
  if (row.notAfter === null || row.notBefore === null) {
    made.append(element("span", { class: "unknown" }, "no validity known"));
    return made;
  }
  made.append(...piece("bar", row.notBefore, row.notAfter));
  if (row.notAfter > NOW) made.append(...piece("left", Math.max(row.notBefore, NOW), row.notAfter));
  for (const [zone, from] of [["warn", row.warnFrom], ["fail", row.failFrom]]) {
    if (from !== null) made.append(...piece(`zone ${zone}`, Math.max(from, row.notBefore), row.notAfter));
  }
  if (row.notAfter < timeline.axis.from) made.append(element("span", { class: "outside before" }, `◂ ${day(row.notAfter)}`));
  if (row.notAfter > timeline.axis.to) made.append(element("span", { class: "outside after" }, `${row.hasNoExpiry ? NO_EXPIRY : day(row.notAfter)} ▸`));
  return made;
}

function piece(className, from, to) {
  const share = (time) => Math.min(Math.max(timeline.axis.share(time), 0), 1);
  const [left, right] = [share(from), share(to)];
  const inSight = to > timeline.axis.from && from < timeline.axis.to && from < to;
  if (!inSight) return [];
  const made = element("span", { class: className });
  made.style.left = `${left * 100}%`;
  made.style.width = `${(right - left) * 100}%`;
  return [made];
}
