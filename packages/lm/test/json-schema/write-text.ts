import type { Tokenizer } from "../../src";
import type { Constraint } from "../../src/generation/constraint";

/** Writes a text whose tokens are drawn evenly from those that a constraint allows. */
export function writeText(
  constraint: Constraint,
  tokenizer: Tokenizer,
  { maxNewTokens, random }: { maxNewTokens: number; random: () => number },
): { text: string; ids: number[]; hasEnded: boolean } {
  const prompt = [5, 6, 7];
  const end = tokenizer.eosTokenId!;
  const process = constraint({ promptLength: prompt.length, maxNewTokens, eosTokenIds: [end] });
  const ids: number[] = [];
  while (ids.length < maxNewTokens) {
    const logits = process([...prompt, ...ids], new Float32Array(tokenizer.vocabSize + 3));
    const allowed = [...logits.keys()].filter((id) => logits[id] === 0);
    const id = allowed[Math.floor(random() * allowed.length)];
    if (id === undefined) throw new Error(`no token may follow ${tokenizer.decode(ids)}`);
    if (id === end) return { text: tokenizer.decode(ids), ids, hasEnded: true };
    ids.push(id);
  }
  return { text: tokenizer.decode(ids), ids, hasEnded: false };
}

/** Whether a text may be written token by token, and may end there. */
export function allows(
  constraint: Constraint,
  tokenizer: Tokenizer,
  ids: readonly number[],
): boolean {
  const end = tokenizer.eosTokenId!;
  const process = constraint({ promptLength: 0, maxNewTokens: 10_000, eosTokenIds: [end] });
  return [...ids, end].every(
    (id, at) => process(ids.slice(0, at), new Float32Array(tokenizer.vocabSize))[id] === 0,
  );
}
