import { takeTurn } from "@deepgrain/support";
import {
  fail,
  functionOf,
  having,
  iterableOf,
  oneOf,
  optionsOf,
  refuseUnknown,
  whole,
} from "../errors";
import { fimPrompt } from "../fim/fim-prompt";
import { type SentinelFamily, sentinels } from "../fim/sentinels";
import {
  type EvaluationJournal,
  keyOf,
  readJournal,
  reasonOf,
  type SampleRow,
  verdictOf,
} from "./evaluation-journal";
import { extractCode } from "./extract-code";
import { passAtK } from "./pass-at-k";
import { programOf } from "./program-of";
import type { Judge, Judgement, Task, Tests, Verdict } from "./task";

/** Asks a model for one completion per seed. */
export type Complete = (
  prompt: string,
  options: {
    readonly seeds: readonly number[];
    readonly stop: readonly string[];
    readonly signal: AbortSignal | undefined;
    readonly task: Task;
  },
) => Promise<readonly string[]>;

/** Options of {@link evaluateTasks}. */
export interface EvaluateOptions {
  /** Completions per task; default 1. */
  n?: number | undefined;
  /** Values of k for pass@k, each at most `n`; default [1]. */
  k?: readonly number[] | undefined;
  /** Of the first sample; the others count up. Default 0. */
  seed?: number | undefined;
  /**
   * `complete`: the prompt as it is; `chat`: a request whose answer's code is extracted; `fim`: prompt and suffix around a
   * hole. Default: `fim` for tasks with a suffix, else `complete`.
   */
  prompt?: "complete" | "chat" | "fim" | undefined;
  /** Sentinels of `fim`; default `"deepseek"`. */
  family?: SentinelFamily | undefined;
  /** Keeps every sample and goes on from those that it holds. */
  journal?: EvaluationJournal | undefined;
  signal?: AbortSignal | undefined;
}

/** An event of an evaluation: a sample, or the summary at the end. */
export type EvaluationEvent =
  | {
      readonly type: "sample-end";
      readonly row: SampleRow;
      readonly verdict: Verdict;
      readonly isResumed: boolean;
    }
  | { readonly type: "evaluation-end"; readonly summary: EvaluationSummary };

/** The result of an evaluation. */
export interface EvaluationSummary {
  /** Tasks that could be run. */
  readonly tasks: number;
  /** Number of tasks that the sandbox cannot judge; left out of pass@k. */
  readonly unsupported: number;
  /** These tasks, each with the reason: a language or library that is missing, or what its tests need. */
  readonly unsupportedTasks: readonly { readonly id: string; readonly reason: string }[];
  /** Samples by verdict. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Mean over tasks of the unbiased estimate, by k. */
  readonly passAtK: Readonly<Record<number, number>>;
  /** The same of programs that pass the further tests as well, over the tasks that have such; absent where none has. */
  readonly plusPassAtK?: Readonly<Record<number, number>> | undefined;
}

/** Deaths of the sandbox in a row that end an evaluation. */
const MOST_DEATHS = 3;

/** The request to a chat model. */
const request = ({ language, prompt, kind }: Task) =>
  kind === "program"
    ? `Write a program in ${language} for this task. Answer with one code block.\n\n${prompt}`
    : `Complete this ${language} function. Answer with one code block that holds the whole function.\n\n\`\`\`\n${prompt.trimEnd()}\n\`\`\``;

function promptOf(task: Task, { prompt, family }: EvaluateOptions): string {
  const form = prompt ?? (task.suffix === undefined ? "complete" : "fim");
  if (form === "chat") return request(task);
  if (form === "complete") return task.prompt;
  return fimPrompt({ prefix: task.prompt, suffix: task.suffix ?? "", family });
}

/** Runs programs; a sandbox that dies counts against the program, and three times in a row end the evaluation. */
function patientJudge(sandbox: Judge) {
  let deaths = 0;
  return async (task: Task, completion: string, tests: Tests): Promise<Judgement> => {
    const program = programOf(task, completion);
    try {
      const judgement = await sandbox.test(program, tests);
      deaths = 0;
      return judgement;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (++deaths < MOST_DEATHS)
        return { verdict: "killed", message: `the sandbox died: ${reason}` };
      return fail(
        "ERR_SANDBOX",
        `evaluateTasks: the sandbox died ${MOST_DEATHS} times in a row, last at ${task.id}: ${reason}`,
        { task: task.id, program },
        cause,
      );
    }
  };
}

function summarize(
  tasks: readonly Task[],
  rows: ReadonlyMap<string, SampleRow>,
  n: number,
  ks: readonly number[],
): EvaluationSummary {
  const verdicts: Partial<Record<Verdict, number>> = {};
  const right: number[] = [];
  const rightOfPlus: number[] = [];
  const unsupportedTasks: { id: string; reason: string }[] = [];
  for (const { id, plus } of tasks) {
    const own = Array.from({ length: n }, (_, sample) => rows.get(keyOf(id, sample))!);
    for (const { result } of own) {
      const verdict = verdictOf(result);
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    }
    const refused = own.find(({ result }) => verdictOf(result) === "unsupported");
    if (refused !== undefined) {
      unsupportedTasks.push({ id, reason: reasonOf(refused.result) });
      continue;
    }
    right.push(own.filter(({ passed }) => passed).length);
    if (plus !== undefined)
      rightOfPlus.push(own.filter(({ plus_passed: passed }) => passed === true).length);
  }
  const mean = (counts: readonly number[], k: number) =>
    counts.length === 0 ? 0 : counts.reduce((sum, c) => sum + passAtK(n, c, k), 0) / counts.length;
  const means = (counts: readonly number[]) =>
    Object.fromEntries(ks.map((k) => [k, mean(counts, k)]));
  return {
    tasks: right.length,
    unsupported: unsupportedTasks.length,
    unsupportedTasks,
    verdicts,
    passAtK: means(right),
    ...(rightOfPlus.length > 0 && { plusPassAtK: means(rightOfPlus) }),
  };
}

