// The timeline: a row for each shown certificate. Only the rows in sight are created, and the active one.

const FEW_ROWS = 25; // so many are shown at once; more scroll within the timeline until it is expanded
const SPARE_ROWS = 4;
const PAPER_AXIS = 460; // in pixels, of the axis on the narrower of A4 and Letter
const timeline = { axis: null, rows: null, active: 0, isExpanded: false, isPrinting: false };

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
  byId("expand").addEventListener("click", expandTimeline);
  scroller.addEventListener("scroll", draw, { passive: true });
  scroller.addEventListener("scrollend", showWholeRows);
  addEventListener("scroll", () => timeline.isExpanded && draw(), { passive: true });
  new ResizeObserver(draw).observe(scroller);
  makeRoomForNames(draw);
  list.addEventListener("keydown", steerTimeline);
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (!option) return;
    timeline.active = Number(option.dataset.position);
    drawTimeline();
    showDetails(view.rows[timeline.active], list);
  });
  watch(() => {
    if (timeline.rows !== view.rows) {
      Object.assign(timeline, { rows: view.rows, active: 0 });
      scroller.scrollTop = 0;
    }
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

/* No name is cut: the longest one decides how wide the names' column is and, if it needs more lines, how high each row. */
function makeRoomForNames(draw) {
  const [scroller, probe] = [byId("timeline"), byId("longest")];
  const widths = CERTIFICATES.map(({ label }) => label).map(measureIn(probe));
  const longest = widths.reduce((best, each, index) => (each > widths[best] ? index : best), 0);
  probe.append(...nameOf(CERTIFICATES[longest]));
  new ResizeObserver(() => {
    const { width, height } = probe.getBoundingClientRect();
    scroller.style.setProperty("--name-width", `${Math.ceil(width)}px`);
    scroller.style.setProperty("--name-height", `${Math.ceil(height)}px`);
    draw();
  }).observe(probe);
}

const nameOf = (row) => [icon(row.severity), foreign(row.label, { class: "name" })];
const isWhole = () => timeline.isExpanded || view.rows.length <= FEW_ROWS;

function expandTimeline() {
  timeline.isExpanded = !timeline.isExpanded;
  drawTimeline();
  byId("expand").scrollIntoView({ block: "nearest", behavior: "instant" });
}

function steerTimeline(event) {
  const last = view.rows.length - 1;
  const [from, to] = inSight();
  const page = Math.max(to - from - 1, 1);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -last, End: last };
  if (event.key === "Enter" && last >= 0) showDetails(view.rows[timeline.active], byId("timeline-rows"));
  else if (event.key in steps) {
    timeline.active = Math.max(Math.min(timeline.active + steps[event.key], last), 0);
    drawTimeline();
    byId(`timeline-${timeline.active}`)?.scrollIntoView({ block: "nearest", behavior: "instant" });
  } else return;
  event.preventDefault();
}

/* Where scrolling ends between two rows, go on to the nearer one. */
function showWholeRows() {
  const [from, to] = inSight();
  const rowHeight = byId("timeline-rows").offsetHeight / view.rows.length;
  if (!isWhole() && to < view.rows.length) byId("timeline").scrollTo({ top: from * rowHeight, behavior: "instant" });
}

/* The first row in sight and the one after the last: in the timeline's own part that scrolls, or in the window. */
function inSight() {
  const count = view.rows.length;
  if (timeline.isPrinting || count <= FEW_ROWS) return [0, count];
  const list = byId("timeline-rows").getBoundingClientRect();
  const { bottom } = byId("timeline").getBoundingClientRect();
  const [top, end] = isWhole() ? [0, innerHeight] : [bottom - roomForRows(), bottom];
  const positionAt = (y) => Math.min(Math.max(Math.round(((y - list.top) / list.height) * count), 0), count);
  return [positionAt(top), positionAt(end)];
}

const roomForRows = () => byId("timeline").clientHeight - byId("timeline").querySelector(".axis").offsetHeight;

function drawTimeline() {
  const [scroller, list] = [byId("timeline"), byId("timeline-rows")];
  const count = view.rows.length;
  scroller.classList.toggle("whole", isWhole());
  list.style.setProperty("--rows", Math.max(count, 1));
  const [from, to] = inSight();
  const isDrawn = (position) => position === timeline.active || (position >= from - SPARE_ROWS && position < to + SPARE_ROWS);
  drawScale();
  list.replaceChildren(backdrop(), ...view.rows.flatMap((row, position) => (isDrawn(position) ? [timelineRow(row, position)] : [])));
  if (count) list.setAttribute("aria-activedescendant", `timeline-${timeline.active}`);
  else list.removeAttribute("aria-activedescendant");
  scroller.classList.toggle("more-above", !isWhole() && from > 0);
  scroller.classList.toggle("more-below", !isWhole() && to < count);
  byId("cut").hidden = count <= FEW_ROWS;
  byId("in-sight").textContent = isWhole() ? `All ${number(count)} rows` : `Rows ${number(from + 1)} to ${number(to)} of ${number(count)}`;
  byId("expand").textContent = timeline.isExpanded ? "Show fewer" : "Show all";
}

/* The lines behind all rows: ticks and the current time. */
function backdrop() {
  const lines = marks().map(({ time }) => at(element("i", { class: "line" }), timeline.axis, time));
  return element("div", { class: "backdrop", role: "presentation" }, ...lines, nowLine(timeline.axis));
}

function drawScale() {
  const width = trackWidth();
  // No label where it would be cut off.
  const whole = marks().filter(({ time }) => Math.abs(timeline.axis.share(time) - 0.5) * width < width / 2 - 20);
  const labels = whole.map(({ time, text }) => at(element("time", { class: "tick", datetime: new Date(time).toISOString() }, text), timeline.axis, time));
  const now = at(element("span", { class: "now" }, `now, ${day(NOW)}`), timeline.axis, NOW);
  now.style.transform = `translateX(${-timeline.axis.share(NOW) * 100}%)`;
  scale().replaceChildren(...labels, now);
}

const scale = () => byId("timeline").querySelector(".scale");
const trackWidth = () => (timeline.isPrinting ? PAPER_AXIS : scale().clientWidth);
const marks = () => ticks(timeline.axis, trackWidth());

function timelineRow(row, position) {
  const option = element("div", {
    class: "row", role: "option", id: `timeline-${position}`, "data-position": position,
    "aria-selected": String(position === timeline.active),
    "aria-setsize": view.rows.length, "aria-posinset": position + 1,
    "aria-label": `${row.label}: ${row.severity}, ${validity(row)}`,
  }, element("span", { class: "label" }, ...nameOf(row)), track(row, timeline.axis));
  option.style.setProperty("--position", position);
  return option;
}
