import { study, type Variant } from "@deepgrain/lab";
import { labelStudy, splitSteps } from "@deepgrain/prm";
import { constantSolver, noisySolver } from "@deepgrain/prm/world";
import type { ComparisonRequest, OpenedComparison } from "../shared/comparison";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import { claims, learnings, unasked } from "./claims";
import { finding } from "./finding";
import { gates } from "./gate";
import { experiments, introduction } from "./introduction";
import { type Learning, learnFromRewards } from "./learn-from-rewards";
import { problemsOf } from "./policy";
import { type ShepherdSettings, shepherdSettings } from "./recipe";
import { picture, sections, summaryText } from "./report";
import { parseResult } from "./results";
import { runLearner, runVerification } from "./run-pipeline";
import { runPolicy, truthOf } from "./run-policy";

/** A solver whose completions reach the answer from right prefixes half of the time, and from wrong ones rarely. */
const CONSTANT = { goodHit: 0.5, badHit: 0.05 };

/** Labels by a solver with constant hit rates, for which the formula of section 5.1 is exact. */
async function measureSolver(settings: ShepherdSettings, seed: number, signal: AbortSignal) {
  const world = { ...settings, ...settings.verification };
  const problems = problemsOf("solver", 16 * settings.labelSolutions, world, seed);
  const writer = noisySolver(problems, { slip: 0.2 });
  const solutions = await Promise.all(
    problems.map(async ({ id, problem, answer }) => {
      const [made] = await writer({ problem, steps: [] }, { seeds: [seed] });
      const text = typeof made === "string" ? made : made!.text;
      return { id, problem, steps: splitSteps(text), gold: answer };
    }),
  );
  const completer = constantSolver(problems, CONSTANT);
  return labelStudy(solutions, truthOf(problems), {
    completer,
    n: settings.labelCompletions,
    signal,
  });
}

const learningVariants = (Object.keys(learnings) as Learning[]).map((id) => ({
  id,
  name: learnings[id],
  after: ["learner"],
  weight: 4,
}));

const variants: readonly Variant[] = [
  { id: "policy", name: "policy of the verification", experiments: ["E-1", "E-4"], weight: 4 },
  { id: "solver", name: "solver with constant hit rates", experiments: ["E-1"], weight: 0.2 },
  { id: "verification", name: "verification", after: ["policy"], experiments: ["E-4"], weight: 6 },
  { id: "learner", name: "policy that learns", experiments: ["E-9"], weight: 8 },
  ...learningVariants,
];

/** Math-Shepherd in miniature: labels, reward models, choices and learning on word problems whose steps are known. */
export const mathShepherd = study({
  name: "math-shepherd",
  ...introduction,
  module: studyModule("math-shepherd"),
  exportName: "mathShepherd",
  settings: shepherdSettings.default,
  experiments,
  variants,
  async *run({ id }, seed, { settings, signal, threads, artifacts }) {
    limitThreads(threads);
    const setup = { settings, signal, artifacts };
    if (id === "solver") return { solver: await measureSolver(settings, seed, signal) };
    if (id === "policy") return { policy: yield* runPolicy(seed, setup) };
    if (id === "verification") return { verification: yield* runVerification(seed, setup) };
    if (id === "learner") return { learner: yield* runLearner(seed, setup) };
    return { learned: yield* learnFromRewards(id as Learning, seed, setup) };
  },
  parse: parseResult,
  claims,
  gates,
  unasked,
  finding,
  picture,
  sections,
});

/** Opens the study. */
export const open = ({ size }: ComparisonRequest): OpenedComparison => ({
  study: mathShepherd,
  settings: shepherdSettings[size],
  text: summaryText,
});
