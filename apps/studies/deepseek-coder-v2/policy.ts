/** @file The policy of *grpo*: functions it is asked for, how it learns usual mistakes, and how it is measured. */
import { join } from "node:path";
import { sampleAnswers, sft } from "@deepgrain/align";
import type { RunContext, RunEvent } from "@deepgrain/lab";
import { CausalLM, createRandom, ignoreIndex, parseConfig, saveModel } from "@deepgrain/lm";
import { Generator, optim } from "@deepgrain/tensor-gpu";
import { meanOf } from "../shared/means";
import { type ArrayJudge, arrayJudge } from "./array-judge";
import { type ArraySpecification, arraySpecifications, writtenWith } from "./array-tasks";
import { answerIds, END, PAD, promptIds, VOCABULARY } from "./array-tokens";
import type { CoderSettings } from "./recipe";

/** A policy on held-out functions; the curve has its own reward beside. */
export interface PolicyResult {
  passAt1: number;
  /** Of at least one of the samples. */
  passAny: number;
  curve: { step: number; reward: number; passAt1: number }[];
  /** Answers that were run to train it, each different one once. */
  programs: number;
}

export type Context = Pick<RunContext<CoderSettings>, "settings" | "signal" | "artifacts">;

/** Tokens of a function with its answer. */
export const POSITIONS = 64;
const ANSWER = 32;
/** Share of the cases in which code that the policy learns from has the usual mistake. */
const MISTAKES = 0.7;

function newPolicy(size: number, seed: number): CausalLM {
  const config = parseConfig({
    model_type: "llama",
    vocab_size: VOCABULARY,
    hidden_size: size,
    intermediate_size: 2 * size,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    max_position_embeddings: POSITIONS,
    eos_token_id: END,
    pad_token_id: PAD,
  });
  return new CausalLM(config, { generator: new Generator(seed) });
}

/** Where a seed's policy lies. */
export const policyFolder = (artifacts: string, seed: number) => join(artifacts, `policy-${seed}`);

/** The functions of a seed: those to train on, and those that are held out, which all seeds share. */
export function functionsOf({ functions, heldOutFunctions }: CoderSettings, seed: number) {
  const all = arraySpecifications(functions);
  const heldOut = all.slice(0, heldOutFunctions);
  const rest = all.slice(heldOutFunctions);
  const half = Math.floor(rest.length / 2);
  const turned = seed % 2 === 0 ? rest : [...rest.slice(half), ...rest.slice(0, half)];
  return { heldOut, train: turned.slice(0, half), judged: turned.slice(half) };
}

/** How answers are sampled. */
export const sampling = { maxNewTokens: ANSWER, eosTokenId: END };

/** Answers to held-out functions, judged by full tests. */
export async function measurePolicy(
  model: CausalLM,
  heldOut: readonly ArraySpecification[],
  { judge, samples, signal }: { judge: ArrayJudge; samples: number; signal: AbortSignal },
): Promise<{ passAt1: number; passAny: number }> {
  const prompts = heldOut.map(promptIds);
  const options = { ...sampling, groupSize: samples, seed: [5], signal };
  const answers = await sampleAnswers(model, prompts, options);
  const passed = await judge.verdicts(heldOut, answers, "full");
  const groups = heldOut.map((_, i) => passed.slice(i * samples, (i + 1) * samples));
  return {
    passAt1: meanOf(passed) ?? 0,
    passAny: meanOf(groups.map((group) => (group.includes(1) ? 1 : 0))) ?? 0,
  };
}

/** Trains the policy on code with usual mistakes, and stores it in its folder. */
export async function* trainBase(
  seed: number,
  { settings, signal, artifacts }: Context,
): AsyncGenerator<RunEvent, CausalLM, void> {
  const { train } = functionsOf(settings, seed);
  const { next } = createRandom([seed, 21]);
  const samples = train.map((one) => {
    const prompt = promptIds(one);
    const answer = answerIds(writtenWith(one, MISTAKES, next));
    const inputIds = [...prompt, ...answer];
    return { inputIds, labels: [...prompt.map(() => ignoreIndex), ...answer] };
  });
  const model = newPolicy(settings.policySize, seed);
  const { policySteps: steps } = settings;
  const lr = optim.cosineSchedule({
    peak: 3e-3,
    warmup: Math.min(20, steps),
    total: steps,
    floor: 3e-4,
  });
  const config = {
    steps,
    lr,
    seed,
    sequenceLength: POSITIONS,
    batchSize: 16,
    padTokenId: PAD,
    packing: "whole" as const,
    signal,
  };
  for await (const event of sft(model, samples, config))
    if (event.type === "step-end")
      yield {
        type: "progress",
        done: (0.8 * event.step) / steps,
        message: `policy, loss ${event.loss.toFixed(3)}`,
      };
  await saveModel(policyFolder(artifacts, seed), model);
  return model;
}

/** Trains the policy on code with usual mistakes, and measures it. */
export async function* policyBase(
  seed: number,
  context: Context,
): AsyncGenerator<RunEvent, PolicyResult, void> {
  const { settings, signal } = context;
  const model = yield* trainBase(seed, context);
  const { heldOut } = functionsOf(settings, seed);
  const judge = arrayJudge();
  try {
    const { samples } = settings;
    const measured = await measurePolicy(model, heldOut, { judge, samples, signal });
    return { ...measured, curve: [], programs: judge.programs() };
  } finally {
    judge.dispose();
    model.dispose();
  }
}
