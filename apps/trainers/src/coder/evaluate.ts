import { dirname } from "node:path";
import { type EvaluationSummary, evaluateTasks, type SampleRow, type Task } from "@deepgrain/coder";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { resumeRows } from "@deepgrain/command-line/files/resumed-rows";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { makeFolder } from "@deepgrain/support/files";
import { checkSource, openSource } from "./completion-source";
import type { evaluateFlags } from "./flags";
import { openJudge } from "./open-judge";
import { openTasks } from "./task-file";

type Given = Values<typeof evaluateFlags>;

/** Settings that decide the result. */
const settingsOf = (given: Given) => ({
  command: "coder evaluate",
  n: given.n,
  seed: given.seed,
  prompt: given.prompt ?? null,
  family: given.family,
  temperature: given.temperature,
  maxNewTokens: given.maxNewTokens,
  instructions: given.instructions,
  seconds: given.seconds,
  dtype: given.model === undefined ? null : given.dtype,
  reference: given.reference,
  empty: given.empty,
  endpoint: given.endpoint === undefined ? null : [given.endpoint, given.endpointModel],
  language: given.language ?? null,
});

/** The rows of an evaluation: in a file that a stopped run goes on with, or in memory alone. */
async function openRows(path: string | undefined, settings: Readonly<Record<string, unknown>>) {
  if (path === undefined) return undefined;
  await makeFolder(dirname(path));
  return resumeRows<SampleRow>(path, settings);
}

function* lines(
  { tasks, unsupportedTasks, verdicts, passAtK, plusPassAtK = {} }: EvaluationSummary,
  strengths: Readonly<Record<string, string>>,
): Generator<string> {
  for (const [k, share] of Object.entries(passAtK))
    yield `pass@${k}  ${(100 * share).toFixed(2)} %`;
  for (const [k, share] of Object.entries(plusPassAtK))
    yield `pass@${k} with plus tests  ${(100 * share).toFixed(2)} %`;
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  yield `${tasks} tasks: ${counts.join(", ")}`;
  for (const { id, reason } of unsupportedTasks) yield `left out ${id}: ${reason}`;
  for (const [language, strength] of Object.entries(strengths)) yield `${language}: ${strength}`;
}

/** Follows an evaluation; draws how many passed. */
async function follow(
  events: ReturnType<typeof evaluateTasks>,
  tasks: readonly Task[],
  n: number,
  { progress, assertOutputs }: CommandContext,
): Promise<EvaluationSummary> {
  const task = progress.task("running");
  const total = tasks.length * n;
  let [done, passed] = [0, 0];
  for (;;) {
    const next = await events.next();
    if (next.done) {
      task.end(`${passed} of ${total} passed`);
      return next.value;
    }
    if (next.value.type !== "sample-end") continue;
    await assertOutputs();
    done++;
    if (next.value.row.passed) passed++;
    task.update(done / total, `${passed} of ${done} passed`);
  }
}

/** `coder evaluate`. */
export const evaluate: RunCommand<typeof evaluateFlags> = async (given, context) => {
  const { k, n, seed, out, json, prompt, family, instructions, seconds } = given;
  const { signal, write, progress } = context;
  checkSource(given);
  if (out?.path === "-") throw new UsageError("--out must be a file, which a stopped run reads");
  const tooLarge = k.find((one) => one > n);
  if (tooLarge !== undefined) throw new UsageError(`--k must be at most --n ${n}, got ${tooLarge}`);
  const { tasks, fingerprint } = await openTasks(given);
  const source = await openSource(given, tasks, signal);
  const data = { tasks: fingerprint, source: source.fingerprint };
  const rows = await openRows(out?.path, { ...settingsOf(given), ...data });
  if (rows && rows.before.length > 0) progress.note(`goes on after ${rows.before.length} samples`);
  const judge = openJudge({ instructions, seconds });
  try {
    const isGiven = given.reference || given.empty || given.completions !== undefined;
    const events = evaluateTasks(tasks, source.complete, judge, {
      n,
      k,
      seed,
      prompt: isGiven ? "complete" : prompt,
      family,
      signal,
      journal: rows && {
        lines: () => rows.before.map((row) => JSON.stringify(row)),
        append: (line) => rows.append(JSON.parse(line)),
      },
    });
    const summary = await follow(events, tasks, n, context);
    const result = { ...summary, strengths: judge.strengths() };
    const text = [...lines(summary, judge.strengths())].join("\n");
    write(`${json ? JSON.stringify(result) : text}\n`);
  } finally {
    judge.dispose();
    await rows?.close();
  }
};
