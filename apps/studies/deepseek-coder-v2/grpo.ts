/** @file Experiment *grpo*: what a policy learns from full tests, a weak test, a reward model, and filtered samples. */
import {
  type Answer,
  acceptedSamples,
  grpo,
  type JudgedAnswer,
  type RewardFunction,
  RewardLearner,
  RewardModel,
  sampleAnswers,
  scoreAnswers,
  sft,
  trainPointwiseReward,
} from "@deepgrain/align";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";
import { type ArrayJudge, arrayJudge } from "./array-judge";
import type { ArraySpecification } from "./array-tasks";
import { PAD, promptIds } from "./array-tokens";
import {
  type Context,
  functionsOf,
  measurePolicy,
  POSITIONS,
  type PolicyResult,
  policyFolder,
  sampling,
} from "./policy";

/** The source of the policy's rewards. */
export const rewards = {
  full: "full tests",
  weak: "one weak test",
  model: "reward model",
  relearned: "reward model, retrained with replay",
  rft: "online RFT on full tests",
} as const;
export type RewardArm = keyof typeof rewards;

const BETA = 0.02;
const RATE = 3e-4;

/** A reward model of the policy's size, trained on full verdicts of other functions' answers. */
async function newRewardModel(
  seed: number,
  judged: readonly ArraySpecification[],
  { settings, signal, artifacts, judge }: Context & { judge: ArrayJudge },
): Promise<{ model: RewardModel; seen: JudgedAnswer[] }> {
  const backbone = await loadModel(policyFolder(artifacts, seed), { signal });
  const prompts = judged.map(promptIds);
  const answers = await sampleAnswers(backbone, prompts, {
    ...sampling,
    groupSize: 2,
    seed: [seed, 31],
    signal,
  });
  const labels = await judge.verdicts(judged, answers, "full");
  const seen = answers.map(({ promptIds: asked, ids }, i) => ({
    promptIds: asked,
    ids,
    label: labels[i]!,
  }));
  const model = new RewardModel(backbone, { generator: new Generator(seed + 7) });
  const config = {
    steps: settings.rewardSteps,
    lr: 1e-3,
    batchSize: 16,
    padTokenId: PAD,
    seed,
    signal,
  };
  for await (const _ of trainPointwiseReward(model, seen, config));
  return { model, seen };
}

interface Training extends Context {
  seed: number;
  judge: ArrayJudge;
  train: readonly ArraySpecification[];
  heldOut: readonly ArraySpecification[];
  judged: readonly ArraySpecification[];
}

/** The reward of an arm, and what learns between iterations. */
async function rewardOf(
  arm: Exclude<RewardArm, "rft">,
  { judge, train, judged, seed, ...context }: Training,
): Promise<{ reward: RewardFunction; learner?: RewardLearner }> {
  if (arm === "full" || arm === "weak")
    return { reward: (answers) => judge.verdicts(train, answers, arm) };
  const { model, seen } = await newRewardModel(seed, judged, { ...context, judge });
  if (arm === "model")
    return { reward: (answers) => scoreAnswers(model, answers, { padTokenId: PAD }) };
  const { relearnSteps: steps } = context.settings;
  const learner = new RewardLearner(model, {
    judge: (answers) => judge.verdicts(train, answers, "full"),
    train: { steps, lr: 5e-4, batchSize: 16, padTokenId: PAD, seed },
    seen,
  });
  return { reward: learner.reward, learner };
}

/** Points of a curve over a training. */
const POINTS = 5;

