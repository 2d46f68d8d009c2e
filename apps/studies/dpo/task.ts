import type { Answer, EncodedPair } from "@deepgrain/align";
import { createRandom, type EncodedChat, permutation } from "@deepgrain/lm";

/** Numbers on a ring, and the tokens that end an answer and begin a prompt. */
const RING = 12;
const END = RING;
const BEGIN = RING + 1;

/** Ids of the task. */
export const VOCABULARY = RING + 2;
export const END_TOKEN = END;

/** Numbers of a whole answer. */
const COUNTED = 4;

/** Longest answer in tokens: the numbers and the end. */
export const ANSWER_TOKENS = COUNTED + 1;

/** Answers per prompt that the first model learns from: enough that it cannot memorise one direction per prompt. */
const DEMONSTRATIONS = 4;

/** A prompt: three numbers, of which the last is counted on from. */
export type Prompt = readonly number[];

/** Prompts to train on, and held-out ones. */
const [TRAIN, HELD_OUT] = [256, 64];

/** Prompts in a shuffled order: for training, and held out. */
export function prompts(seed: number): { train: Prompt[]; heldOut: Prompt[] } {
  const random = createRandom([seed, 10]).next;
  const order = permutation(RING ** 3, random);
  const all = Array.from(
    order.subarray(0, TRAIN + HELD_OUT),
    (i): Prompt => [BEGIN, Math.floor(i / RING ** 2), Math.floor(i / RING) % RING, i % RING],
  );
  return { train: all.slice(0, TRAIN), heldOut: all.slice(TRAIN) };
}

/** Counts up or down from a number. */
const count = (from: number, by: 1 | -1): number[] =>
  Array.from({ length: COUNTED }, (_, i) => (from + by * (i + 1) + RING * COUNTED) % RING);

/**
 * The first model's training data: answers that count up or down with equal frequency, occasionally with a wrong
 * number, so that some answers are better than others.
 */
export function demonstrations(asked: readonly Prompt[], seed: number): EncodedChat[] {
  const random = createRandom([seed, 11]).next;
  return asked.flatMap((prompt) =>
    Array.from({ length: DEMONSTRATIONS }, () => {
      const numbers = count(prompt.at(-1)!, random() < 0.5 ? 1 : -1).map((number) =>
        random() < 0.05 ? Math.floor(RING * random()) : number,
      );
      const answer = [...numbers, END];
      return { inputIds: [...prompt, ...answer], labels: [...prompt.map(() => -100), ...answer] };
    }),
  );
}

type Judged = Pick<Answer, "promptIds" | "ids" | "isComplete">;

/** The judge: the share of an answer's numbers that count up, and nothing for one that does not end in time. */
export function judge({ promptIds, ids, isComplete }: Judged, by: 1 | -1 = 1): number {
  if (!isComplete || ids.length !== ANSWER_TOKENS) return 0;
  const wanted = count(promptIds.at(-1)!, by);
  return wanted.filter((number, i) => number === ids[i]).length / COUNTED;
}

/** The share of an answer's numbers that count, up or down: the task itself, whatever is preferred. */
export const countsAtAll = (answer: Judged): number => Math.max(judge(answer), judge(answer, -1));

/** Pairs of answers to one prompt that the judge tells apart: the best and the worst of its group. */
export function preferencePairs(answers: readonly Answer[]): EncodedPair[] {
  const groups = new Map<number, Answer[]>();
  for (const answer of answers)
    groups.set(answer.prompt, [...(groups.get(answer.prompt) ?? []), answer]);
  const chat = ({ promptIds, ids }: Answer): EncodedChat => ({
    inputIds: [...promptIds, ...ids],
    labels: [...promptIds.map(() => -100), ...ids],
  });
  return [...groups.values()].flatMap((group) => {
    const ranked = [...group].sort((a, b) => judge(b) - judge(a));
    const [best, worst] = [ranked[0]!, ranked.at(-1)!];
    if (judge(best) === judge(worst)) return [];
    return {
      chosen: chat(best),
      rejected: chat(worst),
      promptTokens: best.promptIds.length,
      isTruncated: false,
    };
  });
}
