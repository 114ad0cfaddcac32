// Paper does not scroll: all rows of the timeline are created, or none if there are too many.

const MOST_PRINTED = 200;

function startPrinting() {
  addEventListener("beforeprint", () => drawCharts(true));
  addEventListener("afterprint", () => drawCharts(false));
  watch(() => {
    const tooMany = view.rows.length > MOST_PRINTED;
    byId("validity").classList.toggle("unprinted", tooMany);
    byId("printed-timeline").hidden = !tooMany;
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
