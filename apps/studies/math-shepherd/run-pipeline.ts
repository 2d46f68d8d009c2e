import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import type { LabelledSolution } from "@deepgrain/prm";
import { type StepRewardModel, saveStepRewardModel } from "@deepgrain/prm/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import {
  type Choice,
  type ChoiceMeasures,
  measureChoices,
  measureScores,
  type ScoreMeasures,
  type Scorer,
  scoreCandidates,
} from "./candidates";
import { learningFolders, type ModelFolders, verificationFolders } from "./model-folders";
import { completerOf, problemsOf, solveGreedily, trainPolicy } from "./policy";
import { labelled, sampled } from "./pool";
import type { PolicySettings, ShepherdSettings } from "./recipe";
import { trainRewardModel, untrainedRewardModel } from "./reward-models";
import { type RunInput, readTexts } from "./run-policy";

/** The result of verification for one seed. */
export interface VerificationResult {
  choices: Record<Choice, ChoiceMeasures>;
  scores: Record<Scorer, ScoreMeasures>;
  /** Solutions and steps that the reward models were trained on, and the share of steps labelled good. */
  pool: { solutions: number; steps: number; good: number };
}

/** The policy that learns from rewards as it is before: 1 or 0 per held-out problem, answered greedily, and its mean steps. */
export interface LearnerResult {
  greedy: number[];
  greedySteps: number;
}

const says = (message: string): RunEvent => ({ type: "progress", message });

interface Judges {
  rows: LabelledSolution[];
  prm: StepRewardModel;
  orm: StepRewardModel;
}

/** Annotates solutions of a policy, trains both reward models on them, and saves these. */
async function* trainJudges(
  policy: CausalLM,
  settings: ShepherdSettings & PolicySettings,
  { folders, seed, signal }: { folders: ModelFolders; seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, Judges, void> {
  const common = { completer: completerOf(policy, settings.temperature), seed, signal };
  yield says("sampling solutions");
  const problems = problemsOf("pool", settings.poolProblems, settings, seed);
  const solutions = await sampled(problems, { ...common, n: settings.poolSolutions });
  yield says(`annotating ${solutions.length} solutions`);
  const rows = await labelled(solutions, { ...common, n: settings.completions });
  const { process, outcome } = settings.rewardRates;
  const training = { steps: settings.rewardSteps, seed, signal };
  const asProcess = { ...training, target: "process", peak: process } as const;
  const prm = yield* trainRewardModel(folders.policy, rows, asProcess);
  const asOutcome = { ...training, target: "outcome", peak: outcome } as const;
  const orm = yield* trainRewardModel(folders.policy, rows, asOutcome);
  await saveStepRewardModel(folders.prm, prm, { target: "process" });
  await saveStepRewardModel(folders.orm, orm, { target: "outcome" });
  return { rows, prm, orm };
}

/** Annotates, trains both reward models, and verifies the solutions that the seed's policy wrote to held-out problems. */
export async function* runVerification(
  seed: number,
  { settings: all, signal, artifacts }: RunInput,
): AsyncGenerator<RunEvent, VerificationResult, void> {
  manualSeed(seed);
  const settings = { ...all, ...all.verification };
  const folders = verificationFolders(artifacts, seed);
  const policy = await loadModel(folders.policy, { signal });
  policy.eval();
  const { rows, prm, orm } = yield* trainJudges(policy, settings, { folders, seed, signal });
  const heldOut = problemsOf("heldOut", settings.heldOut, settings);
  yield says(`verifying ${heldOut.length} problems`);
  const unlabelled = await untrainedRewardModel(folders.policy, signal);
  const models = { prm, orm, unlabelled };
  const pools = await scoreCandidates(heldOut, await readTexts(folders), { models, signal });
  const values = rows.flatMap((row) => row.values.filter((value) => value !== null));
  for (const model of [policy, prm, orm, unlabelled]) model.dispose();
  return {
    choices: measureChoices(pools),
    scores: measureScores(pools, heldOut),
    pool: {
      solutions: rows.length,
      steps: values.length,
      good: values.filter((value) => value > 0).length / values.length,
    },
  };
}

/** Trains the policy that learns from rewards, and the reward models of its solutions. */
export async function* runLearner(
  seed: number,
  { settings: all, signal, artifacts }: RunInput,
): AsyncGenerator<RunEvent, LearnerResult, void> {
  manualSeed(seed);
  const settings = { ...all, ...all.learning };
  const folders = learningFolders(artifacts, seed);
  const policy = yield* trainPolicy(folders.policy, settings, { seed, signal });
  const heldOut = problemsOf("heldOut", settings.heldOut, settings);
  const { solved, steps } = await solveGreedily(policy, heldOut, signal);
  const { prm, orm } = yield* trainJudges(policy, settings, { folders, seed, signal });
  for (const model of [policy, prm, orm]) model.dispose();
  return { greedy: solved, greedySteps: steps };
}
