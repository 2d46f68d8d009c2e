import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { readTrainRecords } from "@deepgrain/esft";
import { type EncodedChat, encodeChat, encodeInstruction, type Tokenizer } from "@deepgrain/lm";
import { shuffled } from "@deepgrain/studies/shared/tasks/shuffled";
import { z } from "zod";
import { UsageError } from "../cli/usage-error";
import { checkForm, FormatError } from "../formats/read-json";

export { paddingOf } from "../run/prepare-align";

/**
 * The file of a task: the path itself, or, for the name of one of the official data sets, its place below the current folder
 * (`datasets/train/intent.jsonl`).
 * @param kind which of the two official folders is meant
 * @throws {UsageError} for a name that is neither a file nor such a data set
 */
export function datasetFile(path: string, kind: "train" | "eval"): string {
  const name = basename(path);
  if (existsSync(path) || name.includes(".")) return path;
  const official = join(dirname(path), "datasets", kind, `${name}.jsonl`);
  if (existsSync(official)) return official;
  throw new UsageError(
    `--data must be a file, or the name of a data set: there is neither ${path} nor ${official}`,
  );
}

/** What a file of training data holds. */
export interface TaskRecords {
  /** Conversations, or instructions in the form of Alpaca's data. */
  form: "messages" | "alpaca";
  samples: EncodedChat[];
}

const instruction = z.looseObject({
  instruction: z.string(),
  input: z.string().optional(),
  output: z.string(),
});

/** The values of a JSON list, or of JSON lines, each with its place for messages. @throws {FormatError} for what is not JSON */
function values(text: string, file: string): { value: unknown; place: string }[] {
  if (text.trimStart().startsWith("[")) {
    let list: unknown;
    try {
      list = JSON.parse(text);
    } catch (cause) {
      throw new FormatError(`${file}: not JSON (${(cause as Error).message})`, { cause });
    }
    return (list as unknown[]).map((value, i) => ({ value, place: `${file}: record ${i + 1}` }));
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const place = `${file}: line ${i + 1}`;
    try {
      return [{ value: JSON.parse(line), place }];
    } catch (cause) {
      throw new FormatError(`${place}: not JSON`, { cause });
    }
  });
}

/** Whether the first record is an instruction: a list is, and a line with that key. */
function holdsInstructions(text: string): boolean {
  const start = text.trimStart();
  if (start.startsWith("[")) return true;
  try {
    return "instruction" in JSON.parse(start.split("\n", 1)[0] ?? "");
  } catch {
    return false; // the reader of conversations says what is wrong
  }
}

/**
 * Reads conversations (JSON lines with `messages`) or instructions (JSON lines or a list with `instruction`, `output` and
 * optionally `input`), encoded, in the order of the file.
 * @throws {FormatError}, {EsftError} naming file, line and key
 */
export async function readTaskRecords(file: string, tokenizer: Tokenizer): Promise<TaskRecords> {
  const text = await readFile(file, "utf8").catch(() => ""); // the reader of conversations says why not
  if (!holdsInstructions(text)) {
    const records = await readTrainRecords(file);
    const samples = records.map(({ messages }) => encodeChat(messages, tokenizer));
    return { form: "messages", samples };
  }
  const records = values(text, file).map(({ value, place }) =>
    checkForm(value, instruction, place),
  );
  if (records.length === 0) throw new FormatError(`${file}: there is no record in it`);
  const samples = records.map(({ input, ...own }) =>
    encodeInstruction({ ...own, input }, tokenizer),
  );
  return { form: "alpaca", samples };
}

/** The conversations (or instructions) of a task file, encoded and in an order that follows from the seed. */
export async function taskSamples(file: string, tokenizer: Tokenizer, seed: number) {
  return shuffled((await readTaskRecords(file, tokenizer)).samples, seed);
}
