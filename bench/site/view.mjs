// Parts of the page that are made from texts in which backticks mark code.

/** A text with its code marked. */
export function marked(text) {
  const parts = text.split("`");
  return parts.map((part, i) => {
    if (i % 2 === 0) return part;
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
}

function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A table; the first row and the first cell of each row are its heads. */
export function table([head, ...body]) {
  const row = (cells, isHead) =>
    element(
      "tr",
      {},
      cells.map((text, i) => {
        if (isHead) return element("th", { scope: "col" }, marked(text));
        return i === 0
          ? element("th", { scope: "row" }, marked(text))
          : element("td", {}, marked(text));
      }),
    );
  return element("table", {}, [
    element("thead", {}, [row(head, true)]),
    element(
      "tbody",
      {},
      body.map((cells) => row(cells, false)),
    ),
  ]);
}

/** One item of a list for each text. */
export const items = (texts) => texts.map((text) => element("li", {}, marked(text)));
