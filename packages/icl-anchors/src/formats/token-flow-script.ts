/** Style of the tokens; uses the page's colours if it defines them. */
export const tokenFlowStyle = `
.flow-bar { display: flex; gap: .75rem; align-items: center; flex-wrap: wrap; }
.flow button { font: inherit; color: inherit; background: none; border: 1px solid var(--line, #c8c8c0); border-radius: .4rem; padding: .1rem .5rem; cursor: pointer; }
.flow-tokens { display: flex; flex-wrap: wrap; gap: .25rem; }
.flow-tokens button { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85rem; white-space: pre; min-height: 1.9rem; }
.flow-tokens button[data-kind=label] { border-color: var(--series-2, #c2410c); }
.flow-tokens button[data-kind=target] { border-color: var(--series-1, #2459a9); }
.flow-tokens button[aria-pressed=true] { outline: 3px solid var(--text, currentColor); outline-offset: 1px; }
`;

/** The page's script: no library, no request. */
export const tokenFlowScript = `
(() => {
  const byId = (id) => document.getElementById(id);
  const { tokens, labels, target, layers } = JSON.parse(byId("flow-data").textContent);
  const slider = byId("flow-layer");
  let chosen = target;
  const shown = (token) => token.replace(/\\n/g, "⏎").replace(/ /g, "\\u00a0") || "∅";
  const buttons = tokens.map((token, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = shown(token);
    button.dataset.kind = i === target ? "target" : labels.includes(i) ? "label" : "word";
    button.addEventListener("click", () => { chosen = i; draw(); });
    byId("flow-tokens").append(button);
    return button;
  });
  function draw() {
    const layer = Number(slider.value);
    const row = layers[layer].slice(chosen * tokens.length, (chosen + 1) * tokens.length);
    const sources = row.map((value, j) => ({ value, j })).filter(({ j }) => j < chosen);
    const most = Math.max(0, ...sources.map(({ value }) => value));
    byId("flow-name").textContent = layer;
    buttons.forEach((button, j) => {
      const share = j < chosen && most > 0 ? row[j] / most : 0;
      button.setAttribute("aria-pressed", j === chosen);
      button.style.background = "color-mix(in srgb, var(--series-1, #2459a9) " + Math.round(70 * share) + "%, transparent)";
      button.title = j < chosen ? "flow " + row[j].toPrecision(3) : "";
    });
    const best = sources.sort((a, b) => b.value - a.value).slice(0, 5).filter(({ value }) => value > 0);
    byId("flow-text").textContent = best.length === 0
      ? "Nothing flows into token " + chosen + " in layer " + layer + "."
      : "Into token " + chosen + " (" + shown(tokens[chosen]) + ") flow most, in layer " + layer + ": "
        + best.map(({ value, j }) => shown(tokens[j]) + " (" + j + ", " + value.toPrecision(3) + ")").join(", ") + ".";
  }
  const step = (by) => { slider.value = Number(slider.value) + by; draw(); };
  slider.addEventListener("input", draw);
  byId("flow-back").addEventListener("click", () => step(-1));
  byId("flow-next").addEventListener("click", () => step(1));
  draw();
})();
`;
