import { type CausalLM, createRandom, IGNORED_LABEL, permutation } from "@deepgrain/lm";
import type { FitEvent } from "@deepgrain/trainer";
import { AnchorsError, having, listOf, optionsOf, refuseUnknown } from "../errors";
import { type Encode, type Example, labelIds } from "../prompts/build-prompt";
import { type PromptTemplate, templateParts } from "../prompts/template";
import type { BlockBatch } from "./block-task";
import { type ModelRecipe, tinyGpt2 } from "./create-tiny-model";
import type { TinyRecipe } from "./tiny-recipe";
import { trainProbed } from "./train-tiny-model";

/** Texts with own labels as blocks of tokens. */
export interface TextTask {
  /** For each class, its texts with everything before the label, as token ids. */
  readonly blocks: readonly (readonly (readonly number[])[])[];
  /** The label of each class. */
  readonly labels: readonly number[];
  /** Between two blocks. */
  readonly newline: readonly number[];
  /** Tokens of the longest block, uncut. */
  readonly longest: number;
}

/** Tokens of a text that are trained on; the rest of a longer one is cut off. */
const MOST_TOKENS = 32;

/** Blocks for which a model has positions. */
const BLOCKS = 10;

/**
 * Labelled texts as a task to learn in context.
 *
 * @param template whose label words are one token each, or begin with different ones
 * @throws {AnchorsError} `ERR_RANGE` for a class without texts; `ERR_TOKENS` for label words of equal ids
 */
export function textTask(
  template: PromptTemplate,
  examples: readonly Example[],
  options: { encode: Encode },
): TextTask {
  const { encode, ...rest } = optionsOf("textTask", options);
  refuseUnknown("textTask", rest);
  having("textTask", "template", template, "name", "block", "labels");
  listOf("textTask", "examples", examples);
  const { input, space, answer } = templateParts(template.block);
  const ids = labelIds(template, { encode, multiToken: "first" }) as number[];
  const end = encode(answer);
  let longest = 0;
  const blocks = template.labels.map((word, label) => {
    const own = examples.filter((example) => example.label === label);
    if (own.length === 0)
      throw new AnchorsError("ERR_RANGE", `icl-anchors/textTask: no text has the label ${word}`, {
        fields: { label: word },
      });
    return own.map(({ text }) => {
      const start = encode(input + space + text);
      longest = Math.max(longest, start.length + end.length + 2);
      return [...start.slice(0, MOST_TOKENS), ...end];
    });
  });
  return { blocks, labels: ids, newline: encode("\n"), longest };
}

const below = (random: () => number, n: number): number => Math.floor(random() * n);

/** A row of labelled blocks: tokens, with what is predicted and of which class a place is. */
interface Row {
  ids: number[];
  labels: number[];
  topics: number[];
}

/** The labels of the classes are drawn anew for each row: which is whose can only be read from the row. */
function textRow({ blocks, labels, newline }: TextTask, random: () => number): Row {
  const classes = [...permutation(blocks.length, random)].slice(0, 4);
  const names = permutation(labels.length, random);
  const kinds = Array.from({ length: 4 + below(random, 4) }, () => below(random, classes.length));
  kinds.push(kinds[below(random, kinds.length)]!);
  const seen = new Set<number>();
  const row: Row = { ids: [], labels: [], topics: [] };
  const put = (id: number, label = IGNORED_LABEL, topic = IGNORED_LABEL) => {
    row.ids.push(id);
    row.labels.push(label);
    row.topics.push(topic);
  };
  for (const kind of kinds) {
    const own = classes[kind]!;
    const block = blocks[own]![below(random, blocks[own]!.length)]!;
    for (const [i, id] of block.entries())
      put(id, IGNORED_LABEL, i === block.length - 1 ? own : IGNORED_LABEL);
    const label = labels[names[kind]!]!;
    put(label, seen.has(kind) ? label : IGNORED_LABEL, own);
    for (const id of newline) put(id);
    seen.add(kind);
  }
  return row;
}

/** Rows of one length: shorter ones are followed by tokens that count for nothing. */
function textBatch(
  task: TextTask,
  { batch, seed }: { batch: number; seed: readonly number[] },
): BlockBatch {
  const random = createRandom(seed).next;
  const rows = Array.from({ length: batch }, () => textRow(task, random));
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const filled = (of: (row: Row) => number[], rest: number) => {
    const values = new Int32Array(batch * length).fill(rest);
    for (const [i, row] of rows.entries()) values.set(of(row), i * length);
    return values;
  };
  return {
    ids: filled(({ ids }) => ids, task.newline[0]!),
    labels: filled(({ labels }) => labels, IGNORED_LABEL),
    topics: filled(({ topics }) => topics, IGNORED_LABEL),
    positions: Int32Array.from({ length: batch * length }, (_, i) => i % length),
    batch,
    length,
  };
}

/**
 * A tiny GPT-2 for a text task, before training, with positions for ten blocks.
 * @param options.seed of the initial weights
 */
export function createTextModel(
  recipe: ModelRecipe,
  task: TextTask,
  options: { vocabSize: number; seed: number },
): Promise<CausalLM> {
  const { vocabSize, seed, ...rest } = optionsOf("createTextModel", options);
  refuseUnknown("createTextModel", rest);
  having("createTextModel", "recipe", recipe, "layers", "width");
  const { longest } = having("createTextModel", "task", task, "blocks", "labels");
  const positions = Math.max(128, BLOCKS * longest, BLOCKS * (MOST_TOKENS + 16));
  return tinyGpt2(recipe, { vocabSize, positions }, seed);
}

/**
 * Trains a tiny model to learn own labels in context: rows of labelled texts, in each of which the labels are dealt out anew.
 * The loss and the optimiser are those of `trainTinyModel`, with the classes as topics.
 *
 * @param model from `createTextModel`; trained in place
 * @yields the events of `fit` of `@deepgrain/trainer`
 * @throws {TrainerError} as `fit`; the signal's reason on abort
 */
export async function* trainTextModel(
  model: CausalLM,
  task: TextTask,
  options: Pick<TinyRecipe, "batch" | "steps" | "seed"> & { signal?: AbortSignal | undefined },
): AsyncGenerator<FitEvent, void> {
  const { batch, steps, seed, signal, ...rest } = optionsOf("trainTextModel", options);
  refuseUnknown("trainTextModel", rest);
  having("trainTextModel", "task", task, "blocks", "labels");
  yield* trainProbed(model, {
    topics: task.blocks.length,
    batchAt: (position) => textBatch(task, { batch, seed: [seed, position] }),
    steps,
    seed,
    signal,
  });
}
