import {
  CausalLM,
  createRandom,
  generate,
  lossAndLoad,
  multinomial,
  packSequences,
  parseConfig,
  temperature as temperatureOf,
  train,
} from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { type Route, watchRoutes } from "../models/watch-routes";
import { EXPERTS, STEPS, TEMPERATURE, WRITTEN } from "./limits";

/** Letters of a block: those that a continuation starts from and those that are written. */
const BLOCK = 192;
/** Letters of the sentence, at most, that a continuation starts from. */
const PROMPT = BLOCK - WRITTEN;
const LETTERS = 4000;

/** A training: one sentence or two, and the seed of the run. */
export interface Training {
  /** 1 to 280 characters; a space is put between its repetitions. */
  sentence: string;
  /** Another, which is learned at the same time; "" for none. */
  second?: string | undefined;
  /** Of the weights, the order of the data and the letters drawn. */
  seed: number;
}

/** How the mixture writes. */
export interface Writing {
  /** Experts of the last layer that may not be chosen. */
  off?: readonly number[] | undefined;
  /** The text that it goes on from, in letters of the sentences; "" for these themselves. */
  begin?: string | undefined;
  temperature?: number | undefined;
}

/** Events while sentences are learned. */
export type LearnEvent =
  | { type: "step-end"; step: number; loss: number }
  /** A text begins; `losses` are those of reading each sentence. */
  | { type: "prompt"; letters: Letter[]; losses: number[] }
  | { type: "letter"; letter: Letter };

/** A letter, and the expert of the last layer that had the largest part in writing it. */
export interface Letter {
  text: string;
  expert: number;
  /** Share of the routed experts' weight that it got, in hundredths. */
  share: number;
}

/** A mixture that has learned, and what it knows. */
interface Learned {
  model: CausalLM;
  alphabet: string[];
  /** The sentences in letters of the alphabet. */
  sentences: number[][];
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

const repeated = (ids: readonly number[], length: number): number[] =>
  Array.from({ length }, (_, i) => ids[i % ids.length]!);

/** Trains a small mixture on a sentence, repeated; on two, on blocks of each. */
async function* learn(
  { sentence, second = "", seed }: Training,
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, Learned> {
  const texts = [sentence, second]
    .filter((text) => text !== "")
    .map((text) => [...(/\s$/.test(text) ? text : `${text} `)]);
  const alphabet = [...new Set(texts.flat())];
  const sentences = texts.map((text) => text.map((character) => alphabet.indexOf(character)));
  const stream = Int32Array.from(
    sentences.flatMap((ids) => repeated(ids, Math.ceil(LETTERS / ids.length) * ids.length)),
  );
  manualSeed(seed);
  const model = new CausalLM(configFor(alphabet.length));
  let hasLearned = false;
  try {
    const data = packSequences(stream, { blockLength: BLOCK, batchSize: 2, seed });
    for await (const event of train(model, data, { steps: STEPS, lr: 1e-2, signal }))
      if (event.type === "step-end") yield { type: "step-end", step: event.step, loss: event.loss };
    hasLearned = true;
    return { model: model.eval(), alphabet, sentences };
  } finally {
    if (!hasLearned) model.dispose(); // also where nobody reads on
  }
}

/** The last letters of a text, then new ones, each with the expert at the place before it, which wrote it. */
async function* writeOn(
  { model, alphabet }: Learned,
  {
    prompt,
    seed,
    length,
    temperature,
    losses,
  }: {
    prompt: number[];
    seed: number;
    length: number;
    temperature: number;
    losses: number[];
  },
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, void> {
  const routes = watchRoutes([[...model.moeLayers.values()].at(-1)!]);
  const { next } = createRandom(seed);
  const written = generate(model, [prompt], {
    maxNewTokens: length,
    eosTokenId: null,
    logitsProcessors: [temperatureOf(temperature)],
    sampler: (logits) => multinomial(logits, next),
    signal,
  });
  try {
    for await (const { step, ids: made } of written) {
      const [writers] = (await routes.take()) as [Route[]];
      const letter = (id: number, i: number): Letter => {
        const { experts, weights } = writers[i]!;
        const share = Math.round(100 * weights[0]!) / 100;
        return { text: alphabet[id]!, expert: experts[0]!, share };
      };
      if (step === 0) yield { type: "prompt", letters: prompt.slice(1).map(letter), losses };
      yield { type: "letter", letter: letter(made[0]!, writers.length - 1) };
    }
  } finally {
    routes.stop();
  }
}

/** Writes on after each sentence, or after what the visitor has begun with. */
async function* writeAll(
  learned: Learned,
  { off = [], begin = "", temperature = TEMPERATURE, seed }: Writing & { seed: number },
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, void> {
  const { model, alphabet, sentences } = learned;
  [...model.moeLayers.values()].at(-1)!.probe = { without: off };
  const losses: number[] = [];
  for (const ids of sentences) {
    const batch = { ids: repeated(ids, BLOCK), batch: 1, length: BLOCK };
    losses.push((await lossAndLoad(model, [batch], { signal })).loss);
  }
  const begun = [...begin].map((letter) => alphabet.indexOf(letter)).filter((id) => id >= 0);
  const prompts = begun.length > 0 ? [begun] : sentences;
  const length = WRITTEN / prompts.length;
  for (const ids of prompts) {
    const what = { prompt: ids.slice(-PROMPT), seed, length, temperature, losses };
    yield* writeOn(learned, what, signal);
  }
}

/** The work of the page: it holds the mixture that has learned last. */
export function createSession() {
  let held: { key: string; learned: Learned } | undefined;

  function dispose(): void {
    held?.learned.model.dispose();
    held = undefined;
  }

  /** Learns, unless that mixture is there, and writes on. @param order.isAnew whether it learns in any case */
  async function* run(
    { sentence, second, seed, isAnew, ...writing }: Training & Writing & { isAnew?: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<LearnEvent, void> {
    const training = { sentence, second, seed };
    const key = JSON.stringify(training);
    if (isAnew || held?.key !== key) {
      const learned = yield* learn(training, signal);
      dispose();
      held = { key, learned };
    }
    yield* writeAll(held.learned, { ...writing, seed }, signal);
  }
  return { run, dispose };
}

/** Learns and writes as the page does, and keeps nothing. */
export async function* learnSentence(
  order: Training & Writing,
  signal: AbortSignal,
): AsyncGenerator<LearnEvent, void> {
  const { run, dispose } = createSession();
  try {
    yield* run(order, signal);
  } finally {
    dispose();
  }
}
