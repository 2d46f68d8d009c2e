import { AlignError, type Answer, ppo, rft, ValueModel } from "@deepgrain/align";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import { checkAnswer } from "@deepgrain/prm";
import { lmScorer, loadStepRewardModel } from "@deepgrain/prm/lm";
import type { WordProblem } from "@deepgrain/prm/world";
import { takeTurn } from "@deepgrain/support";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { scorerReward } from "../shared/training/step-reward";
import {
  measureChoices,
  sampleTexts,
  scoreCandidates,
  type VerifiedChoice,
  verifiedChoices,
} from "./candidates";
import { learningFolders, type ModelFolders } from "./model-folders";
import {
  ANSWER_TOKENS,
  completerOf,
  problemsOf,
  promptIds,
  sftShape,
  solveGreedily,
  tokenizer,
} from "./policy";
import type { LearningSettings, ShepherdSettings } from "./recipe";
import { encode, untrainedRewardModel } from "./reward-models";

/** The result of learning from rewards. */
export interface LearnedResult {
  /** 1 or 0 per held-out problem, answered greedily. */
  solved: number[];
  /** Mean steps of those answers. */
  steps: number;
  /** Mean reward, or share of right answers, at the first and the last round. */
  firstReward: number;
  lastReward: number;
  /**
   * 1 or 0 per held-out problem, answered by a choice among sampled solutions that the reward models of the same seed score; of
   * step-wise PPO alone.
   */
  verified?: Record<VerifiedChoice, number[]> | undefined;
  /** Nats per answer to the fine-tuned policy in the last round; 0 for RFT, which does not measure it. */
  kl: number;
}

/** Ways to learn without solutions: from right answers, from an outcome score, from step scores. */
export type Learning = "rft" | "ppo-outcome" | "ppo-step";

interface Setup {
  policy: CausalLM;
  problems: readonly WordProblem[];
  settings: LearningSettings;
  candidates: number;
  folders: ModelFolders;
  seed: number;
  signal: AbortSignal;
}

type Rewards = Pick<LearnedResult, "firstReward" | "lastReward" | "kl">;

const sampling = { maxNewTokens: ANSWER_TOKENS, eosTokenId: tokenizer.eosTokenId };

/** Fine-tunes on the policy's own right answers. */
async function* byRejection(setup: Setup): AsyncGenerator<RunEvent, Rewards, void> {
  const { policy, problems, settings, seed, signal } = setup;
  const reward = (answers: readonly Answer[]) =>
    answers.map(({ ids, prompt }) =>
      checkAnswer(tokenizer.decode(ids), problems[prompt]!.answer).correct ? 1 : 0,
    );
  const asked = problems.map(promptIds);
  const steps = settings.rftSteps;
  const lr = optim.cosineSchedule({ peak: 1e-3, warmup: 10, total: steps, floor: 1e-4 });
  let share = 0;
  try {
    for await (const event of rft(policy, asked, {
      reward,
      groupSize: settings.rftSamples,
      promptsPerCall: problems.length,
      ...sampling,
      sft: { ...sftShape, steps, lr, seed },
      signal,
    })) {
      if (event.type === "round-start") share = event.reward;
      if (event.type !== "round-event" || event.event.type !== "step-end") continue;
      const { step } = event.event;
      yield { type: "progress", done: step / steps, message: `RFT step ${step}` };
      await takeTurn();
    }
  } catch (error) {
    // A policy without a single right answer has nothing to learn from, and stays as it is.
    if (!AlignError.isInstance(error) || error.code !== "ERR_MISSING") throw error;
  }
  return { firstReward: share, lastReward: share, kl: 0 };
}

/** Updates per round of PPO, each on all of its answers. */
const EPOCHS = 2;

/** Moves and λ of each reward, tuned on a seed that is not compared: step rewards pay for whole steps, soon after them. */
const CREDIT = {
  process: { moves: "steps", lambda: 0.3 },
  outcome: { moves: "tokens", lambda: 1 },
} as const;

/** A policy whose value head begins at zero: the noise of an untrained one moves models of this size more than rewards do. */
function valueModelOf(policy: CausalLM): ValueModel {
  const model = new ValueModel(policy);
  for (const part of model.value.parameters()) part.set(new Float32Array(part.size));
  return model;
}