/** Trains by GRPO; each point has the arm's own reward and the share of held-out answers that pass all tests. */
async function* byGrpo(
  model: CausalLM,
  arm: Exclude<RewardArm, "rft">,
  training: Training,
): AsyncGenerator<RunEvent, PolicyResult["curve"], void> {
  const { settings, signal, artifacts, seed, judge, train, heldOut } = training;
  const { grpoSteps: steps, grpoPrompts, grpoGroup, relearnEvery } = settings;
  const { reward, learner } = await rewardOf(arm, training);
  const curve: PolicyResult["curve"] = [];
  let last = 0;
  const events = grpo(model, train.map(promptIds), {
    ...sampling,
    steps,
    lr: RATE,
    batchSize: grpoPrompts,
    groupSize: grpoGroup,
    beta: BETA,
    reference: await loadModel(policyFolder(artifacts, seed), { signal }),
    reward,
    padTokenId: PAD,
    seed,
    signal,
    iterations: learner && { rounds: relearnEvery, learn: learner.learn, replaceReference: false },
    evaluation: {
      everySteps: Math.max(1, Math.floor(steps / POINTS)),
      prompts: heldOut.map(promptIds),
      groupSize: 2,
      reward: (answers: readonly Answer[]) => judge.verdicts(heldOut, answers, "full"),
    },
  });
  for await (const event of events) {
    if (event.type === "step-end") {
      last = event.scalars.reward!;
      const message = `${rewards[arm]}, reward ${last.toFixed(3)}`;
      yield { type: "progress", done: (0.9 * event.step) / steps, message };
    }
    if (event.type === "eval-end")
      curve.push({ step: event.step, reward: last, passAt1: event.scalars.reward! });
  }
  return curve;
}

/** Online rejection fine-tuning: each round trains on the right answers of as many samples as a step of GRPO. */
async function* byRft(
  model: CausalLM,
  { settings, signal, seed, judge, train, heldOut }: Training,
): AsyncGenerator<RunEvent, PolicyResult["curve"], void> {
  const { grpoSteps: steps, grpoPrompts, grpoGroup } = settings;
  const curve: PolicyResult["curve"] = [];
  const every = Math.max(1, Math.floor(steps / POINTS));
  for (let step = 1; step <= steps; step++) {
    const at = ((step - 1) * grpoPrompts) % Math.max(1, train.length - grpoPrompts);
    const own = train.slice(at, at + grpoPrompts);
    const options = { ...sampling, groupSize: grpoGroup, seed: [seed, step, 41], signal };
    const answers = await sampleAnswers(model, own.map(promptIds), options);
    const right = await judge.verdicts(own, answers, "full");
    const samples = acceptedSamples(answers, right);
    const config = {
      steps: 1,
      lr: RATE,
      seed: seed + step,
      sequenceLength: POSITIONS,
      packing: "whole" as const,
      signal,
    };
    if (samples.length > 0)
      for await (const _ of sft(model, samples, { ...config, batchSize: 16, padTokenId: PAD }));
    const reward = right.reduce((sum, x) => sum + x, 0) / right.length;
    const message = `${rewards.rft}, reward ${reward.toFixed(3)}`;
    yield { type: "progress", done: (0.9 * step) / steps, message };
    if (step % every !== 0 && step !== steps) continue;
    const { passAt1 } = await measurePolicy(model, heldOut, { judge, samples: 2, signal });
    curve.push({ step, reward, passAt1 });
  }
  return curve;
}

/** Trains the stored policy of a seed by an arm's reward. @returns the policy and its curve */
export async function* trainByReward(
  arm: RewardArm,
  seed: number,
  { judge, ...context }: Context & { judge: ArrayJudge },
): AsyncGenerator<RunEvent, { model: CausalLM; curve: PolicyResult["curve"] }, void> {
  const { settings, signal, artifacts } = context;
  const model = await loadModel(policyFolder(artifacts, seed), { signal });
  const training = { ...functionsOf(settings, seed), ...context, seed, judge };
  const curve = arm === "rft" ? yield* byRft(model, training) : yield* byGrpo(model, arm, training);
  return { model, curve };
}

/** Trains the policy by an arm's reward, and measures it by full tests. */
export async function* runRewardArm(
  arm: RewardArm,
  seed: number,
  context: Context,
): AsyncGenerator<RunEvent, PolicyResult, void> {
  const { settings, signal } = context;
  const judge = arrayJudge();
  try {
    const { model, curve } = yield* trainByReward(arm, seed, { ...context, judge });
    const { heldOut } = functionsOf(settings, seed);
    const measured = await measurePolicy(model, heldOut, {
      judge,
      samples: settings.samples,
      signal,
    });
    model.dispose();
    return { ...measured, curve, programs: judge.programs() };
  } finally {
    judge.dispose();
  }
}
