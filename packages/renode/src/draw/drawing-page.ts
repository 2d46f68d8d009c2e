import {
  contentPolicy,
  decimal,
  Html,
  html,
  inlineJson,
  inlineScript,
  whole,
} from "@deepgrain/support/pages";
import { having, listOf, optionsOf, refuseUnknown } from "../errors";
import type { ConflictDrawing } from "./conflict-drawing";
import { drawingSource } from "./mount-drawing";
import { pageScript } from "./page-script";

export interface DrawingPageOptions {
  /** Text of scripts that define the globals `graphology` and `Sigma`: `graphology.umd.min.js` and `sigma.min.js`. */
  readonly scripts: readonly string[];
  /** Default "Conflict and weight". */
  readonly title?: string | undefined;
}

const style = `
  :root { color-scheme: light dark; --back: #fff; --text: #222; --muted: #667; --edge: #d5d9e0; --plain: #b4bac4; }
  @media (prefers-color-scheme: dark) {
    :root { --back: #14171c; --text: #e8eaee; --muted: #9aa3b0; --edge: #566072; --plain: #8790a0; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; height: 100vh; height: 100dvh; display: flex; flex-direction: column; background: var(--back); color: var(--text); font: 14px/1.4 system-ui, sans-serif; }
  header { display: flex; gap: 0.4rem 1rem; align-items: center; flex-wrap: wrap; padding: 0.6rem 1rem; }
  h1 { font-size: 1rem; margin: 0; }
  header > * { min-width: 0; }
  .muted { color: var(--muted); }
  #legend { display: flex; flex-wrap: wrap; gap: 0.2rem 0.4rem; align-items: center; }
  #legend i { width: 0.8rem; height: 0.8rem; border-radius: 0.3rem; }
  #legend.scale i { width: 6rem; height: 0.6rem; }
  select, input { font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 0.3rem; padding: 0.2rem 0.4rem; }
  option { color: var(--text); background: var(--back); }
  #search { flex: 0 1 12rem; }
  ::placeholder { color: var(--muted); opacity: 1; }
  header p { flex-basis: 100%; margin: 0; }
  #detail { flex-basis: 100%; min-height: 1.4em; overflow-wrap: anywhere; }
  #graph { flex: 1; min-height: 0; position: relative; overflow: hidden; }
  @media (max-width: 640px) { body { height: auto; } #graph { flex: none; height: min(110vw, 80vh); } }
`;

/** The result in a sentence: how many labels there are, how much they conflict, and how much of the graph they reach. */
function summaryOf({ nodes, total, cover }: ConflictDrawing): string {
  const conflicts = nodes.flatMap(({ totoro }) => totoro ?? []);
  const least = conflicts.reduce((a, b) => Math.min(a, b));
  const most = conflicts.reduce((a, b) => Math.max(a, b));
  return `${whole(conflicts.length)} of ${whole(nodes.length)} nodes have a class label. Their total conflict is ${decimal(total)}, from ${decimal(least)} to ${decimal(most)} per node; their influence reaches ${(100 * cover).toFixed(1)} % of all nodes.`;
}

/**
 * A self-contained HTML page that draws a graph by `drawConflicts`, its labelled nodes coloured by conflict, weight or
 * class, and finds nodes by name. The drawing libraries are passed in as text, so that this package needs none.
 *
 * @returns the HTML text of the page
 */
export function drawingPage(drawing: ConflictDrawing, options: DrawingPageOptions): string {
  const { scripts, title = "Conflict and weight", ...rest } = optionsOf("drawingPage", options);
  refuseUnknown("drawingPage", rest);
  listOf("drawingPage", "scripts", scripts);
  having("drawingPage", "drawing", drawing, "nodes");
  const libraries = scripts.map((text) => html`<script>${inlineScript(text)}</script>\n`);
  const body = html`<body>
<header>
<h1>${title}</h1>
<label>colour <select id="colour"><option value="conflict">conflict</option><option value="weight">weight</option><option value="class">class</option></select></label>
<span id="legend"></span>
<input id="search" type="search" placeholder="find a node" aria-label="find a node">
<p>${summaryOf(drawing)}</p>
<p class="muted">Large nodes are labelled and coloured: by conflict, in the order of their ranks, by training weight, or by class.
Small grey nodes have no label. Conflict is how much the influence of other classes' labels overlaps a node's own.</p>
<span id="detail" role="status"></span>
</header>
<div id="graph"></div>
<script type="application/json" id="drawing">${inlineJson(drawing)}</script>
${libraries}<script>${inlineScript(`${drawingSource()}\n${pageScript}`)}</script>
</body>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${contentPolicy(body)}
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
${body}
</html>
`.text;
}