/** A judgement as a row has it. */
const resultOf = ({ verdict, message }: Judgement): string =>
  message === "" ? verdict : `${verdict}: ${message}`;

/** Judges a completion by a task's tests and, if it passes them, by the further ones. */
async function judged(
  judge: ReturnType<typeof patientJudge>,
  task: Task,
  completion: string,
): Promise<Pick<SampleRow, "passed" | "result" | "plus_passed" | "plus_result">> {
  const base = await judge(task, completion, task.tests);
  const own = { passed: base.verdict === "passed", result: resultOf(base) };
  if (task.plus === undefined) return own;
  if (!own.passed) return { ...own, plus_passed: false };
  const plus = await judge(task, completion, task.plus);
  if (plus.verdict === "unsupported") return { passed: false, result: resultOf(plus) };
  return { ...own, plus_passed: plus.verdict === "passed", plus_result: resultOf(plus) };
}

function settingsOf(options: EvaluateOptions) {
  const {
    n = 1,
    k = [1],
    seed = 0,
    prompt,
    family,
    journal,
    signal,
    ...rest
  } = optionsOf("evaluateTasks", options);
  refuseUnknown("evaluateTasks", rest, [
    "n",
    "k",
    "seed",
    "prompt",
    "journal",
  ] satisfies (keyof EvaluateOptions)[]);
  if (family !== undefined)
    oneOf("evaluateTasks", "family", family, Object.keys(sentinels) as SentinelFamily[]);
  whole("evaluateTasks", "n", n, { min: 1 });
  for (const each of k) whole("evaluateTasks", "k", each, { min: 1 });
  for (const each of k) whole("evaluateTasks", "k", each, { min: 1, max: n });
  whole("evaluateTasks", "seed", seed, { min: 0 });
  if (prompt !== undefined) oneOf("evaluateTasks", "prompt", prompt, ["complete", "chat", "fim"]);
  return { n, k, seed, prompt, family, journal, signal };
}

/**
 * Samples completions of tasks, runs each in a sandbox, and estimates pass@k. Everything but `passed` counts as not passed;
 * tasks that the sandbox does not support are left out and listed.
 *
 * @param complete asks the model
 * @param sandbox runs the programs
 * @returns a row per sample as it is judged, then the summary
 * @throws {CoderError} `ERR_COMPLETION` if the model gives another number of completions; `ERR_JOURNAL` for a damaged journal;
 *   `ERR_SANDBOX` if the sandbox dies three times in a row; the signal's reason
 * @see Chen et al. 2021 (HumanEval), section 2.1
 */
export async function* evaluateTasks(
  tasks: readonly Task[],
  complete: Complete,
  sandbox: Judge,
  options: EvaluateOptions = {},
): AsyncGenerator<EvaluationEvent, EvaluationSummary> {
  const settings = settingsOf(options);
  const { n, k, seed, journal, signal } = settings;
  iterableOf("evaluateTasks", "tasks", tasks);
  functionOf("evaluateTasks", "complete", complete);
  having("evaluateTasks", "sandbox", sandbox, "test");
  const rows = await readJournal(journal);
  const judge = patientJudge(sandbox);
  for (const task of tasks) {
    signal?.throwIfAborted();
    const samples = Array.from({ length: n }, (_, sample) => sample);
    const missing = samples.filter((sample) => !rows.has(keyOf(task.id, sample)));
    for (const sample of samples) {
      const row = rows.get(keyOf(task.id, sample));
      if (row !== undefined)
        yield { type: "sample-end", row, verdict: verdictOf(row.result), isResumed: true };
    }
    if (missing.length === 0) continue;
    const seeds = missing.map((sample) => seed + sample);
    const stop = settings.prompt === "chat" ? [] : (task.stop ?? []);
    const texts = await complete(promptOf(task, settings), { seeds, stop, signal, task });
    if (
      !Array.isArray(texts) ||
      texts.length !== missing.length ||
      !texts.every((text) => typeof text === "string")
    )
      fail(
        "ERR_COMPLETION",
        `evaluateTasks: the model must give ${missing.length} texts for ${task.id}`,
        { task: task.id },
      );
    for (const [i, sample] of missing.entries()) {
      signal?.throwIfAborted();
      const text = texts[i]!;
      const completion =
        settings.prompt === "chat" ? extractCode(text, { entryPoint: task.entryPoint }) : text;
      const judgement = await judged(judge, task, completion);
      const row: SampleRow = { task_id: task.id, sample, completion, ...judgement };
      await journal?.append(JSON.stringify(row));
      rows.set(keyOf(task.id, sample), row);
      yield { type: "sample-end", row, verdict: verdictOf(row.result), isResumed: false };
      await takeTurn();
    }
  }
  const summary = summarize(tasks, rows, n, k);
  yield { type: "evaluation-end", summary };
  return summary;
}
