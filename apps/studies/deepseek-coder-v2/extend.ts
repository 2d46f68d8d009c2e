/** @file Experiment *extend*: a longer context by YaRN, in stages and at once, against other ways and none. */
import { join } from "node:path";
import type { RunContext, RunEvent } from "@deepgrain/lab";
import {
  type CausalLM,
  createRandom,
  evaluate,
  extendContext,
  extendModel,
  ignoreIndex,
  type LabelledBatch,
  loadModel,
  lossByPosition,
  saveModel,
} from "@deepgrain/lm";
import { newMixture, progressOf, trainOn } from "./models";
import type { CoderSettings } from "./recipe";

/** Ways to a longer context. */
export const extensions = {
  "yarn-two": "YaRN, two stages",
  "yarn-one": "YaRN, one stage",
  linear: "linear, two stages",
  none: "unscaled, two stages",
  untrained: "YaRN, untrained",
} as const;
export type Extension = keyof typeof extensions;

/** What a model recalls, and how it predicts along its context. */
export interface ExtendResult {
  /** Share of needles that are recalled, by length and depth in percent. */
  recall: { length: number; depth: number; share: number }[];
  /** Nats per token in eighths of the longest context. */
  byPosition: { from: number; loss: number }[];
}

type Context = Pick<RunContext<CoderSettings>, "settings" | "signal" | "artifacts">;

/** Tokens: fillers that follow a chain, keys, values, and a mark before a key. */
const FILLERS = 64;
const KEYS = 24;
const VALUES = 24;
const MARK = FILLERS + KEYS + VALUES;
const VOCABULARY = MARK + 2;
/** Between two pairs in training texts. */
const GAP = 6;

type Random = () => number;
const below = (random: Random, n: number) => Math.floor(random() * n);

/** Fillers in a chain that is easy to learn: mostly the next number, else any. */
function filler(count: number, random: Random): number[] {
  let at = below(random, FILLERS);
  return Array.from({ length: count }, () => {
    at = random() < 0.8 ? (at + 1) % FILLERS : below(random, FILLERS);
    return at;
  });
}

/** A text of fillers and pairs of mark, key and value; a key that comes again has the value it had. */
function recallText(length: number, random: Random): number[] {
  const values = new Map<number, number>();
  const ids: number[] = [];
  while (ids.length < length) {
    ids.push(...filler(1 + below(random, 2 * GAP), random));
    const key = below(random, KEYS);
    if (!values.has(key)) values.set(key, below(random, VALUES));
    ids.push(MARK, FILLERS + key, FILLERS + KEYS + values.get(key)!);
  }
  return ids.slice(0, length);
}

/** A pair at a depth of a text of fillers and other pairs, asked for at the end; its value is the only label. */
function needle(length: number, depth: number, random: Random): LabelledBatch {
  const [key, value] = [below(random, KEYS), below(random, VALUES)];
  const pair = [MARK, FILLERS + key, FILLERS + KEYS + value];
  const ids = filler(length, random);
  for (let at = 4 * GAP; at + 3 < length - 4; at += 4 * GAP) {
    const other = (key + 1 + below(random, KEYS - 1)) % KEYS;
    ids.splice(at, 3, MARK, FILLERS + other, FILLERS + KEYS + below(random, VALUES));
  }
  ids.splice(Math.floor((depth / 100) * (length - 8)), 3, ...pair);
  ids.splice(length - 3, 3, ...pair);
  const labels = ids.map((id, i) => (i === length - 1 ? id : ignoreIndex));
  return { ids, labels, batch: 1, length };
}

/** Recalled is a value that is the likeliest: its loss is then below that of any other, at most ln 2. */
async function recalls(model: CausalLM, one: LabelledBatch, signal: AbortSignal): Promise<boolean> {
  return (await evaluate(model, [one], { signal })).loss < Math.LN2;
}

async function measure(
  model: CausalLM,
  { settings, signal }: Pick<Context, "settings" | "signal">,
): Promise<ExtendResult> {
  const recall: ExtendResult["recall"] = [];
  for (const length of settings.lengths)
    for (const depth of settings.depths) {
      let right = 0;
      for (let i = 0; i < settings.needles; i++) {
        const { next } = createRandom([77, length, depth, i]);
        if (await recalls(model, needle(length, depth, next), signal)) right++;
      }
      recall.push({ length, depth, share: right / settings.needles });
    }
  const longest = settings.lengths[2];
  const texts = [0, 1].map((i) => recallText(longest, createRandom([78, i]).next));
  const losses = await lossByPosition(model, texts, { bucket: longest / 8, signal });
  return { recall, byPosition: losses.map(({ from, loss }) => ({ from, loss })) };
}

const baseFolder = (artifacts: string, seed: number) => join(artifacts, `recall-${seed}`);

/** Trains the model that recalls within its short context, and measures it there. */
export async function* recallBase(
  seed: number,
  { settings, signal, artifacts }: Context,
): AsyncGenerator<RunEvent, { recall: number }, void> {
  const [length] = settings.lengths;
  const batchSize = 4;
  const model = newMixture(settings, { vocabSize: VOCABULARY, positions: length, seed });
  const data = {
    batch(position: number) {
      const { next } = createRandom([seed, position, 11]);
      const rows = Array.from({ length: batchSize }, () => recallText(length, next));
      return { ids: Int32Array.from(rows.flat()), batch: batchSize, length };
    },
  };
  const options = { steps: settings.recallSteps, peak: 3e-3, seed, signal };
  yield* trainOn(model, data, { ...options, name: "recall", share: [0, 0.95] });
  let right = 0;
  for (const depth of settings.depths) {
    const one = needle(length, depth, createRandom([79, depth]).next);
    if (await recalls(model, one, signal)) right++;
  }
  await saveModel(baseFolder(artifacts, seed), model);
  model.dispose();
  return { recall: right / settings.depths.length };
}

/** Extends the model in one way, and measures it over the long context. */
export async function* runExtension(
  id: Extension,
  seed: number,
  { settings, signal, artifacts }: Context,
): AsyncGenerator<RunEvent, ExtendResult, void> {
  const base = await loadModel(baseFolder(artifacts, seed), { signal });
  const [short, middle, long] = settings.lengths;
  const factor = long / short;
  if (id === "untrained") {
    const longer = await extendModel(base, { factor });
    const measured = await measure(longer, { settings, signal });
    longer.dispose();
    base.dispose();
    return measured;
  }
  const [first, second] = settings.stageSteps;
  const tokensPerStep = 2 * middle;
  const stages =
    id === "yarn-one"
      ? [{ length: long, steps: Math.ceil((first * tokensPerStep) / long) + second, batchSize: 1 }]
      : [
          { length: middle, steps: first, batchSize: 2 },
          { length: long, steps: second, batchSize: 1 },
        ];
  const { next } = createRandom([seed, 12]);
  const documents = Array.from({ length: 24 }, (_, i) => recallText(i % 2 ? long : middle, next));
  const scaling = id === "linear" || id === "none" ? id : "yarn";
  const run = extendContext(base, documents, { factor, scaling, stages, lr: 1e-3, seed, signal });
  let longer: CausalLM | undefined;
  async function* trainEvents() {
    for await (const event of run) {
      if (event.type === "extend-start") longer = event.model;
      else if (event.type !== "stage-start") yield event;
    }
  }
  yield* progressOf(trainEvents(), extensions[id], [0, 0.8]);
  const measured = await measure(longer!, { settings, signal });
  longer!.dispose();
  base.dispose();
  return measured;
}
