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
import { shuffled } from "../shared/tasks/shuffled";
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

/** The entries that a model recalls, and how it predicts along its context. */
export interface ExtendResult {
  /** Share of needles that are recalled, by length and depth in percent. */
  recall: { length: number; depth: number; share: number }[];
  /** Nats per token in eighths of the longest context. */
  byPosition: { from: number; loss: number }[];
}

type Context = Pick<RunContext<CoderSettings>, "settings" | "signal" | "artifacts">;

/** Tokens: fillers that follow a chain, keys, entries that name a key and its value, and a mark before a key that is asked for. */
const FILLERS = 64;
const KEYS = 8;
const VALUES = 8;
const ENTRIES = FILLERS + KEYS;
const MARK = ENTRIES + KEYS * VALUES;
const VOCABULARY = MARK + 1;
/** Most fillers between two entries, on average; texts of few fillers and few keys are where recalling is learnt. */
const GAP = 6;

/** The model that is extended is smaller than those of the other experiments. */
const SIZE = { hiddenSize: 64, layers: 2 };
/** The share of its steps in which texts have a quarter of its context. */
const SHORT = { share: 0.6, part: 4 };
/** Tokens and peak learning rate of a step. */
const TOKENS = 1024;
const PEAK = 3e-3;
/** Of the tokens that answer nothing, one in so many is learnt: mostly they are noise. */
const RARE = 10;

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

const shuffledKeys = (random: Random) => shuffled([...Array(KEYS).keys()], below(random, 2 ** 31));

const entryOf = (key: number, value: number) => ENTRIES + key * VALUES + value;
const asked = (key: number, value: number) => [MARK, FILLERS + key, entryOf(key, value)];

/** A text of fillers and entries; a key that comes again is asked for, and its entry follows. */
function recallText(length: number, random: Random, keys?: readonly number[]): number[] {
  const all = keys ?? shuffledKeys(random).slice(0, 2 + below(random, KEYS - 1));
  const gap = keys ? GAP / 2 : below(random, GAP + 1);
  const values = new Map<number, number>();
  const ids: number[] = [];
  while (ids.length < length) {
    ids.push(...filler(below(random, 2 * gap + 1), random));
    const key = all[below(random, all.length)]!;
    const known = values.get(key);
    const value = known ?? below(random, VALUES);
    values.set(key, value);
    ids.push(...(known === undefined ? [entryOf(key, value)] : asked(key, value)));
  }
  return ids.slice(0, length);
}

/** The learnt part of a text: entries that are asked for, and one in ten of the other tokens. */
const labelsOf = (ids: readonly number[], random: Random): number[] =>
  ids.map((id, i) => (ids[i - 2] === MARK || below(random, RARE) === 0 ? id : ignoreIndex));

/** An entry at a depth of a text of others, asked for at the end; there it is the only label. */
function needle(length: number, depth: number, random: Random): LabelledBatch {
  const [key, ...others] = shuffledKeys(random);
  const question = asked(key!, below(random, VALUES));
  const rest = recallText(length - 1 - question.length, random, others);
  const at = Math.floor((depth / 100) * rest.length);
  const ids = [...rest.slice(0, at), question[2]!, ...rest.slice(at), ...question];
  const labels = ids.map((id, i) => (i === length - 1 ? id : ignoreIndex));
  return { ids, labels, batch: 1, length };
}

/** Recalled is an entry that is the likeliest: its loss is then below that of any other, at most ln 2. */
async function recalls(model: CausalLM, one: LabelledBatch, signal: AbortSignal): Promise<boolean> {
  return (await evaluate(model, [one], { signal })).loss < Math.LN2;
}

/** Share of needles of a length and depth that a model recalls. */
async function recallAt(
  model: CausalLM,
  [length, depth]: readonly [number, number],
  { settings: { needles }, signal }: Pick<Context, "settings" | "signal">,
): Promise<number> {
  let right = 0;
  for (let i = 0; i < needles; i++) {
    const { next } = createRandom([77, length, depth, i]);
    if (await recalls(model, needle(length, depth, next), signal)) right++;
  }
  return right / needles;
}

async function measure(
  model: CausalLM,
  context: Pick<Context, "settings" | "signal">,
): Promise<ExtendResult> {
  const { settings, signal } = context;
  const recall: ExtendResult["recall"] = [];
  for (const length of settings.lengths)
    for (const depth of settings.depths)
      recall.push({ length, depth, share: await recallAt(model, [length, depth], context) });
  const longest = settings.lengths[2];
  const texts = [0, 1].map((i) => recallText(longest, createRandom([78, i]).next));
  const losses = await lossByPosition(model, texts, { bucket: longest / 8, signal });
  return { recall, byPosition: losses.map(({ from, loss }) => ({ from, loss })) };
}

const baseFolder = (artifacts: string, seed: number) => join(artifacts, `recall-${seed}`);

/** Trains the model that recalls within its short context, and measures it there. */
export async function* recallBase(
  seed: number,
  context: Context,
): AsyncGenerator<RunEvent, { recall: number }, void> {
  const { settings, signal, artifacts } = context;
  const [length] = settings.lengths;
  const hiddenSize = Math.min(SIZE.hiddenSize, settings.hiddenSize);
  const sizes = { ...SIZE, hiddenSize, experts: settings.experts };
  const model = newMixture(sizes, { vocabSize: VOCABULARY, positions: length, seed });
  const { recallSteps: steps } = settings;
  const data = {
    batch(position: number) {
      const { next } = createRandom([seed, position, 11]);
      const own = position < SHORT.share * steps ? length / SHORT.part : length;
      const batch = Math.max(1, Math.floor(TOKENS / own));
      const rows = Array.from({ length: batch }, () => recallText(own, next));
      const labels = rows.flatMap((row) => labelsOf(row, next));
      return { ids: Int32Array.from(rows.flat()), labels, batch, length: own };
    },
  };
  const options = { steps, peak: PEAK, seed, signal };
  yield* trainOn(model, data, { ...options, name: "recall", share: [0, 0.95] });
  const { depths } = settings;
  let recall = 0;
  for (const depth of depths) recall += await recallAt(model, [length, depth], context);
  await saveModel(baseFolder(artifacts, seed), model);
  model.dispose();
  return { recall: recall / depths.length };
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
