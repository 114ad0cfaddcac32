// Labels in a line: how wide they are, and which of them have room.

const pen = document.createElement("canvas").getContext("2d");

/* Measures texts in the font of an element, in pixels. */
function measureIn(place, weight = getComputedStyle(place).fontWeight) {
  const { fontSize, fontFamily } = getComputedStyle(place);
  return (text) => {
    pen.font = `${weight} ${fontSize} ${fontFamily}`;
    return pen.measureText(text).width;
  };
}

/* Of labels with their center and width, the most important first, those that keep a gap from all more important ones. */
function withRoom(labels, gap) {
  const kept = [];
  for (const label of labels) {
    if (kept.every((other) => !areClose(label, other, gap))) kept.push(label);
  }
  return kept;
}

const areClose = (one, other, gap) => Math.abs(one.center - other.center) < (one.width + other.width) / 2 + gap;
