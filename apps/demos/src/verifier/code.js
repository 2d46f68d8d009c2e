import { annotate, sampleSolutions, verify } from "@deepgrain/prm";
import { generateProblem, ngramScorer, noisySolver, trainNgramPrm } from "@deepgrain/prm/world";

const problems = Array.from({ length: 200 }, (_, seed) => generateProblem(seed));
const completer = noisySolver(problems, { slip: 0.3 }); // in place of your model
const [asked, ...others] = problems;
const solutions = sampleSolutions(others, { completer, n: 2 });

const rows = []; // a step is worth what completions from it reach
for await (const event of annotate(solutions, { completer, n: 8 }))
  if (event.type === "solution-end") rows.push({ ...event.result, labels: event.result.values });
rows.sort((a, b) => (a.id < b.id ? -1 : 1));
const scorer = ngramScorer(trainNgramPrm(rows));

const found = await verify(asked.problem, { completer, scorer, n: 16 });
const voted = await verify(asked.problem, { completer, n: 16 });
console.log("verifier", found.answer, "majority", voted.answer, "right", asked.answer);
const [first] = found.solutions;
console.log(first.steps.length === first.stepScores.length); // true: a score per step
