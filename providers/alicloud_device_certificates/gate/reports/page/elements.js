// Elements are created one by one and text stays text: nothing from a certificate is ever parsed as markup.

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

/* An element with attributes (a function is a listener, true an empty attribute, null and false none) and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

/* The shape of a severity; `said` is false if the word is beside it. */
function icon(severity, said = false) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${severity}`);
  svg.setAttribute("class", `icon ${severity}`);
  if (said) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", severity);
  } else svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/* Text from outside, isolated so it cannot change the writing direction around it. */
const foreign = (text, attributes = {}) => element("bdi", attributes, text);

function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
}

/* Draw at most once per frame. */
function onceAFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}
