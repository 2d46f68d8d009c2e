/** @file What the page does, as text: it shows the sections that the server sends, and writes nothing. */
export const pageScript = `
const place = document.getElementById("sections");
const state = document.getElementById("state");
const parts = new Map();

const element = (name, text) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Sections in the server's order; those that stay keep what they show. */
function arrange(sections) {
  const wanted = new Set(sections.map(({ id }) => id));
  for (const [id, { section }] of parts)
    if (!wanted.has(id)) {
      section.remove();
      parts.delete(id);
    }
  for (const { id, title } of sections) {
    if (!parts.has(id)) {
      const section = element("section");
      const content = element("div");
      section.dataset.section = id;
      if (title) section.append(element("h2", title));
      section.append(content);
      parts.set(id, { section, content });
    }
    place.append(parts.get(id).section);
  }
}

/** Markup that the server has drawn; what was unfolded stays so. */
function show(content, markup) {
  const open = new Set();
  content.querySelectorAll("details").forEach((one, i) => one.open && open.add(i));
  content.innerHTML = markup;
  content.querySelectorAll("details").forEach((one, i) => (one.open = open.has(i)));
}

/** Texts of models, as nodes of text. */
function showSamples(content, samples) {
  const list = element("div");
  list.className = "samples";
  for (const { run, step, prompt, text } of samples) {
    const one = element("div");
    const quote = element("blockquote");
    const words = element("p");
    words.append(element("b", prompt), document.createTextNode(text));
    quote.append(words);
    one.append(element("h3", run + ", step " + step), quote);
    list.append(one);
  }
  content.replaceChildren(list);
}

function receive({ data }) {
  const message = JSON.parse(data);
  state.textContent = "Live";
  if (message.type === "layout") arrange(message.sections);
  if (message.type !== "section") return;
  const { content } = parts.get(message.id);
  if (message.samples) showSamples(content, message.samples);
  else show(content, message.html);
}

let source;

function connect() {
  source = new EventSource("events");
  source.onmessage = receive;
  source.onerror = () => {
    state.textContent =
      source.readyState === EventSource.CLOSED
        ? "Not connected: deepgrain watch has ended, or was started anew with another address."
        : "Not connected. Trying again …";
  };
}

// A page that nobody sees costs nothing.
document.addEventListener("visibilitychange", () => {
  source.close();
  if (document.visibilityState === "visible") connect();
});
connect();
`;
