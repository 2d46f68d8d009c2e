import { fimText } from "@deepgrain/coder";
import { generateBatch } from "@deepgrain/lm";
import { MOST_TOKENS } from "./limits";
import type { InfillModel } from "./open-models";

/** A text and the part of it, between two cursors, that is written anew. */
export interface Hole {
  text: string;
  /** Offsets in UTF-16 units, 0 ≤ from ≤ to ≤ the text's length. */
  from: number;
  to: number;
}

/** A text whose middle was written. */
export interface Filled extends Hole {
  middle: string;
}

/** The result of filling in: a middle, or that the model cannot read as much. */
export type FillEvent =
  | { type: "filled"; filled: Filled }
  | { type: "too-long"; tokens: number; most: number };

/** Writes what stands between the cursors, token by token the most probable. */
export async function fillMiddle(
  { model, tokenizer }: InfillModel,
  { text, from, to }: Hole,
  signal: AbortSignal,
): Promise<FillEvent> {
  const outside = text.slice(0, from) + text.slice(to);
  const before = [...text.slice(0, from)].length;
  const asked = fimText(outside, [before, before], "spm"); // suffix, prefix, and no middle yet
  const prompt = tokenizer.encode(asked, { addSpecialTokens: false });
  const most = model.config.maxPositionEmbeddings - MOST_TOKENS;
  if (prompt.length > most) return { type: "too-long", tokens: prompt.length, most };
  const eosTokenId = tokenizer.eosTokenId ?? null;
  const request = { prompt, maxNewTokens: MOST_TOKENS, eosTokenId };
  const events = generateBatch(model, [request], { signal });
  let next = await events.next();
  while (!next.done) next = await events.next();
  const [made] = next.value[0]!;
  const middle = tokenizer.decode(made!.ids, { skipSpecialTokens: true });
  return { type: "filled", filled: { text, from, to, middle } };
}
