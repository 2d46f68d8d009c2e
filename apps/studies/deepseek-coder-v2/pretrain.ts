/** @file Experiment *pretrain*: what continued training on code does to code, mathematics and prose. */
import { join } from "node:path";
import type { RunContext, RunEvent } from "@deepgrain/lab";
import {
  type CausalLM,
  createRandom,
  loadModel,
  loadTokenizer,
  saveModel,
  saveTokenizer,
  type Tokenizer,
  trainTokenizer,
} from "@deepgrain/lm";
import { corpora } from "./corpora";
import { bitsPerByte, newMixture, packed, trainOn } from "./models";
import type { CoderSettings } from "./recipe";

/** The text that a model trained on prose goes on with; `scratch` is code without any prose before. */
export const arms = ["code", "mix", "prose", "scratch"] as const;
export type Arm = (typeof arms)[number];

/** Their names in the report, and the model that all but one go on from. */
export const armNames: Record<Arm | "base", string> = {
  base: "prose, before",
  code: "code",
  mix: "mix",
  prose: "prose",
  scratch: "code from scratch",
};

/** Held-out bits per byte. */
export interface PretrainResult {
  code: number;
  math: number;
  prose: number;
  byLanguage: Record<string, number>;
}

type Texts = Awaited<ReturnType<typeof corpora>>;
type Context = Pick<RunContext<CoderSettings>, "settings" | "signal" | "artifacts">;

/** Shares of code, mathematics and prose: the paper's 60, 10 and 30 %. */
const MIX = [0.6, 0.1, 0.3] as const;
const SHARES: Record<Arm, readonly [code: number, math: number, prose: number]> = {
  code: [1, 0, 0],
  mix: MIX,
  prose: [0, 0, 1],
  scratch: [1, 0, 0],
};

const PEAK = 3e-3;
/** Continued training starts from a lower rate. */
const CONTINUED = 1.5e-3;

/** Writes what all runs share: a tokenizer, trained on all kinds of text. */
export async function preparePretrain({ settings, signal, artifacts }: Context): Promise<void> {
  const { code, math, prose } = await corpora(settings.characters, signal);
  const some = [code, math, prose].flatMap(({ train }) => train.slice(0, 40));
  const trained = await trainTokenizer(some, { vocabSize: settings.vocabSize, signal });
  await saveTokenizer(join(artifacts, "tokenizer"), trained);
}

/** The kind whose share of [0, 1) a number is in. */
function drawKind(shares: readonly number[], at: number): number {
  let end = 0;
  for (const [kind, share] of shares.entries()) {
    end += share;
    if (at < end) return kind;
  }
  return shares.length - 1;
}

/** Batches in which each row is of a kind that is drawn by its share. */
async function mixedData(
  texts: Texts,
  tokenizer: Tokenizer,
  shares: readonly number[],
  { settings, seed, signal }: { settings: CoderSettings; seed: number; signal: AbortSignal },
) {
  const { batchSize, length } = settings;
  const kinds = await Promise.all(
    [texts.code, texts.math, texts.prose].map(({ train }, i) =>
      packed(train, tokenizer, { length, batchSize: 1, seed: seed + i, signal }),
    ),
  );
  return {
    batch(position: number) {
      const { next } = createRandom([seed, position, 5]);
      const ids = new Int32Array(batchSize * length);
      for (let row = 0; row < batchSize; row++) {
        const kind = drawKind(shares, next());
        ids.set(kinds[kind]!.block(position * batchSize + row), row * length);
      }
      return { ids, batch: batchSize, length };
    },
  };
}

async function measure(
  model: CausalLM,
  texts: Texts,
  tokenizer: Tokenizer,
  { settings, signal }: { settings: CoderSettings; signal: AbortSignal },
): Promise<PretrainResult> {
  const { length, batchSize, heldOutBlocks: blocks } = settings;
  const bits = (some: readonly string[]) =>
    bitsPerByte(model, some, tokenizer, { length, batchSize, blocks, signal });
  const byLanguage: Record<string, number> = {};
  for (const [name, some] of Object.entries(texts.byLanguage))
    if (some.length > 0) byLanguage[name] = await bits(some);
  return {
    code: await bits(texts.code.heldOut),
    math: await bits(texts.math.heldOut),
    prose: await bits(texts.prose.heldOut),
    byLanguage,
  };
}

const baseFolder = (artifacts: string, seed: number) => join(artifacts, `pretrain-${seed}`);

/** Trains the model on prose that the arms go on with, and measures it. */
export async function* pretrainBase(
  seed: number,
  { settings, signal, artifacts }: Context,
): AsyncGenerator<RunEvent, PretrainResult, void> {
  const tokenizer = await loadTokenizer(join(artifacts, "tokenizer"));
  const texts = await corpora(settings.characters, signal);
  const { vocabSize } = tokenizer;
  const model = newMixture(settings, { vocabSize, positions: settings.length, seed });
  const data = await mixedData(texts, tokenizer, SHARES.prose, { settings, seed, signal });
  const options = { steps: settings.proseSteps, peak: PEAK, seed, signal };
  yield* trainOn(model, data, { ...options, name: "prose", share: [0, 0.95] });
  await saveModel(baseFolder(artifacts, seed), model);
  const measured = await measure(model, texts, tokenizer, { settings, signal });
  model.dispose();
  return measured;
}

/** Continues on an arm's texts, or begins with them, and measures the model. */
export async function* pretrainArm(
  arm: Arm,
  seed: number,
  { settings, signal, artifacts }: Context,
): AsyncGenerator<RunEvent, PretrainResult, void> {
  const tokenizer = await loadTokenizer(join(artifacts, "tokenizer"));
  const texts = await corpora(settings.characters, signal);
  const sizes = { vocabSize: tokenizer.vocabSize, positions: settings.length, seed };
  const isNew = arm === "scratch";
  const model = isNew
    ? newMixture(settings, sizes)
    : await loadModel(baseFolder(artifacts, seed), { signal });
  const own = { settings, seed: seed + 100, signal };
  const data = await mixedData(texts, tokenizer, SHARES[arm], own);
  const options = { steps: settings.armSteps, peak: isNew ? PEAK : CONTINUED, seed, signal };
  yield* trainOn(model, data, { ...options, name: arm, share: [0, 0.95] });
  const measured = await measure(model, texts, tokenizer, { settings, signal });
  model.dispose();
  return measured;
}
