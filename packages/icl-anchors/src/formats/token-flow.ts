import { Html, html, inlineJson } from "@deepgrain/support/pages";
import { AnchorsError, having, optionsOf, refuseUnknown } from "../errors";
import { tokenFlowScript, tokenFlowStyle } from "./token-flow-script";

/** The flow between the tokens of a text, layer by layer. */
export interface TokenFlowOptions {
  tokens: readonly string[];
  /** One matrix [tokens, tokens] per layer, row-major, row = the token that receives the flow. */
  layers: readonly ArrayLike<number>[];
  /** Tokens with a frame in the second colour. Default none. */
  marked?: readonly number[] | undefined;
  /** The initially selected token, with a frame in the first colour. Default: the last. */
  target?: number | undefined;
}

const DIGITS = 4;

/**
 * HTML for stepping through layers and clicking a token to see the flow into it. It includes its style and script; a
 * page can contain one of them. Colours follow the page's custom properties `--text`, `--line`, `--series-1` and
 * `--series-2` if it defines them, as pages of `@deepgrain/lab` do.
 *
 * @returns markup for the body of a page
 * @throws {AnchorsError} `ERR_SHAPE` for a matrix that does not have one row and column per token
 */
export function tokenFlow(options: TokenFlowOptions): string {
  having("tokenFlow", "options", options, "tokens", "layers");
  const { tokens, layers, marked = [], target: wanted, ...rest } = optionsOf("tokenFlow", options);
  refuseUnknown("tokenFlow", rest);
  const target = wanted ?? tokens.length - 1;
  const wrong = layers.findIndex((layer) => layer.length !== tokens.length ** 2);
  if (wrong >= 0)
    throw new AnchorsError(
      "ERR_SHAPE",
      `icl-anchors/tokenFlow: layer ${wrong} must have ${tokens.length}×${tokens.length} numbers, got ${layers[wrong]!.length}`,
      { fields: { layer: wrong, tokens: tokens.length } },
    );
  const rounded = layers.map((layer) => Array.from(layer, (x) => Number(x.toPrecision(DIGITS))));
  const data = { tokens, labels: marked, target, layers: rounded };
  return html`<style>${new Html(tokenFlowStyle)}</style>
<div class="flow"><p class="flow-bar"><button type="button" id="flow-back" aria-label="Previous layer">◀</button>
<label>Layer <input id="flow-layer" type="range" min="0" max="${layers.length - 1}" value="0" step="1"></label>
<output id="flow-name" for="flow-layer">0</output>
<button type="button" id="flow-next" aria-label="Next layer">▶</button></p>
<div id="flow-tokens" class="flow-tokens"></div><p id="flow-text" class="meta" aria-live="polite"></p>
<noscript><p>The layers can be stepped through where scripts run.</p></noscript></div>
<script type="application/json" id="flow-data">${inlineJson(data)}</script>
<script>${new Html(tokenFlowScript)}</script>`.text;
}
