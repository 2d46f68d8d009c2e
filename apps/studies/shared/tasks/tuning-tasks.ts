import type { SplitTexts } from "../texts/english-text";
import { splitDocuments } from "../texts/split-documents";
import { textSources } from "../texts/text-sources";
import { messagePairs } from "./message-pairs";
import { spellingPairs } from "./spelling-pairs";
import { type Task as CheckedTask, type Pair, spread, type TaskPairs } from "./task";
import { checkedTasks } from "./tasks";
import type { TaskId } from "./tuning-task-ids";

/** One kind of text that base models are trained on: running text, or pairs. */
export interface Corpus {
  name: string;
  items: SplitTexts | TaskPairs;
  /** The task that it is of the kind of, with other pairs; null for general text. */
  task: TaskId | null;
}

/** Languages whose messages base models read as general text. They never read German. */
const languages = ["es", "fr", "pl", "ru"] as const;

/** Something to fine-tune on. */
export interface Task extends Omit<CheckedTask, "aim"> {
  id: TaskId;
  /** Whether base models know it a little, or not at all. */
  kind: "enhancement" | "adaptation";
  /** The text of base models that is of its kind; its loss does not count as forgetting. */
  corpus: string | null;
  /** The mark of its answers. */
  mark: "exact" | "chrF";
  /** Pairs to fine-tune on, at most; base models read the others. */
  pairs: number;
}

const known = { kind: "enhancement", mark: "exact", pairs: 1500 } as const;

const translation = (language: "tr" | "de", name: string) =>
  ({
    name: `messages in ${name}`,
    mark: "chrF",
    pairs: 1000,
    longestAnswer: 64,
    read: (signal: AbortSignal) => messagePairs(language, signal),
  }) as const;

export const tasks: readonly Task[] = [
  { ...checkedTasks.numbers, ...known, id: "numbers", corpus: "number words" },
  {
    ...known,
    id: "phones",
    name: "pronunciations",
    mark: "chrF",
    longestAnswer: 32,
    corpus: "phones",
    read: (signal) => spellingPairs(8000, signal),
  },
  { ...checkedTasks.languages, ...known, id: "languages", corpus: "messages with their language" },
  { ...translation("tr", "Turkish"), id: "turkish", kind: "enhancement", corpus: "messages, tr" },
  { ...translation("de", "German"), id: "german", kind: "adaptation", corpus: null },
];

export const taskOf = (id: TaskId): Task => tasks.find((task) => task.id === id)!;

/** The pairs of a task: to fine-tune on, evenly spaced, those of other prompts for base models to read, and held out. */
export async function readTask(
  { read, pairs, corpus }: Task,
  signal: AbortSignal,
): Promise<TaskPairs & { rest: Pair[] }> {
  const { train: all, validation } = await read(signal);
  const train = spread(all, pairs);
  const taken = new Set([...train, ...validation].map(({ prompt }) => prompt));
  const rest = corpus === null ? [] : all.filter(({ prompt }) => !taken.has(prompt));
  return { train, validation, rest };
}

/** The texts that base models are trained on, at most `characters` of each kind of running text; those of the tasks' kinds last. */
export async function readCorpora(characters: number, signal: AbortSignal): Promise<Corpus[]> {
  const { mobyDick, addresses, typescript, python, javascript, licences } = textSources;
  const speeches = await addresses(signal);
  const running = {
    "English prose": (await mobyDick(signal)).flatMap((text, i) => [text, speeches[i] ?? ""]),
    TypeScript: await typescript(signal),
    Python: await python(signal),
    JavaScript: await javascript(signal),
    licences: await licences(signal),
  };
  const corpora = Object.entries(running).map(
    ([name, texts]): Corpus => ({ name, items: splitDocuments(texts, characters), task: null }),
  );
  for (const language of languages) {
    const items = await messagePairs(language, signal);
    corpora.push({ name: `messages, ${language}`, items, task: null });
  }
  for (const task of tasks) {
    if (task.corpus === null) continue;
    const { rest: train } = await readTask(task, signal);
    corpora.push({ name: task.corpus, items: { train, validation: [] }, task: task.id });
  }
  return corpora;
}
