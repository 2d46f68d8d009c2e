import {
  type Answer,
  dpo,
  type EncodedPair,
  evaluatePreferences,
  sampleAnswers,
  sft,
} from "@deepgrain/align";
import type { RunEvent } from "@deepgrain/lab";
import { attachLora, CausalLM, parseConfig } from "@deepgrain/lm";
import { takeTurn } from "@deepgrain/support";
import { Generator, manualSeed, optim } from "@deepgrain/tensor-gpu";
import type { PreferenceMethod } from "./methods";
import { preferencePairs } from "./preference-pairs";
import { BATCH, type PreferenceSettings } from "./recipe";
import type { PreferenceResult } from "./result";
import {
  ANSWER_TOKENS,
  countsAtAll,
  demonstrations,
  END_TOKEN,
  isSolved,
  judge,
  type Prompt,
  promptsOf,
  taskNames,
  VOCABULARY,
} from "./task";

function createModel({ hiddenSize }: PreferenceSettings, seed: number): CausalLM {
  const config = parseConfig({
    model_type: "llama",
    vocab_size: VOCABULARY,
    hidden_size: hiddenSize,
    intermediate_size: 2 * hiddenSize,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    max_position_embeddings: 16,
    eos_token_id: END_TOKEN,
  });
  return new CausalLM(config, { generator: new Generator(seed) });
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

/** The judge's verdicts on answers to the same prompts, in order. */
function winRateOf(own: readonly Answer[], others: readonly Answer[]): number {
  return mean(
    own.map((answer, i) => {
      const lead = judge(answer) - judge(others[i]!);
      return lead > 0 ? 1 : lead < 0 ? 0 : 0.5;
    }),
  );
}

/** Temperature at which an answer is the likeliest one. */
const LIKELIEST = 1e-3;

/** The share of held-out prompts of each task that the likeliest answer solves. */
async function solvedBy(
  model: CausalLM,
  seed: number,
  signal: AbortSignal,
): Promise<PreferenceResult["solvedBefore"]> {
  const shares: [string, number][] = [];
  for (const task of taskNames) {
    const answers = await sampleAnswers(model, promptsOf(task, seed).heldOut, {
      groupSize: 1,
      temperature: LIKELIEST,
      maxNewTokens: ANSWER_TOKENS,
      eosTokenId: END_TOKEN,
      signal,
    });
    shares.push([task, mean(answers.map((answer) => Number(isSolved(task, answer))))]);
  }
  return Object.fromEntries(shares) as PreferenceResult["solvedBefore"];
}

/** A model that is fine-tuned on the demonstrations of all tasks. The caller disposes of it. */
export async function* fineTune(
  settings: PreferenceSettings,
  seed: number,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, { model: CausalLM; solved: PreferenceResult["solvedBefore"] }, void> {
  manualSeed(seed);
  const model = createModel(settings, seed);
  const samples = taskNames.flatMap((task) =>
    demonstrations(task, promptsOf(task, seed).train, seed),
  );
  const { sftSteps: steps } = settings;
  const config = {
    sequenceLength: 16,
    padTokenId: END_TOKEN,
    batchSize: BATCH,
    steps,
    lr: optim.cosineSchedule({ peak: 5e-3, total: steps }),
    signal,
  };
  try {
    for await (const event of sft(model, samples, config)) {
      if (event.type !== "step-end") continue;
      yield {
        type: "progress",
        done: (0.6 * event.step) / steps,
        message: `SFT, loss ${event.loss.toFixed(3)}`,
      };
      await takeTurn();
    }
    return { model, solved: await solvedBy(model, seed, signal) };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

type Learned = Pick<
  PreferenceResult,
  "accuracyBefore" | "accuracyAfter" | "margin" | "kl" | "highestKl" | "steps" | "isStopped"
>;

/** Trains factors by DPO against the model without them, measuring held-out pairs before, during and after. */
async function* learn(
  model: CausalLM,
  { train, heldOut }: { train: readonly EncodedPair[]; heldOut: readonly EncodedPair[] },
  {
    settings: { dpoSteps: steps, maxKl, klEvery: everySteps },
    method: { rate: lr, lossType, beta, sftWeight },
    seed,
    signal,
  }: { settings: PreferenceSettings; method: PreferenceMethod; seed: number; signal: AbortSignal },
): AsyncGenerator<RunEvent, Learned, void> {
  const common = { padTokenId: END_TOKEN, batchSize: BATCH, signal };
  // Without a reference the reward of an answer is its log-probability.
  const first = await evaluatePreferences(model, heldOut, { ...common, referenceFree: true });
  const lora = attachLora(model, { rank: 8, alpha: 16, generator: new Generator(seed) });
  const evaluation = { everySteps, pairs: heldOut };
  const loss = { lossType, beta, sftWeight };
  const config = { ...common, ...loss, lora, steps, lr, maxKl, evaluation, seed };
  const kls: number[] = [];
  let [made, isStopped] = [0, false];
  for await (const event of dpo(model, train, config)) {
    if (event.type === "kl-stop") [made, isStopped] = [event.step, true];
    if (event.type === "step-end" || event.type === "eval-end") kls.push(event.scalars.kl!);
    if (event.type !== "step-end") continue;
    made = event.step;
    const message = `DPO, loss ${event.loss.toFixed(3)}`;
    yield { type: "progress", done: 0.6 + (0.4 * made) / steps, message };
    await takeTurn();
  }
  const { scalars } = await evaluatePreferences(model, heldOut, { ...common, ...loss, lora });
  return {
    accuracyBefore: first.scalars.accuracy!,
    accuracyAfter: scalars.accuracy!,
    margin: scalars.margin!,
    kl: scalars.kl!,
    highestKl: Math.max(...kls, scalars.kl!),
    steps: made,
    isStopped,
  };
}

/**
 * Fine-tunes a small model on three tasks, lets a program judge answers that it samples for one of them, learns the resulting
 * preferences by DPO, and compares both models on held-out prompts of all tasks.
 *
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 4, whose pairs are sampled from the fine-tuned model too
 */
export async function* trainPreferences(
  method: PreferenceMethod,
  seed: number,
  { settings, signal }: { settings: PreferenceSettings; signal: AbortSignal },
): AsyncGenerator<RunEvent, PreferenceResult, void> {
  const { model, solved: solvedBefore } = yield* fineTune(settings, seed, signal);
  try {
    const asked = promptsOf("count", seed);
    const sample = (prompts: readonly Prompt[], part: number) =>
      sampleAnswers(model, prompts, {
        groupSize: settings.samples,
        maxNewTokens: ANSWER_TOKENS,
        eosTokenId: END_TOKEN,
        seed: [seed, part],
        signal,
      });
    const train = preferencePairs(await sample(asked.train, 20));
    const before = await sample(asked.heldOut, 21);
    const pairs = { train, heldOut: preferencePairs(before) };
    const learned = yield* learn(model, pairs, { settings, method, seed, signal });
    const after = await sample(asked.heldOut, 22);
    return {
      ...learned,
      scoreBefore: mean(before.map((answer) => judge(answer))),
      scoreAfter: mean(after.map((answer) => judge(answer))),
      countsBefore: mean(before.map(countsAtAll)),
      countsAfter: mean(after.map(countsAtAll)),
      solvedBefore,
      solvedAfter: await solvedBy(model, seed, signal),
      winRate: winRateOf(after, before),
    };
  } finally {
    model.zeroGrad();
    model.dispose();
  }
}
