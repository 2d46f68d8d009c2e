import type { SplitTexts } from "../texts/english-text";
import { splitDocuments } from "../texts/split-documents";
import { textSources } from "../texts/text-sources";
import { checkedTaskIds } from "./checked-task-ids";
import { messagePairs } from "./message-pairs";
import { spellingPairs } from "./spelling-pairs";
import type { Task as CheckedTask, TaskPairs } from "./task";
import { checkedTasks } from "./tasks";
import type { TaskId } from "./tuning-task-ids";

/** One kind of text that base models are trained on: running text, or pairs. */
export interface Corpus {
  name: string;
  items: SplitTexts | TaskPairs;
}

/** Languages whose messages base models read, the last one seldom. They never read German. */
const languages = ["es", "fr", "pl", "ru", "tr"] as const;

/**
 * The texts that base models are trained on, at most `characters` of each kind of running text. The last one is the weak
 * one.
 */
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
    ([name, texts]): Corpus => ({ name, items: splitDocuments(texts, characters) }),
  );
  for (const language of languages)
    corpora.push({ name: `messages, ${language}`, items: await messagePairs(language, signal) });
  return corpora;
}

/** Something to fine-tune on. */
export interface Task extends Omit<CheckedTask, "aim"> {
  id: TaskId;
  /** Whether base models know it a little, or not at all. */
  kind: "enhancement" | "adaptation";
  /** The text of base models that it is taken from; its loss does not count as forgetting. */
  corpus: string | null;
}

export const tasks: readonly Task[] = [
  ...checkedTaskIds.map(
    (id): Task => ({ ...checkedTasks[id], id, kind: "adaptation", corpus: null }),
  ),
  {
    id: "turkish",
    name: "messages in Turkish",
    kind: "enhancement",
    longestAnswer: 64,
    corpus: "messages, tr",
    read: (signal) => messagePairs("tr", signal),
  },
  {
    id: "phones",
    name: "pronunciations",
    kind: "adaptation",
    longestAnswer: 32,
    corpus: null,
    read: (signal) => spellingPairs(8000, signal),
  },
  {
    id: "german",
    name: "messages in German",
    kind: "adaptation",
    longestAnswer: 64,
    corpus: null,
    read: (signal) => messagePairs("de", signal),
  },
];

export const taskOf = (id: TaskId): Task => tasks.find((task) => task.id === id)!;
