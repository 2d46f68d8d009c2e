import type { PromptFlow } from "@deepgrain/icl-anchors";
import { Html, html, page, section } from "@deepgrain/lab";
import { flowScript, flowStyle } from "./flow-script";

/** What the page shows. */
export interface FlowPageOptions {
  title: string;
  lead: string;
  /** Chart of the shares over the layers. */
  chart: Html;
  tokens: readonly string[];
  flow: PromptFlow;
  /** Positions of label words, and the target. */
  labels: readonly number[];
  target: number;
}

const DIGITS = 4;

/** JSON that cannot end the script it stands in. */
const inlineJson = (value: unknown): Html =>
  new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));

/** One HTML file without requests: step through the layers, click a token, and see what flows into it. */
export function flowPage({
  title,
  lead,
  chart,
  tokens,
  flow,
  labels,
  target,
}: FlowPageOptions): string {
  const data = {
    tokens,
    labels,
    target,
    layers: flow.layers.map((layer) =>
      Array.from(layer.flow, (x) => Number(x.toPrecision(DIGITS))),
    ),
  };
  const explorer = html`<style>${new Html(flowStyle)}</style>
<div class="flow"><p class="flow-bar"><button type="button" id="flow-back" aria-label="Previous layer">◀</button>
<label>Layer <input id="flow-layer" type="range" min="0" max="${flow.layers.length - 1}" value="0" step="1"></label>
<output id="flow-name" for="flow-layer">0</output>
<button type="button" id="flow-next" aria-label="Next layer">▶</button></p>
<div id="flow-tokens" class="flow-tokens"></div><p id="flow-text" class="meta" aria-live="polite"></p>
<noscript><p>The layers can be stepped through where scripts run.</p></noscript></div>
<script type="application/json" id="flow-data">${inlineJson(data)}</script>
<script>${new Html(flowScript)}</script>`;
  return page({
    title,
    lead,
    sections: [section("Token by token", explorer), section("Layer by layer", chart)],
  });
}
