import { join } from "node:path";
import type { RunEvent } from "@deepgrain/lab";
import { loadModel, saveModel } from "@deepgrain/lm";
import {
  annotate,
  type Completer,
  type LabelledSolution,
  type LabelStudy,
  labelStudy,
  type Solution,
  sampleSolutions,
} from "@deepgrain/prm";
import { saveStepRewardModel, worldPolicy } from "@deepgrain/prm/lm";
import { firstWrongStep, type WordProblem } from "@deepgrain/prm/world";
import { Generator, manualSeed } from "@deepgrain/tensor-gpu";
import {
  type Choice,
  type ChoiceMeasures,
  measureChoices,
  measureScores,
  type ScoreMeasures,
  type Scorer,
  sampleCandidates,
} from "./candidates";
import { completerOf, fineTune, problemsOf, solveGreedily, tokenizer } from "./policy";
import type { ShepherdSettings } from "./recipe";
import { trainRewardModel, untrainedRewardModel } from "./reward-models";

/** The result of the pipeline for one seed. */
export interface PipelineResult {
  /** 1 or 0 per held-out problem, answered greedily by the fine-tuned policy. */
  greedy: number[];
  greedySteps: number;
  choices: Record<Choice, ChoiceMeasures>;
  scores: Record<Scorer, ScoreMeasures>;
  labels: LabelStudy;
  /** Solutions and steps that the reward models were trained on, and the share of steps labelled good. */
  pool: { solutions: number; steps: number; good: number };
}

/** Where a seed's models are kept for the runs that learn from them. */
export const modelFolders = (artifacts: string, seed: number) => ({
  policy: join(artifacts, `seed-${seed}`, "policy"),
  prm: join(artifacts, `seed-${seed}`, "prm"),
  orm: join(artifacts, `seed-${seed}`, "orm"),
});

async function sampled(
  problems: readonly WordProblem[],
  options: { completer: Completer; n: number; seed: number; signal: AbortSignal },
): Promise<Solution[]> {
  const solutions: Solution[] = [];
  for await (const one of sampleSolutions(problems, { ...options, concurrency: 32 }))
    solutions.push(one);
  return solutions.sort((a, b) => a.id.localeCompare(b.id));
}

/** Labels the steps of solutions by completions of the policy; a step's second half is drawn where its first missed. */
async function labelled(
  solutions: readonly Solution[],
  options: { completer: Completer; n: number; seed: number; signal: AbortSignal },
): Promise<LabelledSolution[]> {
  const found: LabelledSolution[] = [];
  const batched = { ...options, callSize: options.n / 2, earlyStop: true, concurrency: 32 };
  for await (const event of annotate(solutions, batched))
    if (event.type === "solution-end") found.push(event.result);
  return found.sort((a, b) => a.id.localeCompare(b.id));
}

/** Whether a step of a solution is truly good. */
export function truthOf(problems: readonly WordProblem[]) {
  const known = new Map(problems.map((one) => [one.problem, one]));
  return ({ problem, steps }: Solution, step: number): boolean => {
    const wrong = firstWrongStep(known.get(problem)!, steps);
    return wrong < 0 || step < wrong;
  };
}

/** Room for the longest problem, all steps but one, and a whole solution after them. */
const POSITIONS = 256;

const says = (message: string): RunEvent => ({ type: "progress", message });

/** Fine-tunes, samples, annotates, trains both reward models, and verifies held-out problems. */
export async function* runPipeline(
  seed: number,
  {
    settings,
    signal,
    artifacts,
  }: { settings: ShepherdSettings; signal: AbortSignal; artifacts: string },
): AsyncGenerator<RunEvent, PipelineResult, void> {
  manualSeed(seed);
  const folders = modelFolders(artifacts, seed);
  const part = (name: "sft" | "pool" | "labels", count: number) =>
    problemsOf(name, count, settings, seed);
  const heldOut = problemsOf("heldOut", settings.heldOut, settings);
  const { hiddenSize, layers } = settings;
  const lessons = part("sft", settings.sftProblems);
  const generator = new Generator(seed);
  const fresh = worldPolicy(tokenizer, { hiddenSize, layers, positions: POSITIONS, generator });
  yield* fineTune(fresh, lessons, { steps: settings.sftSteps, seed, signal });
  await saveModel(folders.policy, fresh);
  fresh.dispose();
  const policy = await loadModel(folders.policy, { signal });
  policy.eval();
  const { solved: greedy, steps: greedySteps } = await solveGreedily(policy, heldOut, signal);
  const completer = completerOf(policy);
  yield says("sampling solutions");
  const common = { completer, seed, signal };
  const asked = { ...common, n: settings.poolSolutions };
  const solutions = await sampled(part("pool", settings.poolProblems), asked);
  yield says(`annotating ${solutions.length} solutions`);
  const rows = await labelled(solutions, { ...common, n: settings.completions });
  const training = { steps: settings.rewardSteps, seed, signal };
  const process = { ...training, target: "process" } as const;
  const prm = yield* trainRewardModel(folders.policy, rows, process);
  const outcome = { ...training, target: "outcome" } as const;
  const orm = yield* trainRewardModel(folders.policy, rows, outcome);
  await saveStepRewardModel(folders.prm, prm, { target: "process" });
  await saveStepRewardModel(folders.orm, orm, { target: "outcome" });
  yield says("comparing labels with the truth");
  const known = part("labels", settings.labelSolutions);
  const labels = await labelStudy(await sampled(known, { ...common, n: 1 }), truthOf(known), {
    completer,
    n: settings.labelCompletions,
    signal,
  });
  yield says(`verifying ${heldOut.length} problems`);
  const unlabelled = await untrainedRewardModel(folders.policy, signal);
  const models = { prm, orm, unlabelled };
  const pools = await sampleCandidates(heldOut, { ...common, count: settings.candidates, models });
  const values = rows.flatMap((row) => row.values.filter((value) => value !== null));
  const result = {
    greedy,
    greedySteps,
    labels,
    choices: measureChoices(pools),
    scores: measureScores(pools, heldOut),
    pool: {
      solutions: rows.length,
      steps: values.length,
      good: values.filter((value) => value > 0).length / values.length,
    },
  };
  for (const model of [policy, prm, orm, unlabelled]) model.dispose();
  return result;
}
