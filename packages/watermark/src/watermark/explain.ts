import type { Explanation, TokenEvidence } from "../core/results";
import type { Mark } from "../core/scheme";
import type { Examined } from "./reader";

const minimumTokens = 16;

function findWinMax(scored: readonly TokenEvidence[], marks: readonly Mark[]) {
  const excess = [0];
  const spread = [0];
  marks.forEach(({ value, mean, variance }, i) => {
    excess.push(excess[i]! + value - mean);
    spread.push(spread[i]! + variance);
  });
  let best: Explanation["winMax"];
  for (let a = 0; a < scored.length; a++)
    for (let b = a + minimumTokens; b <= scored.length; b++) {
      const variance = spread[b]! - spread[a]!;
      if (variance <= 0) continue;
      const z = (excess[b]! - excess[a]!) / Math.sqrt(variance);
      if (best && z <= best.z) continue;
      best = { z, window: { start: scored[a]!.position, end: scored[b - 1]!.position + 1 } };
    }
  return best;
}

/** Converts an evaluation to evidence per token; positions include the `offset` prompt tokens. */
export function explainEvaluation(evaluation: Examined, offset: number): Explanation {
  const { picks, marks, scored, ids, detection } = evaluation;
  const byPosition = new Map(picks.map((pick, i) => [scored.positions[pick]!, marks[i]!]));
  const tokens = Array.from(ids, (token, at): TokenEvidence => {
    const mark = byPosition.get(at);
    const { value, mean, variance } = mark ?? { value: 0, mean: 0, variance: 0 };
    const evidence = variance > 0 ? (value - mean) / Math.sqrt(variance) : 0;
    return { position: at + offset, token, isScored: mark !== undefined, value, mean, evidence };
  });
  const winMax = findWinMax(
    tokens.filter((token) => token.isScored),
    [...byPosition.values()],
  );
  return { detection, tokens, winMax };
}
