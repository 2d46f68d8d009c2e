/** @file One small annotation that tests and the processes they kill have in common. */
import type { Completer } from "../../src/completers/completer";
import { type Solution, splitSteps } from "../../src/solutions/solution";
import { generateProblem } from "../../src/world/generate-problem";
import { noisySolver } from "../../src/world/solvers";

/** Settings of all such runs. */
export const worldSettings = { n: 4, seed: 11, completerId: "noisy" };

/** Solutions of word problems, some of them wrong, and a completer that takes its time. */
export async function annotationWorld(
  count: number,
  delayMs = 0,
): Promise<{ solutions: Solution[]; completer: Completer }> {
  const problems = Array.from({ length: count }, (_, seed) =>
    generateProblem(seed, { steps: [3, 6] }),
  );
  const solver = noisySolver(problems, { slip: 0.2 });
  const solutions = await Promise.all(
    problems.map(async ({ id, problem, answer }) => {
      const [made] = await solver({ problem, steps: [] }, { seeds: [5] });
      return { id, problem, steps: splitSteps((made as { text: string }).text), gold: answer };
    }),
  );
  const completer: Completer = async (prefix, options) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    return solver(prefix, options);
  };
  return { solutions, completer };
}
