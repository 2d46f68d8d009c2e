import { sft } from "@deepgrain/align";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, generateBatch, loadModel, saveModel, type TrainEvent } from "@deepgrain/lm";
import { checkAnswer } from "@deepgrain/prm";
import { batchCompleter, worldPolicy, worldSample } from "@deepgrain/prm/lm";
import { generateProblem, type WordProblem, worldTokenizer } from "@deepgrain/prm/world";
import { takeTurn } from "@deepgrain/support";
import { Generator, optim } from "@deepgrain/tensor-gpu";
import type { FitEvent } from "@deepgrain/trainer";
import type { PolicySettings, ShepherdSettings } from "./recipe";

export const tokenizer = worldTokenizer();

/** Tokens of a solution. */
export const ANSWER_TOKENS = 72;

/** Parts of the world that never overlap. */
const parts = { heldOut: 0, sft: 1, pool: 2, labels: 3, rl: 4, solver: 5 } as const;

type ProblemSettings = Pick<ShepherdSettings, "distractors" | "numbers"> &
  Pick<PolicySettings, "problemSteps">;

/** The first problems of a part; all seeds share the held-out ones. */
export function problemsOf(
  part: keyof typeof parts,
  count: number,
  settings: ProblemSettings,
  seed = 0,
): WordProblem[] {
  const { problemSteps: steps, distractors, numbers } = settings;
  const first = 1e6 * (parts[part] + 10 * (part === "heldOut" ? 0 : seed));
  return Array.from({ length: count }, (_, i) =>
    generateProblem(first + i, { steps, distractors, numbers }),
  );
}

export const promptIds = ({ problem }: { problem: string }): number[] =>
  tokenizer.encode(`${problem}\n`);

/** Packs of 512 tokens per step: models this small learn more from many small steps than from few large ones. */
export const sftShape = {
  sequenceLength: 128,
  batchSize: 4,
  padTokenId: tokenizer.eosTokenId,
  randomConcatRatio: 0,
};

/** The steps of a training with their losses, as a run's progress. */
export async function* stepsOf(
  name: string,
  events: AsyncIterable<FitEvent | TrainEvent>,
): AsyncGenerator<RunEvent, void, void> {
  for await (const event of events) {
    if (event.type !== "step-end") continue;
    yield {
      type: "progress",
      message: `${name} step ${event.step}, loss ${event.loss.toFixed(3)}`,
    };
    await takeTurn();
  }
}

/** Fine-tunes a policy on right solutions. */
async function* fineTune(
  policy: CausalLM,
  problems: readonly WordProblem[],
  { steps, seed, signal }: { steps: number; seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, void, void> {
  const lr = optim.cosineSchedule({ peak: 3e-3, warmup: 20, total: steps, floor: 1e-4 });
  const samples = problems.map((one) => worldSample(tokenizer, one));
  yield* stepsOf("SFT", sft(policy, samples, { ...sftShape, steps, lr, seed, signal }));
}

/** Room for the longest problem, all steps but one, and a whole solution after them. */
const POSITIONS = 256;

/** Trains a policy on problems with solutions and saves it into a folder, from which it is read again. */
export async function* trainPolicy(
  folder: string,
  settings: Pick<ShepherdSettings, "hiddenSize" | "layers"> &
    ProblemSettings &
    Pick<PolicySettings, "sftProblems" | "sftSteps">,
  { seed, signal }: { seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, CausalLM, void> {
  const { hiddenSize, layers, sftProblems, sftSteps: steps } = settings;
  const generator = new Generator(seed);
  const fresh = worldPolicy(tokenizer, { hiddenSize, layers, positions: POSITIONS, generator });
  yield* fineTune(fresh, problemsOf("sft", sftProblems, settings, seed), { steps, seed, signal });
  await saveModel(folder, fresh);
  fresh.dispose();
  const policy = await loadModel(folder, { signal });
  policy.eval();
  return policy;
}

/** The policy as a completer of prefixes; many are completed at a time. */
export const completerOf = (policy: CausalLM, temperature = 1) =>
  batchCompleter(policy, {
    tokenizer,
    temperature,
    maxTokens: ANSWER_TOKENS,
    maxSequences: 256,
    eosTokenId: tokenizer.eosTokenId,
  });

/** 1 for each problem that the policy solves greedily, else 0, and its mean number of steps. */
export async function solveGreedily(
  policy: CausalLM,
  problems: readonly WordProblem[],
  signal: AbortSignal,
): Promise<{ solved: number[]; steps: number }> {
  const requests = problems.map((problem) => ({
    prompt: promptIds(problem),
    maxNewTokens: ANSWER_TOKENS,
  }));
  const events = generateBatch(policy, requests, { maxSequences: 256, signal });
  for (;;) {
    const { done, value } = await events.next();
    if (!done) continue;
    const texts = value.map(([only]) => tokenizer.decode(only!.ids));
    const lines = texts.reduce((sum, text) => sum + text.split("\n").length, 0);
    return {
      solved: texts.map((text, i) => (checkAnswer(text, problems[i]!.answer).correct ? 1 : 0)),
      steps: lines / texts.length,
    };
  }
}
