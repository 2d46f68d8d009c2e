import { permutation } from "@deepgrain/lm";
import { having, optionsOf, refuseUnknown } from "../errors";
import type { Prompt } from "../prompts/prompt";
import { type BlockTask, labelToken, separatorToken, topicWords } from "./block-task";

/** The contents of a prompt of the block task. */
export interface BlockPromptOptions {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Topics of the classes, in class order; their number is the number of classes. Default: four random ones. */
  topics?: readonly number[] | undefined;
  /** Label of each class. Default: drawn without repetition. */
  names?: readonly number[] | undefined;
  /** Words per block. Default 3. */
  words?: number | undefined;
  /** Demonstrations per class. Default 1; with 0, the prompt is only the query. */
  shots?: number | undefined;
}

/** The demonstrations of a prompt, which stay fixed while queries change. */
export interface BlockDemonstrations {
  topics: readonly number[];
  names: readonly number[];
  words: number;
  ids: number[];
  labelPositions: number[][];
  formatPositions: number[];
  textPositions: number[];
}

/** Demonstrations of every class in random order. */
export function blockDemonstrations(
  task: BlockTask,
  options: BlockPromptOptions,
): BlockDemonstrations {
  const {
    random,
    topics = [...permutation(task.topics, random)].slice(0, 4),
    names = [...permutation(task.labels, random)].slice(0, topics.length),
    words = 3,
    shots = 1,
    ...rest
  } = optionsOf("blockDemonstrations", options);
  refuseUnknown("blockDemonstrations", rest);
  const ids: number[] = [];
  const labelPositions: number[][] = topics.map(() => []);
  const formatPositions: number[] = [];
  const textPositions: number[] = [];
  for (const item of permutation(topics.length * shots, random)) {
    const kind = item % topics.length;
    for (const word of topicWords(task, topics[kind]!, { length: words, random }))
      textPositions.push(ids.push(word) - 1);
    formatPositions.push(ids.push(separatorToken(task)) - 1);
    labelPositions[kind]!.push(ids.push(labelToken(task, names[kind]!)) - 1);
  }
  return { topics, names, words, ids, labelPositions, formatPositions, textPositions };
}

/** A prompt: the demonstrations, and a query of class `gold` (default: drawn). */
export function blockPrompt(
  task: BlockTask,
  demonstrations: BlockDemonstrations,
  options: { random: () => number; gold?: number | undefined },
): Prompt {
  const {
    random,
    gold = Math.floor(random() * demonstrations.topics.length),
    ...rest
  } = optionsOf("blockPrompt", options);
  refuseUnknown("blockPrompt", rest);
  const { topics, names, words, ids, ...positions } = demonstrations;
  const query = topicWords(task, topics[gold]!, { length: words, random });
  const all = Int32Array.from([...ids, ...query, separatorToken(task)]);
  return {
    ids: all,
    ...positions,
    target: all.length - 1,
    queryStart: ids.length,
    classIds: names.map((name) => labelToken(task, name)),
    gold,
  };
}

/** Options of {@link blockPrompts}. */
export interface BlockPromptsOptions extends BlockPromptOptions {
  /** Number of prompts. */
  count: number;
}

/** Prompts with demonstrations of their own: topics and labels that are not given are drawn for each prompt. */
export const blockPrompts = (task: BlockTask, options: BlockPromptsOptions): Prompt[] => {
  const { count, random, topics, names, words, shots, ...rest } = optionsOf(
    "blockPrompts",
    options,
  );
  refuseUnknown("blockPrompts", rest);
  const contents = { random, topics, names, words, shots };
  return Array.from({ length: count }, () =>
    blockPrompt(task, blockDemonstrations(task, contents), { random }),
  );
};

/** How a token of the task is shown: `3.1` for word 1 of topic 3, `common2`, `label4`, `→` for the separator. */
export function blockTokenName(task: BlockTask, id: number): string {
  having("blockTokenName", "task", task, "topics", "wordsPerTopic");
  if (id === separatorToken(task)) return "→";
  const label = id - labelToken(task, 0);
  if (label >= 0) return `label${label}`;
  const topic = Math.floor(id / task.wordsPerTopic);
  return topic < task.topics
    ? `${topic}.${id % task.wordsPerTopic}`
    : `common${label + task.commonWords}`;
}
