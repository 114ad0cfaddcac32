// Paper does not scroll: all rows of the timeline are created, or none if there are too many.

const MOST_PRINTED = 200;
const PAPER_WIDTH = 460; // in pixels, of the axis on the narrower of A4 and Letter

function startPrinting() {
  addEventListener("beforeprint", () => drawCharts(true));
  addEventListener("afterprint", () => drawCharts(false));
  watch(() => {
    const tooMany = view.rows.length > MOST_PRINTED;
    byId("validity").classList.toggle("unprinted", tooMany);
    byId("printed-timeline").hidden = !tooMany;
    const [first, last] = [view.page * view.size + 1, Math.min((view.page + 1) * view.size, view.rows.length)];
    const order = `by ${sortColumn().heading.toLowerCase()}${isReversed() ? ", reversed" : ""}`;
    byId("printed-rows").hidden = view.rows.length <= view.size;
    byId("printed-rows").textContent = `Rows ${number(first)} to ${number(last)} of ${number(view.rows.length)}, ${order}.`;
  });
  byId("printed-timeline").textContent =
    `The timeline prints up to ${number(MOST_PRINTED)} certificates. Search or filter to reduce them.`;
}

function drawCharts(isPrinting) {
  timeline.isPrinting = isPrinting && view.rows.length <= MOST_PRINTED;
  histogram.isPrinting = isPrinting;
  drawTimeline();
  drawHistogram();
}
