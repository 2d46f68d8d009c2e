/** @file Runs in a page: what a test wants to know of its layout. */
globalThis.measurePage = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const rooms = [...document.querySelectorAll("section > .scroll")];
  for (const room of rooms) room.scrollLeft = 10_000;
  const left = (element) => element.getBoundingClientRect().left;
  const areShown = (name) =>
    [...document.querySelectorAll(name)].map(({ offsetParent }) => offsetParent !== null);
  const { backgroundColor, color } = getComputedStyle(document.body);
  return {
    overflow: scrollWidth - clientWidth,
    scrolled: rooms.map(({ scrollLeft }) => scrollLeft > 0),
    firstColumn: rooms.map((room) => left(room.querySelector("tbody th")) - left(room)),
    wide: areShown(".chart-wide"),
    narrow: areShown(".chart-narrow"),
    colors: [backgroundColor, color],
  };
};
