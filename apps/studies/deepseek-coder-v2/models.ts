/** @file The study's models: mixtures with latent attention, and how they are trained and measured. */
import type { RunEvent } from "@deepgrain/lab";
import {
  CausalLM,
  evaluate,
  packSequences,
  parseConfig,
  sequentialBatches,
  type Tokenizer,
  type TrainEvent,
  train,
} from "@deepgrain/lm";
import { Generator, optim } from "@deepgrain/tensor-gpu";
import { tokenStream } from "../shared/texts/token-stream";
import type { CoderSettings } from "./recipe";

/** A small DeepSeek-V2: first layer dense, latent attention throughout. */
export function newMixture(
  { hiddenSize, layers, experts }: Pick<CoderSettings, "hiddenSize" | "layers" | "experts">,
  { vocabSize, positions, seed }: { vocabSize: number; positions: number; seed: number },
): CausalLM {
  const config = parseConfig({
    model_type: "deepseek_v2",
    vocab_size: vocabSize,
    hidden_size: hiddenSize,
    intermediate_size: 2 * hiddenSize,
    moe_intermediate_size: hiddenSize / 2,
    num_hidden_layers: layers,
    num_attention_heads: 4,
    n_shared_experts: 1,
    n_routed_experts: experts,
    num_experts_per_tok: 4,
    first_k_dense_replace: 1,
    norm_topk_prob: true,
    aux_loss_alpha: 1e-3,
    q_lora_rank: null,
    kv_lora_rank: hiddenSize / 3 > 16 ? 32 : 16,
    qk_nope_head_dim: 16,
    qk_rope_head_dim: 16,
    v_head_dim: 16,
    max_position_embeddings: positions,
    initializer_range: 0.05,
  });
  return new CausalLM(config, { generator: new Generator(seed) });
}

/** A training as part of a run: events for its progress. @param share of the run, from where it begins to where it ends */
export async function* progressOf(
  events: AsyncIterable<TrainEvent>,
  name: string,
  [from, to]: readonly [number, number],
): AsyncGenerator<RunEvent, void, void> {
  let steps = 1;
  for await (const event of events) {
    if (event.type === "train-start") ({ steps } = event);
    if (event.type !== "step-end") continue;
    const done = from + ((to - from) * event.step) / Math.max(1, steps);
    yield { type: "progress", done, message: `${name}, loss ${event.loss.toFixed(3)}` };
  }
}

/** How a stage of pre-training goes: warm-up, then a cosine to a tenth. */
interface StageOptions {
  steps: number;
  peak: number;
  seed: number;
  name: string;
  share: readonly [number, number];
  signal: AbortSignal;
}

/** Trains a model on batches by position. */
export async function* trainOn(
  model: CausalLM,
  data: Parameters<typeof train>[1],
  { steps, peak, name, share, signal }: StageOptions,
): AsyncGenerator<RunEvent, void, void> {
  const warmup = Math.min(20, Math.ceil(steps / 10));
  const lr = optim.cosineSchedule({ peak, warmup, total: steps, floor: peak / 10 });
  yield* progressOf(train(model, data, { steps, lr, signal }), name, share);
}

/** Packed blocks of texts as training data. */
export async function packed(
  texts: readonly string[],
  tokenizer: Tokenizer,
  {
    length,
    batchSize,
    seed,
    signal,
  }: { length: number; batchSize: number; seed: number; signal: AbortSignal },
) {
  const tokens = await tokenStream(texts, tokenizer, { signal });
  return packSequences(tokens, { blockLength: length, batchSize, seed });
}

const encoder = new TextEncoder();

/** Bits per byte of the first blocks of texts. Blocks are cut at the same tokens for all models. */
export async function bitsPerByte(
  model: CausalLM,
  texts: readonly string[],
  tokenizer: Tokenizer,
  {
    length,
    batchSize,
    blocks,
    signal,
  }: { length: number; batchSize: number; blocks: number; signal: AbortSignal },
): Promise<number> {
  const stream = await tokenStream(texts, tokenizer, { signal });
  const blockLength = Math.min(length, stream.length);
  const batches = sequentialBatches(stream, { blockLength, batchSize, blocks });
  const { loss, tokens } = await evaluate(model, batches, { signal });
  const read = batches.flatMap(({ ids, batch, length: width }) =>
    Array.from({ length: batch }, (_, row) =>
      tokenizer.decode(Array.from(ids).slice(row * width + 1, (row + 1) * width)),
    ),
  );
  const bytes = read.reduce((sum, text) => sum + encoder.encode(text).length, 0);
  return (loss * tokens) / Math.LN2 / Math.max(1, bytes);
}
