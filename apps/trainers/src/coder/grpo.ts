import { join } from "node:path";
import { type GrpoConfig, grpo as trainGrpo } from "@deepgrain/align";
import type { Task } from "@deepgrain/coder";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { driveAlign } from "@deepgrain/command-line/trainings/drive-align";
import {
  paddingOf,
  prepare,
  saveTrained,
  splitRows,
  trainingOptions,
} from "@deepgrain/command-line/trainings/prepare-align";
import { loadModel, type Tokenizer } from "@deepgrain/lm";
import { type Fingerprint, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { FitEvent } from "@deepgrain/trainer";
import type { grpoFlags } from "./flags";
import { ROLLOUTS } from "./flags";
import { type OpenJudge, openJudge } from "./open-judge";
import { type RolloutFile, rolloutFile } from "./rollout-file";
import { openTasks } from "./task-file";
import { checkRewards, openRewards, testReward } from "./task-rewards";

/** Functions of the built-in family. */
const BUILT_IN = 1000;

/** A task's prompt as token ids. @throws {UsageError} for one that leaves no room for an answer */
function encodeTask(task: Task, tokenizer: Tokenizer, room: number): number[] {
  const ids = tokenizer.encode(task.prompt);
  if (ids.at(-1) === tokenizer.eosTokenId) ids.pop();
  if (ids.length > 0 && ids.length <= room) return ids;
  throw new UsageError(
    `--tasks: the prompt of ${task.id} has ${ids.length} tokens, at most ${room} fit beside an answer`,
  );
}

/** Events of which the first tells the log of rollouts where to go on. */
async function* rewinding(
  events: AsyncIterable<FitEvent>,
  log: RolloutFile,
  updates: number,
): AsyncGenerator<FitEvent> {
  for await (const event of events) {
    if (event.type === "train-start") await log.rewind(Math.ceil(event.step / updates));
    yield event;
  }
}

/** @throws {UsageError} for a task whose programs must not be rewarded */
function refuseUntested(tasks: readonly Task[]): void {
  const other = tasks.find(({ language }) => !/^(?:javascript|typescript)$/i.test(language));
  if (other)
    throw new UsageError(
      `--tasks: ${other.id} is in ${other.language}; only JavaScript and TypeScript run where a program cannot reach its own tests, give --language`,
    );
}

type Given = Values<typeof grpoFlags>;

/** Settings that decide the result, beside those of all trainings. */
const settingsOf = (given: Given) => ({
  beta: given.beta,
  updates: given.updates,
  maskTruncated: given.maskTruncated,
  instructions: given.instructions,
  groupSize: given.groupSize ?? null,
  maxNewTokens: given.maxNewTokens,
  temperature: given.temperature,
  heldOut: given.heldOut,
  heldOutSamples: given.heldOutSamples,
  reward: given.reward,
  testWeight: given.testWeight,
  modelWeight: given.modelWeight,
  learnEvery: given.learnEvery ?? null,
  learnSteps: given.learnSteps,
  learnLr: given.learnLr,
  rollouts: given.rollouts,
  dtype: given.dtype,
  language: given.language ?? null,
});

type Split = ReturnType<typeof splitRows<Task>>;

/** Claims the output folder and loads the model; prompts of both parts of the tasks are its rows. */
async function prepareTasks(
  given: Given,
  split: Split,
  fingerprint: Fingerprint,
  { signal, claim }: CommandContext,
) {
  const { rewardModel, maxNewTokens } = given;
  return prepare(given, {
    group: "coder",
    command: "grpo",
    settings: settingsOf(given),
    data: {
      tasks: fingerprint,
      rewardModel: rewardModel === undefined ? null : await fingerprintModel(rewardModel),
    },
    files: [ROLLOUTS],
    state: [ROLLOUTS],
    signal,
    claim,
    encode(own, { maxLength }) {
      const encode = (task: Task) => encodeTask(task, own, maxLength - maxNewTokens);
      return { train: split.train.map(encode), heldOut: split.heldOut.map(encode) };
    },
  });
}

type PreparedTasks = Awaited<ReturnType<typeof prepareTasks>>;

/** The reference's part of the options: none is needed with factors, which are left out for it. */
async function referenceOf(
  { beta, learnEvery, model, dtype }: Given,
  { lora }: PreparedTasks,
  signal: AbortSignal,
): Promise<Pick<GrpoConfig, "reference"> & { replaces: boolean }> {
  const replaces = !lora && beta > 0;
  if (replaces && learnEvery !== undefined && dtype !== "float32")
    throw new UsageError("--learn-every replaces the reference, which needs --dtype float32");
  const reference = replaces ? await loadModel(model, { dtype, signal }) : undefined;
  return { reference, replaces: replaces && learnEvery !== undefined };
}

/** The options of the training. */
async function optionsOf(
  given: Given,
  { split, prepared, judge }: { split: Split; prepared: PreparedTasks; judge: OpenJudge },
  signal: AbortSignal,
): Promise<GrpoConfig> {
  const { tokenizer, lora, checkpoints, rows: prompts } = prepared;
  const judged = (some: readonly Task[]) => testReward(some, { tokenizer, judge });
  const rewards = await openRewards(given, judged(split.train), {
    tokenizer,
    seed: given.seed,
    signal,
  });
  const { reference, replaces } = await referenceOf(given, prepared, signal);
  const { learnEvery, rollouts, out } = given;
  const common = trainingOptions(given, { checkpoints, signal });
  return {
    ...common,
    checkpoint: common.checkpoint && { ...common.checkpoint, parts: rewards.parts },
    reward: rewards.reward,
    reference,
    lora,
    beta: given.beta,
    updates: given.updates,
    groupSize: given.groupSize ?? 8,
    maxNewTokens: given.maxNewTokens,
    temperature: given.temperature,
    maskTruncated: given.maskTruncated,
    padTokenId: paddingOf(tokenizer),
    eosTokenId: tokenizer.eosTokenId ?? null,
    log: rollouts
      ? { write: rolloutFile(join(out, ROLLOUTS)).write, decode: (ids) => tokenizer.decode(ids) }
      : undefined,
    evaluation:
      prompts.heldOut.length === 0
        ? undefined
        : {
            everySteps: given.evaluateEvery,
            prompts: prompts.heldOut,
            groupSize: given.heldOutSamples,
            reward: judged(split.heldOut),
          },
    iterations:
      learnEvery === undefined
        ? undefined
        : { rounds: learnEvery, learn: rewards.learner?.learn, replaceReference: replaces },
  };
}

/** `coder grpo`. */
export const grpo: RunCommand<typeof grpoFlags> = async (given, context) => {
  const { out, updates, instructions, rollouts, json } = given;
  checkRewards(given);
  const { tasks, fingerprint } = await openTasks(given, { count: BUILT_IN });
  refuseUntested(tasks);
  const split = splitRows(tasks, given.heldOut);
  const prepared = await prepareTasks(given, split, fingerprint, context);
  const judge = openJudge({ instructions });
  try {
    const options = await optionsOf(given, { split, prepared, judge }, context.signal);
    const events = trainGrpo(prepared.model, prepared.rows.train, options);
    const followed = rollouts
      ? rewinding(events, rolloutFile(join(out, ROLLOUTS)), updates)
      : events;
    const outcome = await driveAlign(followed, { stage: "grpo", title: "GRPO", out }, context);
    await saveTrained(given, prepared);
    await context.assertOutputs();
    const passAt1 = outcome.heldOut?.reward ?? null;
    const shown = passAt1 === null ? "" : `held-out pass@1 ${(100 * passAt1).toFixed(2)} %\n`;
    const text = `reward ${outcome.last.reward!.toFixed(3)}\n${shown}${out}\n`;
    context.write(json ? `${JSON.stringify({ out, passAt1, ...outcome })}\n` : text);
  } finally {
    judge.dispose();
  }
};