/** Learns from a reward model: each step's score, or the answer's alone. */
async function* byPpo(
  target: "process" | "outcome",
  { policy, problems, settings, folders, seed, signal }: Setup,
): AsyncGenerator<RunEvent, Rewards, void> {
  const { model: judge } = await loadStepRewardModel(folders[target === "process" ? "prm" : "orm"]);
  const reference = await loadModel(folders.policy, { signal });
  const steps = settings.ppoRounds * EPOCHS;
  const lr = optim.cosineSchedule({
    peak: settings.ppoRate,
    warmup: 8,
    total: steps,
    floor: settings.ppoRate / 10,
  });
  const reward = scorerReward({
    scorer: lmScorer(judge, { encode, batchSize: 64, padTokenId: tokenizer.eosTokenId }),
    problems: problems.map(({ problem }) => problem),
    decode: tokenizer.decode,
    target,
    credit: "centred",
    signal,
  });
  const learner = valueModelOf(policy);
  const seen: Record<string, number>[] = [];
  for await (const event of ppo(learner, problems.map(promptIds), {
    reward,
    reference,
    steps,
    lr,
    batchSize: settings.ppoPrompts,
    groupSize: 1,
    epochs: EPOCHS,
    valueCoefficient: 0.5,
    klCoefficient: settings.ppoKl,
    ...CREDIT[target],
    ...sampling,
    padTokenId: tokenizer.eosTokenId,
    seed,
    signal,
  })) {
    if (event.type !== "step-end") continue;
    seen.push(event.scalars);
    const { reward: own, kl } = event.scalars;
    const message = `PPO reward ${own!.toFixed(3)}, KL ${kl!.toFixed(3)}`;
    yield { type: "progress", done: event.step / steps, message };
    await takeTurn();
  }
  for (const model of [judge, reference]) model.dispose();
  return { firstReward: seen[0]!.reward!, lastReward: seen.at(-1)!.reward!, kl: seen.at(-1)!.kl! };
}

/** Samples solutions of held-out problems by a policy, and chooses among them by the seed's reward models. */
async function verify(
  { policy, candidates: count, folders, seed, signal }: Setup,
  heldOut: readonly WordProblem[],
): Promise<Record<VerifiedChoice, number[]>> {
  const [{ model: prm }, { model: orm }, unlabelled] = await Promise.all([
    loadStepRewardModel(folders.prm),
    loadStepRewardModel(folders.orm),
    untrainedRewardModel(folders.policy, signal),
  ]);
  const models = { prm, orm, unlabelled };
  const completer = completerOf(policy);
  const texts = await sampleTexts(heldOut, { completer, count, seed, signal });
  const measured = measureChoices(await scoreCandidates(heldOut, texts, { models, signal }));
  for (const model of Object.values(models)) model.dispose();
  return Object.fromEntries(verifiedChoices.map((id) => [id, measured[id].solved])) as Record<
    VerifiedChoice,
    number[]
  >;
}

/** Trains the fine-tuned policy of a seed on problems without solutions, and answers held-out ones greedily. */
export async function* learnFromRewards(
  how: Learning,
  seed: number,
  given: { settings: ShepherdSettings; signal: AbortSignal; artifacts: string },
): AsyncGenerator<RunEvent, LearnedResult, void> {
  const { signal, artifacts } = given;
  const { candidates, learning, ...world } = given.settings;
  const settings = { ...world, ...learning };
  manualSeed(seed);
  const folders = learningFolders(artifacts, seed);
  const policy = await loadModel(folders.policy, { signal });
  const problems = problemsOf("rl", settings.rlProblems, settings, seed);
  const setup = { policy, problems, settings, candidates, folders, seed, signal };
  const rewards =
    how === "rft"
      ? yield* byRejection(setup)
      : yield* byPpo(how === "ppo-step" ? "process" : "outcome", setup);
  policy.eval();
  const heldOut = problemsOf("heldOut", settings.heldOut, settings);
  const { solved, steps } = await solveGreedily(policy, heldOut, signal);
  if (how === "ppo-step")
    yield { type: "progress", message: `verifying ${heldOut.length} problems` };
  const verified = how === "ppo-step" ? await verify(setup, heldOut) : undefined;
  policy.dispose();
  return { solved, steps, ...rewards, verified };
}
