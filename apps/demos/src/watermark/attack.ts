import { createRandom } from "@deepgrain/lm";
import { attackText, substitute } from "@deepgrain/watermark";
import type { Attack } from "./names";

/** What is done to a text before it is read. */
export interface AttackRun {
  attack: Attack;
  /** Share of the tokens. */
  rate: number;
  seed: number;
}

/** The tokens after an attack. @param corpus tokens that replace others */
export async function attackTokens(
  ids: readonly number[],
  { attack, rate, seed }: AttackRun,
  corpus: readonly number[],
): Promise<readonly number[]> {
  const { next: random } = createRandom(seed);
  if (rate === 0) return ids;
  if (attack === "replace") {
    const draw = () => corpus[Math.floor(random() * corpus.length)]!;
    return substitute(ids, rate, { vocabSize: 512, draw }, random);
  }
  return (await attackText(attack, { ids }, { rate, random })).ids!;
}
