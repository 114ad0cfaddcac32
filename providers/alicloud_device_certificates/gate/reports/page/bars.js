// One certificate's bar on an axis, for the timeline and the details.

/* The bar with its parts; an arrow marks where the axis cuts it. */
function track(row, axis) {
  const piece = (name, from, to) => pieceOf(axis, name, from, to);
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
  if (row.notAfter < axis.from) made.append(element("span", { class: "outside before" }, `◂ ${day(row.notAfter)}`));
  if (row.notAfter > axis.to) made.append(element("span", { class: "outside after" }, `${row.hasNoExpiry ? NO_EXPIRY : day(row.notAfter)} ▸`));
  return made;
}

function pieceOf(axis, name, from, to) {
  const isInSight = to > axis.from && from < axis.to && from < to;
  if (!isInSight) return [];
  const share = (time) => Math.min(Math.max(axis.share(time), 0), 1);
  const [left, right] = [share(from), share(to)];
  const made = element("span", { class: name });
  made.style.left = `${left * 100}%`;
  made.style.width = `${(right - left) * 100}%`;
  return [made];
}

function at(made, axis, time) {
  made.style.left = `${axis.share(time) * 100}%`;
  return made;
}

const nowLine = (axis) => at(element("i", { class: "today" }), axis, NOW);
