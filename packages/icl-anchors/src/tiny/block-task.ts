import type { LabelledBatch } from "@deepgrain/lm";
import { createRandom, IGNORED_LABEL, permutation } from "@deepgrain/lm";
import { having } from "../errors";

/** The vocabulary and noise of the block task. */
export interface BlockTask {
  /** Topics. Default 16; even, since topics come in pairs of siblings 2i and 2i + 1. */
  topics: number;
  /** Words per topic. Default 3. */
  wordsPerTopic: number;
  /** Words that every topic shares. Default 8. */
  commonWords: number;
  /** Label tokens. Default 8. */
  labels: number;
  /** Share of the words that are common ones. Default 0.2. */
  noise: number;
  /** Share of the words that come from the sibling topic. Default 0. */
  siblingNoise: number;
  /** Share of training rows in which one class is the sibling of another. Default 0. */
  siblingRows: number;
}

/** The task of the shipped models. */
export const blockTask: BlockTask = {
  topics: 16,
  wordsPerTopic: 3,
  commonWords: 8,
  labels: 8,
  noise: 0.2,
  siblingNoise: 0,
  siblingRows: 0,
};

/** The task with look-alike topics, for which demonstrations are ambiguous. */
export const lookAlikeTask: BlockTask = {
  ...blockTask,
  noise: 0.1,
  siblingNoise: 0.35,
  siblingRows: 0.5,
};

type Uniform = () => number;

const below = (random: Uniform, n: number): number => Math.floor(random() * n);

const firstCommon = ({ topics, wordsPerTopic }: BlockTask): number => topics * wordsPerTopic;

/** Id of label token `label`. */
export const labelToken = (task: BlockTask, label: number): number =>
  firstCommon(task) + task.commonWords + label;

/** Id of the separator: the token before each label, and the last one of a prompt. */
export const separatorToken = (task: BlockTask): number => labelToken(task, task.labels);

/** Number of tokens in the vocabulary. */
export const blockVocabulary = (task: BlockTask): number => {
  having("blockVocabulary", "task", task, "topics", "wordsPerTopic");
  return separatorToken(task) + 1;
};

/** `length` words of a topic. */
export function topicWords(
  task: BlockTask,
  topic: number,
  { length, random }: { length: number; random: Uniform },
): number[] {
  return Array.from({ length }, () => {
    if (random() < task.noise) return firstCommon(task) + below(random, task.commonWords);
    const source = random() < task.siblingNoise ? topic ^ 1 : topic;
    return source * task.wordsPerTopic + below(random, task.wordsPerTopic);
  });
}

/** Distinct topics for the classes of a row; in some rows one class is the sibling of another. */
export function blockTopics(task: BlockTask, classes: number, random: () => number): number[] {
  const order = [...permutation(task.topics, random)];
  const topics = order.slice(0, classes);
  if (classes > 1 && random() < task.siblingRows) {
    const [first] = topics as [number];
    if (!topics.includes(first ^ 1)) topics[1] = first ^ 1;
  }
  return topics;
}

/** A training batch with what the losses need. */
export interface BlockBatch extends LabelledBatch {
  labels: Int32Array;
  /** Topic of the block at separators and labels, −100 elsewhere, [batch × length]. */
  topics: Int32Array;
  /** Position of each token, [batch × length]. */
  positions: Int32Array;
}

/**
 * A training batch: rows of labelled blocks and a last block without label. Per batch it draws the words per block
 * (2 to 4), the classes (2 to 4), the blocks (4 to 8) and the first position (0 to 16); per row topics and labels.
 *
 * @param seed of the batch; the same seed gives the same batch
 * @returns labels only where a block's label occurred earlier in the row, at the position of the label token, since
 *   each position predicts the next label
 */
export function blockBatch(
  task: BlockTask,
  { batch, seed }: { batch: number; seed: readonly number[] },
): BlockBatch {
  const random = createRandom(seed).next;
  const words = 2 + below(random, 3);
  const classes = 2 + below(random, 3);
  const blocks = 4 + below(random, 5);
  const offset = below(random, 17);
  const length = blocks * (words + 2) + words + 2; // the label of the last block is included as a target
  const ids = new Int32Array(batch * length);
  const labels = new Int32Array(batch * length).fill(IGNORED_LABEL);
  const topics = new Int32Array(batch * length).fill(IGNORED_LABEL);
  for (let row = 0; row < batch; row++) {
    const classTopics = blockTopics(task, classes, random);
    const names = [...permutation(task.labels, random)].slice(0, classes);
    const kinds = Array.from({ length: blocks }, () => below(random, classes));
    kinds.push(kinds[below(random, blocks)]!);
    const seen = new Set<number>();
    let at = row * length;
    for (const kind of kinds) {
      const topic = classTopics[kind]!;
      for (const word of topicWords(task, topic, { length: words, random })) ids[at++] = word;
      topics[at] = topic;
      ids[at++] = separatorToken(task);
      const label = labelToken(task, names[kind]!);
      if (seen.has(kind)) labels[at] = label;
      topics[at] = topic;
      ids[at++] = label;
      seen.add(kind);
    }
  }
  const positions = Int32Array.from(ids, (_, i) => offset + (i % length));
  return { ids, labels, topics, positions, batch, length };
}
