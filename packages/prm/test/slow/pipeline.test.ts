import { expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import { ruleValues } from "../../src/annotate/rule-values";
import type { LabelledSolution } from "../../src/annotate/step-value";
import { evaluateProcessBench } from "../../src/evaluate/process-bench";
import { sampleSolutions } from "../../src/solutions/sample-solutions";
import type { Solution } from "../../src/solutions/solution";
import { bestOfNCurve, type CheckedCandidate } from "../../src/verify/best-of-n-curve";
import { verify } from "../../src/verify/verify";
import { generateProblem } from "../../src/world/generate-problem";
import { ngramScorer, trainNgramPrm } from "../../src/world/ngram-prm";
import { noisySolver } from "../../src/world/solvers";
import { firstWrongStep } from "../../src/world/step-truth";
import type { WordProblem } from "../../src/world/word-problem";

const world = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => generateProblem(from + i, { steps: [4, 8] }));
const [training, held] = [world(0, 150), world(5000, 40)];
const completer = noisySolver([...training, ...held], { slip: 0.25 });
const byText = new Map([...training, ...held].map((each) => [each.problem, each]));
const truthOf = ({ problem, steps }: Pick<Solution, "problem" | "steps">) =>
  firstWrongStep(byText.get(problem) as WordProblem, steps);

it("goes from a solver to labels better than the rule's, a reward model, and answers better than a majority's", async () => {
  const results: LabelledSolution[] = [];
  const solutions = sampleSolutions(training, { completer, n: 4 });
  for await (const event of annotate(solutions, { completer, n: 8 }))
    if (event.type === "solution-end") results.push(event.result);
  // They come as they are finished; what is trained on them depends on their order.
  const nameOf = ({ problem, steps }: LabelledSolution) => [problem, ...steps].join("\n");
  results.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

  const right = new Map<string, (readonly string[])[]>();
  for (const { problem, steps, isAnswerRight } of results)
    if (isAnswerRight) right.set(problem, [...(right.get(problem) ?? []), steps]);
  let [steps, byCompletions, byRule] = [0, 0, 0];
  for (const result of results) {
    const wrong = truthOf(result);
    const others = (right.get(result.problem) ?? []).filter((each) => each !== result.steps);
    const rule = ruleValues(result.steps, others);
    for (const [i, value] of result.values.entries()) {
      const isGood = wrong < 0 || i < wrong ? 1 : 0;
      steps++;
      byCompletions += value === isGood ? 1 : 0;
      byRule += rule[i] === isGood ? 1 : 0;
    }
  }
  expect(byCompletions / steps).toBeGreaterThan(0.8);
  expect(byCompletions).toBeGreaterThan(byRule);

  const scorer = ngramScorer(
    trainNgramPrm(results.map((result) => ({ ...result, labels: result.values }))),
  );
  const pools: CheckedCandidate[][] = [];
  for (const { problem, answer } of held) {
    const { solutions: found } = await verify(problem, { completer, scorer, n: 16 });
    pools.push(found.map((each) => ({ ...each, correct: each.answer === answer })));
  }
  const accuracy = (method: "weighted" | "majority" | "best-of-n", n: number) =>
    bestOfNCurve(pools, { method, ns: [n] })[0]!.accuracy;
  const single = accuracy("weighted", 1);
  expect(accuracy("majority", 16)).toBeGreaterThan(single);
  expect(accuracy("weighted", 16)).toBeGreaterThanOrEqual(accuracy("majority", 16));
  expect(accuracy("best-of-n", 16)).toBeGreaterThan(single + 0.2);

  const rows = [];
  for await (const each of sampleSolutions(held, { completer, n: 3 })) {
    const label = truthOf(each);
    rows.push({ ...each, generator: "noisy", final_answer_correct: label < 0, label });
  }
  const exact = ngramScorer(
    trainNgramPrm(
      results.map((result) => {
        const wrong = truthOf(result);
        return { ...result, labels: result.steps.map((_, i) => wrong < 0 || i < wrong) };
      }),
    ),
  );
  const noisyF1 = (await evaluateProcessBench(rows, scorer)).f1;
  expect(noisyF1).toBeGreaterThan(0.2);
  expect((await evaluateProcessBench(rows, exact)).f1).toBeGreaterThan(noisyF1);
});
