// Set everything up, then show the first view. Without certificates there is only the summary.

startTheme();
if (CERTIFICATES.length) {
  // Not <noscript>: a server's own policy may block this script in a browser that runs scripts.
  byId("without-script").hidden = true;
  byId("explore").hidden = false;
  startControls();
  startTimeline();
  startHistogram();
  startTable();
  startPrinting();
  watch(showAddress);
  change(fromAddress());
  startDetails();
}
