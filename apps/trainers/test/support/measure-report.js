/** @file Runs in a page: what is laid out wrongly in it, as sentences. */
globalThis.measureReport = () => {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth)
    faults.push(`the page is ${scrollWidth - clientWidth} px wider than the window`);
  const shown = [...document.querySelectorAll("svg")].filter(
    (svg) => svg.getBoundingClientRect().width > 0,
  );
  const boxOf = (element) => element.getBoundingClientRect();
  /** Over each other, or run together on one line. */
  const meet = (a, b) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return (across > 0 && down > 2) || (across > -1.5 && down > 10);
  };
  /** By more than the air around letters. */
  const touch = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  for (const svg of shown) {
    const name = svg.getAttribute("aria-label");
    const texts = [...svg.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() !== "")
      .map((text) => ({ text: text.textContent, box: boxOf(text), element: text }));
    const scale = boxOf(svg).width / (svg.viewBox.baseVal?.width || boxOf(svg).width);
    for (const { text, element } of texts) {
      const size = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
      if (size < 9.95) faults.push(`${name}: "${text}" is ${size.toFixed(1)} px`);
    }
    const isTurned = ({ element }) => /rotate/.test(element.getAttribute("transform") ?? "");
    for (let i = 0; i < texts.length; i++)
      for (let j = i + 1; j < texts.length; j++) {
        const [a, b] = [texts[i], texts[j]];
        if (isTurned(a) && isTurned(b)) continue; // their boxes are not what they cover
        if (meet(a.box, b.box)) faults.push(`${name}: "${a.text}" lies over "${b.text}"`);
      }
    for (const dot of svg.querySelectorAll("circle"))
      for (const { text, box } of texts.filter((one) => !isTurned(one)))
        if (touch(box, boxOf(dot))) faults.push(`${name}: a dot lies over "${text}"`);
    const frame = document.documentElement.clientWidth;
    for (const { text, box } of texts)
      if (box.left < -0.5 || box.right > frame + 0.5)
        faults.push(`${name}: "${text}" leaves the window`);
  }
  for (const room of document.querySelectorAll(".scroll")) {
    if (boxOf(room).width === 0) continue;
    const label = room.getAttribute("aria-label");
    const first = room.querySelector("tbody th");
    if (room.scrollWidth <= room.clientWidth + 1) continue;
    room.scrollLeft = 10_000;
    if (first && Math.abs(boxOf(first).left - boxOf(room).left) > 1.5)
      faults.push(`${label}: the first column scrolls away`);
    room.scrollLeft = 0;
    const style = getComputedStyle(room);
    if (!/scroll|local/.test(style.backgroundAttachment))
      faults.push(`${label}: nothing shows that it scrolls`);
  }
  for (const element of document.querySelectorAll("p, li, h1, h2, h3, figcaption, dd, dt, pre"))
    if (element.offsetParent && boxOf(element).right > clientWidth + 0.5)
      faults.push(`"${element.textContent.slice(0, 40)}" leaves the window`);
  return faults;
};
