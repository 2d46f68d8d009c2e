import { address } from "./state";

/** A program that makes a verifier and tries it on a problem as the page does. */
export function codeOf({ n, problem, seed } = address.state.value): string {
  return `import { annotate, sampleSolutions, select, verify } from "@deepgrain/prm";
import { generateProblem, ngramScorer, noisySolver, trainNgramPrm } from "@deepgrain/prm/world";

const solving = { slip: 0.3, recover: 0.02 }; // how often the solver slips in a step
const problemsFrom = (start, count) => Array.from({ length: count }, (_, i) => generateProblem(start + i));

// A step is worth what completions from it reach.
const problems = problemsFrom(${1000 * seed}, 300);
const teacher = noisySolver(problems, solving);
const solutions = sampleSolutions(problems, { completer: teacher, n: 2, seed: ${seed} });
const rows = [];
for await (const event of annotate(solutions, { completer: teacher, n: 8, seed: ${seed} }))
  if (event.type === "solution-end") rows.push({ ...event.result, labels: event.result.values });
rows.sort((a, b) => (a.id < b.id ? -1 : 1));
const scorer = ngramScorer(trainNgramPrm(rows, { seed: ${seed} }));

const heldOut = problemsFrom(100_000, 60);
const { problem, answer } = heldOut[${problem - 1}];
const asked = { completer: noisySolver(heldOut, solving), scorer, n: 32 };
const written = (await verify(problem, asked)).solutions.slice(0, ${n});
console.log(problem);
console.log("right", answer);
console.log("majority", written[select(written, "majority").index].answer);
console.log("weighted", written[select(written, "weighted").index].answer);
`;
}
