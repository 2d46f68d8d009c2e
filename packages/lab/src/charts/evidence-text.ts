import { evidenceSpan, type Html, html } from "@deepgrain/support/pages";
import { fail, listOf } from "../errors";

/**
 * A text whose pieces are coloured and underlined by how much each speaks for something (above 0: green) or against it (below 0:
 * orange and dotted); those with 0 stay plain.
 *
 * @param pieces of the text, such as its tokens
 * @param evidence of each piece, for example in standard deviations; 2 has the full colour
 * @throws {LabError} `ERR_ARGUMENT` where a piece has no evidence
 */
export function evidenceText(pieces: readonly string[], evidence: readonly number[]): Html {
  listOf("evidenceText", "pieces", pieces);
  listOf("evidenceText", "evidence", evidence);
  const missing = pieces.findIndex((_, i) => !Number.isFinite(evidence[i]));
  if (missing >= 0) fail("ERR_ARGUMENT", `evidenceText: piece ${missing} has no evidence`);
  const text = pieces.map((piece, i) => evidenceSpan(piece, evidence[i]!));
  return html`<blockquote class="evidence"><p>${text}</p></blockquote>`;
}
