import type { ConflictDrawing } from "./conflict-drawing";
import { pageScript } from "./page-script";

export interface DrawingPageOptions {
  /** Text of scripts that define the globals `graphology` and `Sigma`: `graphology.umd.min.js` and `sigma.min.js`. */
  readonly scripts: readonly string[];
  /** Default "Conflict and weight". */
  readonly title?: string;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => entities[sign]!);
/** JSON in which no tag can end. */
const escapeJson = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");
const escapeScript = (text: string): string => text.replaceAll(/<\/(script)/gi, "<\\/$1");

const style = `
  body { margin: 0; font: 14px system-ui, sans-serif; color: #222; }
  header { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; padding: 0.6rem 1rem; }
  h1 { font-size: 1rem; margin: 0; }
  #graph { position: absolute; inset: 3.2rem 0 0 0; }
  #legend { width: 8rem; height: 0.6rem; background: linear-gradient(to right, hsl(220 75% 48%), hsl(150 75% 48%), hsl(80 75% 48%), hsl(10 75% 48%)); }
`;

/**
 * One HTML page, without outside files, that draws a graph with its labelled nodes coloured by conflict or by weight, and finds
 * nodes by name. The drawing libraries are passed in as text, so that this package needs none.
 *
 * @returns the page's text
 */
export function drawingPage(
  drawing: ConflictDrawing,
  { scripts, title = "Conflict and weight" }: DrawingPageOptions,
): string {
  const head = scripts.map((text) => `<script>${escapeScript(text)}</script>`).join("\n");
  const summary = `total ${drawing.total.toPrecision(4)}, cover ${(100 * drawing.cover).toFixed(1)} %`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<span>${summary}</span>
<label>colour <select id="colour"><option value="conflict">conflict</option><option value="weight">weight</option></select></label>
<span>low</span><span id="legend"></span><span>high</span>
<input id="search" type="search" placeholder="find a node" aria-label="find a node">
<span id="detail" role="status"></span>
</header>
<div id="graph"></div>
<script type="application/json" id="drawing">${escapeJson(drawing)}</script>
${head}
<script>${escapeScript(pageScript)}</script>
</body>
</html>
`;
}
