import { notJson } from "@deepgrain/support/json";
import { EsftError, iterableOf, optionsOf, refuseUnknown, textOf } from "../errors";
import { formatError, isObject } from "../files/json-object";
import { readText, writeText } from "../files/text-files";

/** One turn of a conversation. An answer with `mask: 1` is not trained on. */
export type TaskMessage = {
  role: "system" | "user" | "assistant";
  content: string;
  mask?: 0 | 1;
};

/** A line of a training file. */
export interface TrainRecord {
  id: string | number | null;
  dataset: string | null;
  messages: TaskMessage[];
}

/** A line of an evaluation file. */
export interface EvalRecord {
  idx: number;
  /** The complete prompt, template and examples included. */
  prompt: string;
  rawAnswers: string[];
  answers: string[];
}

/** A line of a results file. */
export interface Completion {
  prompt: string;
  rawPrediction: string;
  rawAnswers: string[];
  score: number;
}

const roles = ["system", "user", "assistant"];

function parseLines<T>(
  text: string,
  file: string,
  parse: (json: Record<string, unknown>, line: string) => T,
): T[] {
  const records: T[] = [];
  for (const [number, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = `${file}: line ${number + 1}`;
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch (cause) {
      const message = `esft/taskData: ${file}: ${notJson(line, number + 1)}`;
      throw new EsftError("ERR_FORMAT", message, { fields: { file, line: number + 1 }, cause });
    }
    if (!isObject(json)) throw formatError(place, "the line", "a JSON object", json);
    records.push(parse(json, place));
  }
  if (records.length > 0) return records;
  throw new EsftError("ERR_MISSING", `esft/taskData: ${file}: there is no record in it`, {
    fields: {
      file,
    },
  });
}

const identity = (value: unknown): string | number | null =>
  typeof value === "string" || typeof value === "number" ? value : null;

function parseMessage(value: unknown, place: string, key: string): TaskMessage {
  if (!isObject(value)) throw formatError(place, key, "an object with role and content", value);
  const { role, content, mask } = value;
  if (typeof role !== "string" || !roles.includes(role))
    throw formatError(place, `${key}.role`, "system, user or assistant", role);
  if (typeof content !== "string") throw formatError(place, `${key}.content`, "text", content);
  if (mask !== undefined && mask !== 0 && mask !== 1)
    throw formatError(place, `${key}.mask`, "0 or 1", mask);
  const turn = { role: role as TaskMessage["role"], content };
  return mask === undefined ? turn : { ...turn, mask };
}

/**
 * Reads training records, one JSON object per line: `{id, dataset, messages: [{role, content, mask?}], length}`.
 * The tokenizer encodes them.
 *
 * @throws {EsftError} `ERR_MISSING` for a file without records; `ERR_FORMAT` naming file, line, key and what was expected
 */
export function parseTrainRecords(
  text: string,
  options: { file?: string | undefined } = {},
): TrainRecord[] {
  const { file = "task.jsonl", ...rest } = optionsOf("parseTrainRecords", options);
  refuseUnknown("parseTrainRecords", rest);
  textOf("parseTrainRecords", "text", text);
  return parseLines(text, file, ({ id, dataset, messages }, place) => {
    if (!Array.isArray(messages) || messages.length === 0)
      throw formatError(place, "messages", "a list of at least one turn", messages);
    return {
      id: identity(id),
      dataset: typeof dataset === "string" ? dataset : null,
      messages: messages.map((message, i) => parseMessage(message, place, `messages[${i}]`)),
    };
  });
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");

/**
 * Reads evaluation records, one JSON object per line: `{idx, prompt, raw_answers, answers}`; a missing list defaults to
 * the other one.
 *
 * @throws {EsftError} `ERR_MISSING` for a file without records; `ERR_FORMAT` naming file, line, key and what was expected
 */
export function parseEvalRecords(
  text: string,
  options: { file?: string | undefined } = {},
): EvalRecord[] {
  const { file = "task.jsonl", ...rest } = optionsOf("parseEvalRecords", options);
  refuseUnknown("parseEvalRecords", rest);
  textOf("parseEvalRecords", "text", text);
  let count = 0;
  return parseLines(text, file, (json, place) => {
    const { idx = count, prompt } = json;
    count++;
    const answers = json.answers ?? json.raw_answers;
    const rawAnswers = json.raw_answers ?? json.answers;
    if (typeof idx !== "number") throw formatError(place, "idx", "a number", idx);
    if (typeof prompt !== "string") throw formatError(place, "prompt", "text", prompt);
    if (!isTexts(rawAnswers))
      throw formatError(place, "raw_answers", "a list of at least one text", rawAnswers);
    if (!isTexts(answers))
      throw formatError(place, "answers", "a list of at least one text", answers);
    return { idx, prompt, rawAnswers, answers };
  });
}

/**
 * Reads a results file, one JSON object per line: `{example: {prompt, raw_prediction, raw_answers}, score}`.
 * @throws {EsftError} as `parseEvalRecords`
 */
export function parseCompletions(
  text: string,
  options: { file?: string | undefined } = {},
): Completion[] {
  const { file = "completions.jsonl", ...rest } = optionsOf("parseCompletions", options);
  refuseUnknown("parseCompletions", rest);
  textOf("parseCompletions", "text", text);
  return parseLines(text, file, ({ example, score }, place) => {
    if (!isObject(example)) throw formatError(place, "example", "an object", example);
    const { prompt, raw_prediction: rawPrediction, raw_answers: rawAnswers } = example;
    if (typeof prompt !== "string") throw formatError(place, "example.prompt", "text", prompt);
    if (typeof rawPrediction !== "string")
      throw formatError(place, "example.raw_prediction", "text", rawPrediction);
    if (!isTexts(rawAnswers))
      throw formatError(place, "example.raw_answers", "a list of at least one text", rawAnswers);
    if (typeof score !== "number") throw formatError(place, "score", "a number", score);
    return { prompt, rawPrediction, rawAnswers, score };
  });
}

/** The official format of a results file. */
export function formatCompletions(completions: Iterable<Completion>): string {
  iterableOf("formatCompletions", "completions", completions);
  let text = "";
  for (const { prompt, rawPrediction, rawAnswers, score } of completions)
    text += `${JSON.stringify({
      example: { prompt, raw_prediction: rawPrediction, raw_answers: rawAnswers },
      score,
    })}\n`;
  return text;
}

/**
 * Reads training records from a file.
 *
 * @throws {EsftError} `ERR_IO`; as `parseTrainRecords`
 */
export async function readTrainRecords(file: string): Promise<TrainRecord[]> {
  return parseTrainRecords(await readText(file), { file });
}

/**
 * Reads evaluation records from a file.
 *
 * @throws {EsftError} `ERR_IO`; as `parseEvalRecords`
 */
export async function readEvalRecords(file: string): Promise<EvalRecord[]> {
  return parseEvalRecords(await readText(file), { file });
}

/** Writes a results file atomically. @throws {EsftError} `ERR_IO` */
export async function writeCompletions(
  file: string,
  completions: Iterable<Completion>,
): Promise<void> {
  textOf("writeCompletions", "file", file);
  iterableOf("writeCompletions", "completions", completions);
  await writeText(file, formatCompletions(completions));
}
