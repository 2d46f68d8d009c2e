import type { ModelHooks } from "@deepgrain/lm";
import { type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type { HookedModel } from "../model";
import { idsOf } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";

/** Prompts that run together, padded on the right: causal attention hides the padding. */
export interface PromptBatch {
  prompts: readonly Prompt[];
  /** Index of the first prompt. */
  first: number;
  /** Longest prompt, in tokens. */
  length: number;
}

/** How a batch is read. */
export interface ReadOptions {
  hooks?: ModelHooks | undefined;
  /** Position of the first token. Default 0. */
  firstPosition?: number | undefined;
}

/** Consecutive batches of at most `size` prompts. */
export function* promptBatches(prompts: readonly Prompt[], size: number): Generator<PromptBatch> {
  for (let first = 0; first < prompts.length; first += size) {
    const part = prompts.slice(first, first + size);
    const length = part.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    yield { prompts: part, first, length };
  }
}

/** Token ids of a batch, [batch × length]. */
function filledIds({ prompts, length }: PromptBatch): Int32Array {
  const ids = new Int32Array(prompts.length * length);
  for (const [row, prompt] of prompts.entries()) ids.set(Array.from(prompt.ids), row * length);
  return ids;
}

/** Rows of [batch × length, ...] at each prompt's target. */
export function targetRows(x: Tensor, { prompts, length }: PromptBatch): Tensor {
  const rows = Int32Array.from(prompts, ({ target }, row) => row * length + target);
  const flat = x.reshape([prompts.length * length, -1]);
  return flat.indexSelect(0, tensor(rows));
}

/** The logits at each prompt's target: [batch, vocabulary]. The head runs only on the targets. */
export function targetLogits(
  model: HookedModel,
  batch: PromptBatch,
  { hooks, firstPosition }: ReadOptions = {},
): Tensor {
  const ids = filledIds(batch);
  const { length, prompts } = batch;
  const positions =
    firstPosition === undefined
      ? undefined
      : Int32Array.from(ids, (_, i) => firstPosition + (i % length));
  const hidden = model.hiddenStates({ ids, batch: prompts.length, length }, { hooks, positions });
  return model.head(targetRows(hidden, batch));
}

/** The logits of the classes: [batch, vocabulary] -> [batch, classes], averaged over the ids of a class. */
export function classLogits(logits: Tensor, prompts: readonly Prompt[]): Tensor {
  const perClass = prompts.map(({ classIds }) => classIds.map(idsOf));
  const most = Math.max(...perClass.flat().map((ids) => ids.length));
  const shape = [prompts.length, perClass[0]!.length, most];
  const picks: number[] = [];
  const shares: number[] = [];
  for (const ids of perClass.flat())
    for (let i = 0; i < most; i++) {
      picks.push(ids[i] ?? ids[0]!);
      shares.push(i < ids.length ? 1 / ids.length : 0);
    }
  const index = tensor(Int32Array.from(picks), { shape: [shape[0]!, shape[1]! * most] });
  const found = logits.gather(1, index);
  if (most === 1) return found;
  return found.reshape(shape).mul(tensor(shares, { shape })).sum({ dim: -1 });
}
