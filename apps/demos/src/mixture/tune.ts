import { prepareTuning, scoreExperts, type TuningMethod } from "@deepgrain/esft";
import { type CausalLM, evaluate, type LabelledBatch, loadModel, train } from "@deepgrain/lm";
import { noGrad, tidy } from "@deepgrain/tensor-gpu";
import { commandPairs, type Pair } from "./commands";
import type { SplitText } from "./text";
import { heldOutBatches } from "./train-pair";

/** The two ways of tuning that are compared. */
export const ways = ["experts", "all"] as const;

export type Way = (typeof ways)[number];

/** How a model does on the task, and on what it was trained on. */
export interface Standing {
  /** Share of the letters of held-out answers that are guessed right, each after those before it. */
  accuracy: number;
  /** On held-out text, nats per byte. */
  loss: number;
}

/** The result of tuning. */
export interface Tuned extends Standing {
  /** Weights that were trained. */
  weights: number;
}

/** Events while a model is tuned. */
export type TuneEvent =
  | { type: "before"; standing: Standing }
  | { type: "step-end"; way: Way; step: number; steps: number }
  | { type: "tuned"; way: Way; tuned: Tuned };

/** Steps of a tuning. */
export const TUNE_STEPS = 100;

const BATCH = 16;
/** Bytes of a row: the longest request with its answer fits. */
const LENGTH = 64;
const END = 10;

/** First rates of learning. At half of its rate, all weights learn and forget about as much as the chosen experts do. */
const rates: Record<Way, number> = { experts: 5e-3, all: 2e-3 };

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

/** Rows of a request, its answer and a line's end, of which only the answer is predicted. */
function batchOf(pairs: readonly Pair[]): LabelledBatch {
  const ids = new Int32Array(pairs.length * LENGTH);
  const labels = new Int32Array(ids.length).fill(-100);
  const attentionMask = new Int32Array(ids.length);
  for (const [row, { prompt, answer }] of pairs.entries()) {
    const [question, end] = [bytesOf(prompt), [...bytesOf(answer), END]];
    const at = row * LENGTH;
    ids.set([...question, ...end], at);
    labels.set(end, at + question.length);
    attentionMask.fill(1, at, at + question.length + end.length);
  }
  return { ids, labels, attentionMask, batch: pairs.length, length: LENGTH };
}

/** Batches of the task, in order, again and again. */
function taskBatch(position: number): LabelledBatch {
  const { training } = commandPairs();
  const start = position * BATCH;
  return batchOf(Array.from({ length: BATCH }, (_, i) => training[(start + i) % training.length]!));
}

/** How much the task uses each expert: the share of its choices, per layer. */
export async function scoreTask(model: CausalLM, signal: AbortSignal): Promise<number[][]> {
  const samples = Array.from({ length: 8 }, (_, i) => taskBatch(i));
  const run = (batch: LabelledBatch) => model.hiddenStates(batch);
  for await (const event of scoreExperts(model, samples, { run, signal }))
    if (event.type === "score-end") return [...event.scores.token.values()].map((own) => [...own]);
  return [];
}

/** Share of the labelled tokens that are the likeliest ones. */
async function accuracyOf(model: CausalLM, batch: LabelledBatch): Promise<number> {
  const best = tidy(() => noGrad(() => model.forward(batch).argmax({ dim: 2 })));
  const guesses = await best.data();
  best.dispose();
  const labels = Array.from(batch.labels!);
  const asked = [...labels.keys()].filter((i) => labels[i]! >= 0);
  return asked.filter((i) => guesses[i - 1] === labels[i]).length / asked.length;
}

async function standingOf(
  model: CausalLM,
  text: SplitText,
  signal: AbortSignal,
): Promise<Standing> {
  model.eval();
  const accuracy = await accuracyOf(model, batchOf(commandPairs().heldOut));
  const { loss } = await evaluate(model, heldOutBatches(text), { signal });
  return { accuracy, loss };
}

function methodOf(way: Way, model: CausalLM, chosen: readonly (readonly number[])[]): TuningMethod {
  if (way === "all") return { kind: "full" };
  const experts = new Map([...model.moeLayers.keys()].map((layer, i) => [layer, chosen[i]!]));
  return { kind: "experts", config: { experts, sharedExperts: false, nonExpertModules: false } };
}

/**
 * Tunes copies of a model for the task: its chosen experts alone, then all of its weights, on the same batches.
 * @param options.files of the model
 * @param options.chosen experts per layer
 */
export async function* tuneTask(
  {
    files,
    text,
    chosen,
    seed,
  }: {
    files: Map<string, Blob>;
    text: SplitText;
    chosen: readonly (readonly number[])[];
    seed: number;
  },
  signal: AbortSignal,
): AsyncGenerator<TuneEvent, void> {
  for (const way of ways) {
    const model = await loadModel(files, { signal });
    try {
      if (way === ways[0])
        yield { type: "before", standing: await standingOf(model, text, signal) };
      prepareTuning(model, methodOf(way, model, chosen), { seed });
      const weights = model.parameters().reduce((sum, { size }) => sum + size, 0);
      const lr = (step: number) => rates[way] * (1 - step / TUNE_STEPS);
      const data = { batch: (position: number) => taskBatch(position) };
      for await (const event of train(model, data, { steps: TUNE_STEPS, lr, signal }))
        if (event.type === "step-end")
          yield { type: "step-end", way, step: event.step, steps: TUNE_STEPS };
      yield { type: "tuned", way, tuned: { ...(await standingOf(model, text, signal)), weights } };
    } finally {
      model.dispose();
    }
  }
}
