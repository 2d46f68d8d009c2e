import type { Answer } from "@deepgrain/align";
import { createRandom, type EncodedChat, permutation } from "@deepgrain/lm";
import { PREFERENCE_PROMPTS } from "./recipe";

/** Numbers on a ring, the token that ends an answer, and one per task that begins a prompt. */
const RING = 12;
export const END_TOKEN = RING;

/** The tasks: preferences are learned on the first, the others are its benchmarks. */
export const taskNames = ["count", "reverse", "shift"] as const;
export type TaskName = (typeof taskNames)[number];

const beginOf = (task: TaskName): number => END_TOKEN + 1 + taskNames.indexOf(task);

/** Ids of the tasks. */
export const VOCABULARY = END_TOKEN + 1 + taskNames.length;

/** Numbers of a whole answer that counts. */
const COUNTED = 4;

/** By how much the third task moves each number. */
const SHIFT = 5;

/** Longest answer in tokens: the numbers and the end. */
export const ANSWER_TOKENS = COUNTED + 1;

/** Share of demonstrated numbers of the first task that are wrong, so that some of the model's answers are better than others. */
const WRONG = 0.05;

/** A prompt: the task and three numbers. */
export type Prompt = readonly number[];

/** Demonstrations of a task, and held-out prompts. */
const [DEMONSTRATIONS, HELD_OUT] = [1024, 64];

/** Demonstrated answers per prompt: enough of the first task that the model cannot memorise one direction per prompt. */
const answersPer = (task: TaskName) => (task === "count" ? DEMONSTRATIONS / PREFERENCE_PROMPTS : 1);

/** Prompts of a task in a shuffled order: for training, and held out. */
export function promptsOf(task: TaskName, seed: number): { train: Prompt[]; heldOut: Prompt[] } {
  const random = createRandom([seed, 10, taskNames.indexOf(task)]).next;
  const trained = DEMONSTRATIONS / answersPer(task);
  const order = permutation(RING ** 3, random).subarray(0, trained + HELD_OUT);
  const all = Array.from(
    order,
    (i): Prompt => [
      beginOf(task),
      Math.floor(i / RING ** 2),
      Math.floor(i / RING) % RING,
      i % RING,
    ],
  );
  return { train: all.slice(0, trained), heldOut: all.slice(trained) };
}

/** Counts up or down from a number. */
const count = (from: number, by: 1 | -1): number[] =>
  Array.from({ length: COUNTED }, (_, i) => (from + by * (i + 1) + RING * COUNTED) % RING);

/** The answers to a prompt that solve its task: the first one on from its last number, up or down. */
function solutions(task: TaskName, [, ...numbers]: Prompt): number[][] {
  if (task === "reverse") return [numbers.toReversed()];
  if (task === "shift") return [numbers.map((number) => (number + SHIFT) % RING)];
  return ([1, -1] as const).map((by) => count(numbers.at(-1)!, by));
}

/** Demonstrations for the first model: answers that solve the task; those that count do so up or down with equal frequency, and sometimes wrongly. */
export function demonstrations(
  task: TaskName,
  prompts: readonly Prompt[],
  seed: number,
): EncodedChat[] {
  const random = createRandom([seed, 11, taskNames.indexOf(task)]).next;
  const asked = prompts.flatMap((prompt) => Array<Prompt>(answersPer(task)).fill(prompt));
  return asked.map((prompt) => {
    const right = solutions(task, prompt);
    const chosen = right[Math.floor(right.length * random())]!;
    const isWrong = () => task === "count" && random() < WRONG;
    const numbers = chosen.map((number) => (isWrong() ? Math.floor(RING * random()) : number));
    return chatOf({ promptIds: prompt, ids: [...numbers, END_TOKEN] });
  });
}

/** A prompt and its answer, with labels on the answer. */
export const chatOf = ({
  promptIds,
  ids,
}: {
  promptIds: Prompt;
  ids: readonly number[];
}): EncodedChat => ({
  inputIds: [...promptIds, ...ids],
  labels: [...promptIds.map(() => -100), ...ids],
});

type Judged = Pick<Answer, "promptIds" | "ids" | "isComplete">;

/** The judge: the share of an answer's numbers that count up, and nothing for one that does not end in time. */
export function judge({ promptIds, ids, isComplete }: Judged, by: 1 | -1 = 1): number {
  if (!isComplete || ids.length !== ANSWER_TOKENS) return 0;
  const wanted = count(promptIds.at(-1)!, by);
  return wanted.filter((number, i) => number === ids[i]).length / COUNTED;
}

/** The share of an answer's numbers that count, up or down: the task itself, whatever is preferred. */
export const countsAtAll = (answer: Judged): number => Math.max(judge(answer), judge(answer, -1));

/** Whether an answer solves the task. */
export const isSolved = (task: TaskName, { promptIds, ids }: Judged): boolean =>
  solutions(task, promptIds).some((wanted) => [...wanted, END_TOKEN].join() === [...ids].join());
