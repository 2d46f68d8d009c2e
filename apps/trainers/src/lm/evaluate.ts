import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { resumeRows } from "@deepgrain/command-line/files/resumed-rows";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { keyOf, requireModel } from "@deepgrain/command-line/models/endpoint-flags";
import { endpointTexts } from "@deepgrain/command-line/models/endpoint-texts";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import {
  type AnswerWriter,
  type ChoiceScorer,
  type DataRow,
  endpointScorer,
  evaluateAnswers,
  evaluateChoices,
  modelScorer,
  modelWriter,
  parseTask,
  type Share,
  type Task,
} from "@deepgrain/lm/evaluation";
import { createAnswerChecker } from "@deepgrain/prm";
import { fingerprintFiles, fingerprintModel } from "@deepgrain/studies/shared/fingerprint";
import { FormatError, readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { makeFolder } from "@deepgrain/support/files";
import { notJson } from "@deepgrain/support/json";
import { z } from "zod";
import type { evaluateFlags } from "./evaluate-flags";

type Given = Values<typeof evaluateFlags>;

/** Answers that are equal but for spaces around them. */
const sameText = (answer: string, right: string) => answer.trim() === right.trim();

/** How answers are compared. @throws {FormatError} for a word that is not known */
function checkerOf(name: string | undefined, file: string) {
  if (name === undefined || name === "exact") return sameText;
  if (name !== "gsm8k" && name !== "math")
    throw new FormatError(`${file}: checker must be exact, gsm8k or math, got "${name}"`);
  const checker = createAnswerChecker({ format: name });
  return (answer: string, right: string) => checker.check(answer, right).correct;
}

const rowForm = z.record(z.string(), z.unknown());

/** Rows of JSON lines, and the line of each. */
async function readRows(
  path: string,
  limit = Infinity,
): Promise<{ rows: DataRow[]; names: string[] }> {
  const rows: DataRow[] = [];
  const names: string[] = [];
  const text = await readFile(path, "utf8");
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "" || rows.length >= limit) continue;
    const name = `${path}: line ${i + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw new FormatError(`${path}: ${notJson(line, i + 1)}`, { cause });
    }
    const { success, data } = rowForm.safeParse(value);
    if (!success) throw new FormatError(`${name}: a row must be an object`);
    rows.push(data);
    names.push(name);
  }
  if (rows.length === 0) throw new FormatError(`${path}: has no rows`);
  return { rows, names };
}

async function openModel({ model: folder, dtype }: Given, signal: AbortSignal) {
  const model = (await loadModel(folder!, { dtype, signal })).eval();
  return { model, tokenizer: await loadTokenizer(folder!) };
}

async function openScorer(given: Given, signal: AbortSignal): Promise<ChoiceScorer> {
  if (given.endpoint !== undefined) {
    const { endpoint: baseUrl, endpointModel: model } = given;
    return endpointScorer({ baseUrl, model: model!, key: keyOf(given) });
  }
  const { model, tokenizer } = await openModel(given, signal);
  return modelScorer(model, tokenizer);
}

async function openWriter(given: Given, signal: AbortSignal): Promise<AnswerWriter> {
  if (given.endpoint === undefined) {
    const { model, tokenizer } = await openModel(given, signal);
    return modelWriter(model, tokenizer, { chat: given.chat });
  }
  return async (prompt, { stop, maxNewTokens, signal: own }) => {
    const complete = endpointTexts({ ...given, temperature: 0, maxNewTokens });
    const [answer = ""] = await complete(prompt, { seeds: [given.seed], stop, signal: own });
    return answer;
  };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function shareLine(name: string, { correct, total, share, interval: [low, high] }: Share): string {
  return `${name.padEnd(9)}${percent(share)}  [${percent(low)}, ${percent(high)}]  ${correct} of ${total}\n`;
}

/** Settings that decide the rows. */
async function settingsOf(given: Given, task: Task) {
  const { data, shotsData, model, endpoint, endpointModel, seed, limit, chat, dtype } = given;
  const files = shotsData === undefined ? [data] : [data, shotsData];
  return {
    command: "evaluate",
    task,
    data: await fingerprintFiles(files),
    model: model === undefined ? null : await fingerprintModel(model),
    endpoint: endpoint === undefined ? null : [endpoint, endpointModel],
    seed,
    limit: limit ?? null,
    chat,
    dtype,
  };
}

/** Follows an evaluation to its end. */
async function follow<Row, Summary>(
  events: AsyncGenerator<Row, Summary>,
  total: number,
  before: number,
  { progress, assertOutputs }: CommandContext,
): Promise<Summary> {
  const bar = progress.task("evaluating");
  for (let done = before; ; done++) {
    const { done: isEnd, value } = await events.next();
    if (isEnd) {
      bar.end(`${total} rows`);
      return value;
    }
    await assertOutputs();
    bar.update((done + 1) / total, `${done + 1} of ${total}`);
  }
}

/** `evaluate`. */
export const evaluate: RunCommand<typeof evaluateFlags> = async (given, context) => {
  const { tasks: file, data, shotsData, shots, seed, limit, out, json } = given;
  const { signal, write, progress } = context;
  requireModel(given);
  if (out?.path === "-") throw new UsageError("--out must be a file, which a stopped run reads");
  const read = parseTask(await readJson(file, z.unknown()), file);
  const task: Task = shots === undefined ? read : { ...read, shots };
  if (given.chat && task.kind === "choices")
    throw new UsageError("--chat is for tasks whose answer is written");
  const { rows, names } = await readRows(data, limit);
  const shotRows = shotsData === undefined ? undefined : (await readRows(shotsData)).rows;
  const check = task.kind === "answers" ? checkerOf(task.checker, file) : sameText;
  if (out) await makeFolder(dirname(out.path));
  const kept = out && (await resumeRows<never>(out.path, await settingsOf(given, task)));
  const before = kept?.before.length ?? 0;
  if (before > 0) progress.note(`goes on after ${before} rows`);
  const rowName = (index: number) => names[index]!;
  const options = { rows, shotRows, rowName, seed, signal, journal: kept };
  try {
    const summary =
      task.kind === "choices"
        ? await follow(
            evaluateChoices(await openScorer(given, signal), task, options),
            rows.length,
            before,
            context,
          )
        : await follow(
            evaluateAnswers(await openWriter(given, signal), task, { ...options, check }),
            rows.length,
            before,
            context,
          );
    if (json) return write(`${JSON.stringify({ task: task.name, ...summary })}\n`);
    write(shareLine("acc", summary.acc));
    if (!("accNorm" in summary)) return;
    write(shareLine("acc_norm", summary.accNorm));
    if (summary.truncated > 0) write(`${summary.truncated} prompts lost their beginning\n`);
  } finally {
    await kept?.close();
  }
};
