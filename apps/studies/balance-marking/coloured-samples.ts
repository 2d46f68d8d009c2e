import { evidenceText, type Html, html } from "@deepgrain/lab";

/** A marked text for a reader. */
export interface ColouredSample {
  name: string;
  payloadBits: number;
  /** Text of each token, with its evidence in standard deviations; absent where none was kept. */
  pieces?: readonly string[];
  sample: { evidence: readonly number[]; pValue: number };
}

/** Texts whose tokens are coloured by their evidence, each with its p-value; false where there is none. */
export function colouredSamples(samples: readonly ColouredSample[]): Html | false {
  const shown = samples.flatMap(({ name, payloadBits, pieces, sample: { evidence, pValue } }) => {
    if (!pieces) return [];
    const bits = payloadBits > 0 ? `${payloadBits} bits, ` : "";
    const p = pValue < 1e-3 ? pValue.toExponential(0).replace("-", "−") : pValue.toFixed(3);
    return html`<h3>${name}, ${bits}p = ${p}</h3>${evidenceText(pieces, evidence)}`;
  });
  return (
    shown.length > 0 &&
    html`<p>Green and underlined: tokens that speak for the mark; orange and dotted: against it; plain: not scored. About half of
the tokens of unmarked text speak for a mark by chance, a quarter with KGW.</p>${shown}`
  );
}

/** A row with the text of each token of its sample. */
export const withPieces = <R extends { sample: { ids: readonly number[] } }>(
  row: R,
  { decode }: { decode(ids: number[]): string },
): R & { pieces: string[] } => ({ ...row, pieces: row.sample.ids.map((id) => decode([id])) });
