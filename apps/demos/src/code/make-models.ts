import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@deepgrain/lab";
import { type CausalLM, saveGguf } from "@deepgrain/lm";
import type { ArrayJudge } from "@deepgrain/studies/deepseek-coder-v2/array-judge";
import { trainFim } from "@deepgrain/studies/deepseek-coder-v2/fim";
import { trainByReward } from "@deepgrain/studies/deepseek-coder-v2/grpo";
import { trainBase } from "@deepgrain/studies/deepseek-coder-v2/policy";
import { type CoderSettings, coderSettings } from "@deepgrain/studies/deepseek-coder-v2/recipe";
import type { ShippedFile } from "./open-models";

/** The study's sizes, but smaller models, which are trained for longer. */
export const settings: CoderSettings = {
  ...coderSettings.full,
  policySize: 32,
  policySteps: 500,
  hiddenSize: 64,
  experts: 6,
  vocabSize: 448,
  length: 256,
  batchSize: 4,
  fimSteps: 5000,
};

/** Characters of the pieces whose middles are moved; most pieces then lie within a block of tokens as a whole. */
const PIECE = 256;

/** A model's file, its matrices in blocks of 8-bit numbers. */
async function stored(folder: string, model: CausalLM): Promise<Blob> {
  const path = join(folder, "model.gguf");
  await saveGguf(path, model, null, { type: "Q8_0" });
  model.dispose();
  return new Blob([await readFile(path)]);
}

/** The end of a training whose progress goes to the terminal. */
async function trained<T>(events: AsyncGenerator<RunEvent, T, void>): Promise<T> {
  for (let count = 0; ; count++) {
    const { done, value } = await events.next();
    if (done) return value;
    if (count % 20 === 0 && value.type === "progress") console.error(value.message);
  }
}

/** Trains the policy on code with usual mistakes, then by full tests; and a model that fills in the middle. */
export async function makeModels(
  seed: number,
  judge: ArrayJudge,
  signal: AbortSignal,
): Promise<Map<ShippedFile, Blob>> {
  const artifacts = await mkdtemp(join(tmpdir(), "deepgrain-code-"));
  const context = { settings, signal, artifacts };
  try {
    const before = await trained(trainBase(seed, context));
    const after = await trained(trainByReward("full", seed, { ...context, judge }));
    const fim = await trained(trainFim("fim-50", seed, context, PIECE));
    return new Map<ShippedFile, Blob>([
      ["policy-before.gguf", await stored(artifacts, before)],
      ["policy-after.gguf", await stored(artifacts, after.model)],
      ["infill.gguf", await stored(artifacts, fim.model)],
      ["infill-tokenizer.json", new Blob([`${JSON.stringify(fim.tokenizerFiles)}\n`])],
    ]);
  } finally {
    await rm(artifacts, { recursive: true, force: true });
  }
}
