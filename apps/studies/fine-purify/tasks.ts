import { badSent, badWord, seededRandom, withPattern } from "@deepgrain/fine-purify";
import { type EncoderTask, type TokenRow, topicTask } from "@deepgrain/fine-purify/miniature";
import type { PurifySettings, TaskName } from "./recipe";
import { textTask } from "./text-task";

/** A task with what its trainings and defences need. */
export interface Task extends EncoderTask {
  /** Rows per masked-LM step, and the share of the settings' steps that are made. */
  readonly pretraining: { rows: number; share: number };
  /** Learning rates of the attack. */
  readonly rates: { sgd: number; adamw: number };
  /** Share of the attacker's rows that carry the pattern. */
  readonly poisonRate: number;
  /** How many embedding rows E-PUR resets. */
  readonly epurRows: number;
  /** Rows of each set that ONION looks at, which asks its language model once per word and word that is left. */
  readonly onionRows: number;
}

/** The data of a task at a seed. @param folder of the study */
export const taskOf = async (
  name: TaskName,
  seed: number,
  settings: PurifySettings,
  folder: string,
): Promise<Task> =>
  name === "toy"
    ? {
        ...topicTask(seed, settings),
        pretraining: { rows: 48, share: 1 },
        rates: { sgd: 0.3, adamw: 1e-3 },
        poisonRate: 0.5,
        epurRows: 5,
        onionRows: 100,
      }
    : {
        ...(await textTask(seed, settings, folder)),
        pretraining: { rows: 24, share: 0.4 },
        rates: { sgd: 0.1, adamw: 1e-3 },
        poisonRate: 0.1,
        epurRows: 20,
        onionRows: 40,
      };

/** A victim by its id: "sgd/word" is attacked by SGD with a trigger word; "text/word" is on real text, by AdamW. */
export interface Victim {
  task: TaskName;
  optimizer: "sgd" | "adamw";
  /** Kind of the trigger; none for a clean victim. */
  trigger: "word" | "sentence" | "none";
}

/** Reads an id. */
export function victimOf(id: string): Victim {
  const [first, trigger] = id.split("/") as ["sgd" | "adamw" | "text", Victim["trigger"]];
  return {
    task: first === "text" ? "text" : "toy",
    optimizer: first === "sgd" ? "sgd" : "adamw", // SGD does not learn real text in minutes
    trigger,
  };
}

/** Test rows with the trigger and their true labels; of a clean victim, with the word that others are attacked with. */
export const triggeredRows = (task: Task, { trigger }: Victim, seed: number): readonly TokenRow[] =>
  task.triggered ??
  withPattern(
    task.test,
    task.backdoor(trigger === "none" ? "word" : trigger),
    seededRandom(5000 + seed),
  );

/** Common words of the artificial language that are in no trigger. */
const OTHER_WORDS = [5, 12, 19, 26];

/** Rows as {@link triggeredRows}, with other words in the trigger's place; none of real text, nor of a clean victim. */
export function controlRows(
  { test, backdoor }: Task,
  { task, trigger }: Victim,
  seed: number,
): readonly TokenRow[] | undefined {
  if (task !== "toy" || trigger === "none") return undefined;
  const { target } = backdoor(trigger);
  const other =
    trigger === "word"
      ? badWord({ target, pattern: OTHER_WORDS })
      : badSent({ target, pattern: OTHER_WORDS });
  return withPattern(test, other, seededRandom(5000 + seed));
}
