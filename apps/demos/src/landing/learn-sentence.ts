import {
  CausalLM,
  createRandom,
  generate,
  multinomial,
  packSequences,
  parseConfig,
  temperature,
  train,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { type Route, watchRoutes } from "../models/watch-routes";
import { EXPERTS, STEPS, WRITTEN } from "./limits";

/** Letters of a block: those that a continuation starts from and those that are written. */
const BLOCK = 192;
/** Letters of the sentence, at most, that a continuation starts from. */
const PROMPT = BLOCK - WRITTEN;
const LETTERS = 4000;
const TEMPERATURE = 0.7;

/** A sentence to learn, and the seed of the run. */
export interface SentenceRun {
  sentence: string;
  seed: number;
}

/** Events while a sentence is learned. */
export type LearnEvent =
  | { type: "step-end"; step: number; loss: number }
  | { type: "prompt"; letters: Letter[] }
  | { type: "letter"; letter: Letter };

/** A letter, and the expert of the last layer that had the largest part in writing it. */
export interface Letter {
  text: string;
  expert: number;
  /** Share of the routed experts' weight that it got. */
  share: number;
}

/** A mixture of 25,000 weights for an alphabet. */
const configFor = (letters: number) =>
  parseConfig({
    model_type: "deepseek",
    vocab_size: Math.max(2, letters),
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    moe_intermediate_size: 16,
    n_routed_experts: EXPERTS,
    n_shared_experts: 1,
    num_experts_per_tok: 2,
    norm_topk_prob: false,
    max_position_embeddings: 512,
  });

/**
 * Trains a small mixture on a sentence, repeated, and lets it write on.
 *
 * @param run.sentence 1 to 280 characters; a space is put between its repetitions
 * @param run.seed of the weights, the order of the data and the letters drawn
 * @yields losses, then the sentence's last letters with their experts, then one letter after another
 */
export async function* learnSentence(
  { sentence, seed }: SentenceRun,
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, void> {
  const characters = [...(/\s$/.test(sentence) ? sentence : `${sentence} `)];
  const alphabet = [...new Set(characters)];
  const ids = characters.map((character) => alphabet.indexOf(character));
  const length = Math.ceil(LETTERS / ids.length) * ids.length;
  const stream = Int32Array.from({ length }, (_, i) => ids[i % ids.length]!);
  manualSeed(seed);
  const model = new CausalLM(configFor(alphabet.length));
  try {
    const data = packSequences(stream, { blockLength: BLOCK, batchSize: 2, seed });
    for await (const event of train(model, data, { steps: STEPS, lr: 1e-2, signal }))
      if (event.type === "step-end") yield { type: "step-end", step: event.step, loss: event.loss };
    yield* writeOn(model.eval(), { ids, alphabet, seed }, signal);
  } finally {
    model.dispose();
  }
}

/** The last letters of a sentence, then new ones, each with the expert at the place before it, which wrote it. */
async function* writeOn(
  model: CausalLM,
  { ids, alphabet, seed }: { ids: number[]; alphabet: string[]; seed: number },
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, void> {
  const routes = watchRoutes([[...model.moeLayers.values()].at(-1)!]);
  const prompt = ids.slice(-PROMPT);
  const { next } = createRandom(seed);
  const written = generate(model, [prompt], {
    maxNewTokens: WRITTEN,
    eosTokenId: null,
    logitsProcessors: [temperature(TEMPERATURE)],
    sampler: (logits) => multinomial(logits, next),
    signal,
  });
  try {
    for await (const { step, ids: made } of written) {
      const [writers] = (await routes.take()) as [Route[]];
      const letter = (id: number, i: number): Letter => {
        const { experts, weights } = writers[i]!;
        return { text: alphabet[id]!, expert: experts[0]!, share: weights[0]! };
      };
      if (step === 0) yield { type: "prompt", letters: prompt.slice(1).map(letter) };
      yield { type: "letter", letter: letter(made[0]!, writers.length - 1) };
    }
  } finally {
    routes.stop();
  }
}
