// Everything at once, and then the first view of it. Without certificates there is the summary alone.

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
