/** A question and its answer. */
export interface Pair {
  prompt: string;
  answer: string;
}

/** Pairs for training, and pairs whose content words no training pair has. */
export interface TaskPairs {
  train: Pair[];
  validation: Pair[];
}

/** Something to fine-tune on, with answers that are right or wrong. */
export interface Task {
  /** Display name: "numbers in words". */
  name: string;
  /** The aim of the task, as the end of "The task: …". */
  aim: string;
  /** Longest answer, in tokens. */
  longestAnswer: number;
  read(signal: AbortSignal): Promise<TaskPairs>;
}

/** At most `count` items, evenly spaced over the list. */
export function spread<T>(items: readonly T[], count: number): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor((i * items.length) / taken)]!);
}
