import {
  messagePairs,
  newLanguage,
  type Pair,
  type Split,
  spellingPairs,
  weakLanguage,
} from "./corpora";

export const taskIds = ["turkish", "phones", "german"] as const;

export type TaskId = (typeof taskIds)[number];

/** Something to fine-tune on. */
export interface Task {
  id: TaskId;
  name: string;
  /** Whether base models know it a little, or not at all. */
  kind: "enhancement" | "adaptation";
  /** The text of base models that it is taken from; its loss does not count as forgetting. */
  corpus: string | null;
  /** Longest answer, in tokens. */
  longestAnswer: number;
  read(signal: AbortSignal): Promise<Split<Pair>>;
}

/** Words to spell, enough for some epochs. */
const WORDS = 8000;

export const tasks: readonly Task[] = [
  {
    ...{ id: "turkish", name: "messages in Turkish", kind: "enhancement", longestAnswer: 64 },
    corpus: `messages, ${weakLanguage}`,
    read: (signal) => messagePairs(weakLanguage, signal),
  },
  {
    ...{ id: "phones", name: "pronunciations", kind: "adaptation", longestAnswer: 32 },
    corpus: null,
    read: (signal) => spellingPairs(WORDS, signal),
  },
  {
    ...{ id: "german", name: "messages in German", kind: "adaptation", longestAnswer: 64 },
    corpus: null,
    read: (signal) => messagePairs(newLanguage, signal),
  },
];

export const taskOf = (id: TaskId): Task => tasks.find((task) => task.id === id)!;
