// Set everything up, then show the first view. Without certificates there is only the summary.

startTheme();
if (CERTIFICATES.length) {
  byId("explore").hidden = false;
  startControls();
  startTimeline();
  startHistogram();
  startTable();
  startPrinting();
  change({});
  startDetails();
}
