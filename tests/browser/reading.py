"""What a person reads off the page."""

from __future__ import annotations

from base64 import b64encode
from math import ceil, floor

from playwright.sync_api import FloatRect, Locator, Page, expect

_COLOURS = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { width, height } = image;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) found.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  return [...found];
}"""


def painted(page: Page) -> None:
    """Wait until the page is drawn, which happens in the next frame."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def names(page: Page) -> list[str]:
    """The names in the table, in order."""
    painted(page)
    return page.locator("#table tbody th").get_by_role("button").all_inner_texts()


def column(page: Page, key: str) -> list[str]:
    """The texts of one column of the table."""
    painted(page)
    return [text.strip() for text in page.locator(f"#table tbody .{key}").all_inner_texts()]


def sort_by(page: Page, heading: str) -> Locator:
    """Click the button in a column's heading, and return the heading."""
    head = page.get_by_role("columnheader", name=heading, exact=True)
    head.get_by_role("button").click()
    return head


def open_details(page: Page, name: str) -> Locator:
    """Open the details of a certificate by its name in the table."""
    page.get_by_role("table", name="Certificates", exact=True).get_by_role("button", name=name, exact=True).click()
    return page.get_by_role("dialog", name=name)


def row_of(page: Page, name: str) -> Locator:
    """The timeline's row of a certificate."""
    return page.get_by_role("option", name=f"{name}:")


def colours(page: Page, locator: Locator) -> set[str]:
    """The colours of all visible pixels within an element's box, as CSS computes them."""
    # Scrolling redraws the timeline's rows and replaces their elements, so scroll first.
    locator.evaluate("it => it.scrollIntoView({ block: 'nearest' })")
    painted(page)
    locator.scroll_into_view_if_needed()
    painted(page)
    found = locator.bounding_box()
    assert found is not None
    # Whole pixels within the box: one that the box covers in part shows what is beside it, too.
    window = page.viewport_size
    assert window is not None
    left, top = max(ceil(found["x"]), 0), max(ceil(found["y"]), 0)
    right = min(floor(found["x"] + found["width"]), window["width"])
    bottom = min(floor(found["y"] + found["height"]), window["height"])
    return colours_within(page, {"x": left, "y": top, "width": right - left, "height": bottom - top})


def colours_within(page: Page, clip: FloatRect) -> set[str]:
    """The colours of all pixels in a part of the window, as CSS computes them."""
    picture = b64encode(page.screenshot(clip=clip)).decode()
    pixels = page.evaluate(_COLOURS, f"data:image/png;base64,{picture}")
    return {f"rgb({value >> 16}, {value >> 8 & 255}, {value & 255})" for value in pixels}


def is_shaded(page: Page, clip: FloatRect) -> bool:
    """Whether a part of the window, in which nothing else is drawn, is of more than one colour."""
    return len(colours_within(page, clip)) > 2


def boxes(locator: Locator) -> list[tuple[float, float]]:
    """The left and right edges of all elements, in pixels, read at once: the page replaces elements as it draws."""
    expect(locator.first).to_be_visible()
    edges = locator.evaluate_all(
        "all => all.map(it => it.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    return [(left, right) for left, right in edges]


def box(locator: Locator) -> tuple[float, float]:
    """The left and right edge of what is drawn, in pixels."""
    found = locator.bounding_box()
    assert found is not None
    return found["x"], found["x"] + found["width"]
