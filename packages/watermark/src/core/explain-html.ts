import { functionOf, having, optionsOf, real, refuseUnknown } from "../errors";
import type { Explanation, TokenEvidence } from "./results";

/** Options of `explainHtml`. */
export interface ExplainHtmlOptions {
  /** Evidence at which the colour is strongest, in standard deviations. Default 2. */
  strongest?: number | undefined;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!);

/** Colour and underline by evidence: green for the mark, orange against it, nothing where there is none. */
function styleOf({ isScored, evidence }: TokenEvidence, strongest: number): string {
  if (!isScored || evidence === 0) return "";
  const share = Math.min(1, Math.abs(evidence) / strongest);
  const colour = evidence > 0 ? "22 140 80" : "214 110 20";
  const line = evidence > 0 ? "solid" : "dotted";
  return `background:rgb(${colour}/${(0.1 + 0.35 * share).toFixed(2)});border-bottom:2px ${line} rgb(${colour})`;
}

/**
 * A marked text as HTML, each token coloured by its evidence and, for those who do not see colours, underlined: solid for the
 * mark, dotted against it. The number is in the token's title. No script and no style sheet is needed, and the text is escaped.
 *
 * @param explanation of `explain`
 * @param textOf the text of a token, such as `(id) => tokenizer.decode([id])`
 * @param options.strongest evidence at which the colour is strongest, default 2 standard deviations
 * @returns a `<figure>` with the verdict below it
 * @throws {WatermarkError} `ERR_RANGE` unless `strongest` is above 0
 */
export function explainHtml(
  explanation: Explanation,
  textOf: (token: number, position: number) => string,
  options: ExplainHtmlOptions = {},
): string {
  const where = "explainHtml";
  const { strongest = 2, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest, ["strongest"]);
  real(where, "strongest", strongest, { above: 0 });
  functionOf(where, "textOf", textOf);
  const { tokens, detection } = having(where, "explanation", explanation, "detection", "tokens");
  const pieces = tokens.map((token) => {
    const text = escaped(textOf(token.token, token.position));
    const style = styleOf(token, strongest);
    const title = token.isScored ? `evidence ${token.evidence.toFixed(2)}` : "not scored";
    return style ? `<span title="${title}" style="${style}">${text}</span>` : text;
  });
  const { verdict, pValue, scored } = detection;
  const words = { found: "found", "not-found": "not found", insufficient: "too short to tell" };
  const p = pValue < 1e-3 ? pValue.toExponential(1) : pValue.toFixed(3);
  return `<figure><p style="white-space:pre-wrap;overflow-wrap:anywhere">${pieces.join("")}</p><figcaption>${words[verdict]}: p = ${p}, ${scored} tokens scored</figcaption></figure>`;
}
