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

/**
 * The middle of what was written: without the blanks that stand before the first cursor already, and up to where the line behind
 * the second cursor begins again.
 */
export function middleOf(made: string, blanks: string, suffix: string): string {
  const own = made.startsWith(blanks) ? made.slice(blanks.length) : made;
  const line = /^[^\n]*\n?/.exec(suffix)![0];
  const end = line === "" ? -1 : own.indexOf(line);
  return end < 0 ? own : own.slice(0, end);
}

/**
 * Writes what stands between the cursors, token by token the most probable. Tokens join blanks with the word behind them, so the
 * model writes those before the first cursor itself.
 */
export async function fillMiddle(
  { model, tokenizer }: InfillModel,
  { text, from, to }: Hole,
  signal: AbortSignal,
): Promise<FillEvent> {
  const prefix = text.slice(0, from).trimEnd();
  const suffix = text.slice(to);
  const cut = [...prefix].length;
  // Suffix first: a model this small goes on best with what it has read last.
  const asked = fimText(prefix + suffix, [cut, cut], "spm");
  const prompt = tokenizer.encode(asked, { addSpecialTokens: false });
  const most = model.config.maxPositionEmbeddings - MOST_TOKENS;
  if (prompt.length > most) return { type: "too-long", tokens: prompt.length, most };
  const eosTokenId = tokenizer.eosTokenId ?? null;
  const request = { prompt, maxNewTokens: MOST_TOKENS, eosTokenId };
  const events = generateBatch(model, [request], { signal });
  let next = await events.next();
  while (!next.done) next = await events.next();
  const [written] = next.value[0]!;
  const made = tokenizer.decode(written!.ids, { skipSpecialTokens: true });
  const middle = middleOf(made, text.slice(prefix.length, from), suffix);
  return { type: "filled", filled: { text, from, to, middle } };
}
