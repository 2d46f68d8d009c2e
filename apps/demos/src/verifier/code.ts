import { literal } from "../share/program";
import { stepsOf } from "./calculation";
import { MOST } from "./limits";
import { operators, readMade } from "./made";
import { heldOut, madeProblem } from "./school";
import { address } from "./state";

/** A program that makes a verifier and tries it on a problem, and on the visitor's solution, as the page does. */
export function codeOf({ n, problem, made, solution, seed } = address.state.value): string {
  const own = made === "" ? undefined : readMade(made)!;
  const known = own ? madeProblem(own) : heldOut[problem - 1]!;
  const steps = solution === "" ? [] : stepsOf(solution, known.steps);
  const changes = own?.changes.map(({ name, right }) => ({ operator: operators[name], right }));
  const names = [
    "annotate",
    "sampleSolutions",
    ...(steps.length ? ["scoreSteps"] : []),
    "select",
    "verify",
  ];
  return `import { ${names.join(", ")} } from "@deepgrain/prm";
import { ${own ? "chainProblem, " : ""}generateProblem, ngramScorer, noisySolver, trainNgramPrm } from "@deepgrain/prm/world";

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

const known = ${own ? `chainProblem(${own.first}, ${literal(changes)})` : `generateProblem(${100_000 + problem - 1})`};
const { problem, answer } = known;
const asked = { completer: noisySolver([known], solving), scorer, n: ${MOST} };
const written = (await verify(problem, asked)).solutions.slice(0, ${n});
console.log(problem);
console.log("right", answer);
console.log("majority", written[select(written, "majority").index].answer);
console.log("weighted", written[select(written, "weighted").index].answer);
${
  steps.length === 0
    ? ""
    : `
const own = ${literal(steps)};
console.log("lines", ...(await scoreSteps(scorer, problem, own)));
`
}`;
}
