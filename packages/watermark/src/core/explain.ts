import type { Examined } from "./reader";
import type { Explanation, TokenEvidence } from "./results";

const minimumTokens = 16;

function findWinMax(tokens: readonly TokenEvidence[], variances: ReadonlyMap<number, number>) {
  const scored = tokens.filter((token) => token.isScored);
  const excess = [0];
  const spread = [0];
  for (const token of scored) {
    excess.push(excess.at(-1)! + token.value - token.mean);
    spread.push(spread.at(-1)! + variances.get(token.position)!);
  }
  let best: Explanation["winMax"];
  for (let a = 0; a < scored.length; a++)
    for (let b = a + minimumTokens; b <= scored.length; b++) {
      const variance = spread[b]! - spread[a]!;
      if (variance <= 0) continue;
      const z = (excess[b]! - excess[a]!) / Math.sqrt(variance);
      if (best && z <= best.z) continue;
      const window = { start: scored[a]!.position, end: scored[b - 1]!.position + 1 };
      best = { z, window };
    }
  return best;
}

/** Lays an evaluation out token by token; positions count the `offset` prompt tokens too. */
export function explainEvaluation(evaluation: Examined, offset: number): Explanation {
  const byPosition = new Map(
    evaluation.picks.map((pick, i) => [
      evaluation.scored.positions[pick]!,
      evaluation.marks[i] ?? { value: 0, mean: 0, variance: 0 },
    ]),
  );
  const tokens = Array.from(evaluation.ids, (token, position): TokenEvidence => {
    const mark = byPosition.get(position);
    if (!mark) return { position, token, isScored: false, value: 0, mean: 0, evidence: 0 };
    const { value, mean, variance } = mark;
    const evidence = variance > 0 ? (value - mean) / Math.sqrt(variance) : 0;
    return { position, token, isScored: true, value, mean, evidence };
  });
  const variances = new Map(Array.from(byPosition, ([at, mark]) => [at, mark.variance]));
  const winMax = findWinMax(tokens, variances);
  const shift = (at: number) => at + offset;
  return {
    detection: evaluation.detection,
    tokens: tokens.map((token) => ({ ...token, position: shift(token.position) })),
    winMax: winMax && {
      z: winMax.z,
      window: { start: shift(winMax.window.start), end: shift(winMax.window.end) },
    },
  };
}
