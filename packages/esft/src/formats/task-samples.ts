import { type EncodedChat, encodeChat, encodeInstruction, type Tokenizer } from "@deepgrain/lm";
import { notJson } from "@deepgrain/support/json";
import { EsftError } from "../errors";
import { formatError, isObject } from "../files/json-object";
import { readText } from "../files/text-files";
import { parseTrainRecords } from "./task-data";

/** The values of a JSON list, or of JSON lines, each with its place for messages. */
function valuesOf(text: string, file: string): { value: unknown; place: string }[] {
  const parse = (part: string, line: number): unknown => {
    try {
      return JSON.parse(part);
    } catch (cause) {
      const message = `esft/taskSamples: ${file}: ${notJson(part, line)}`;
      throw new EsftError("ERR_FORMAT", message, { fields: { file }, cause });
    }
  };
  if (text.trimStart().startsWith("["))
    return (parse(text, 1) as unknown[]).map((value, i) => ({
      value,
      place: `${file}: record ${i + 1}`,
    }));
  return text.split("\n").flatMap((line, i) => {
    const place = `${file}: line ${i + 1}`;
    return line.trim() === "" ? [] : [{ value: parse(line, i + 1), place }];
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

function instructionOf(value: unknown, place: string) {
  if (!isObject(value)) throw formatError(place, "the record", "a JSON object", value);
  const { instruction, input, output } = value;
  if (typeof instruction !== "string") throw formatError(place, "instruction", "text", instruction);
  if (typeof output !== "string") throw formatError(place, "output", "text", output);
  if (input !== undefined && typeof input !== "string")
    throw formatError(place, "input", "text", input);
  return { instruction, input, output };
}

/**
 * Reads conversations (JSON lines with `messages`) or instructions in the form of Alpaca's data (JSON lines or a list with
 * `instruction`, `output` and optionally `input`), encoded, in the order of the file.
 *
 * @returns the form, and the samples for `conversationBatches`
 * @throws {EsftError} `ERR_FORMAT` and `ERR_MISSING` naming file, line and key; `ERR_IO`
 */
export async function readTaskSamples(
  file: string,
  tokenizer: Tokenizer,
): Promise<{ form: "messages" | "alpaca"; samples: EncodedChat[] }> {
  const text = await readText(file);
  if (!holdsInstructions(text)) {
    const records = parseTrainRecords(text, { file });
    const samples = records.map(({ messages }) => encodeChat(messages, tokenizer));
    return { form: "messages", samples };
  }
  const records = valuesOf(text, file).map(({ value, place }) => instructionOf(value, place));
  if (records.length === 0)
    throw new EsftError("ERR_MISSING", `esft/taskSamples: ${file}: there is no record in it`, {
      fields: { file },
    });
  return { form: "alpaca", samples: records.map((own) => encodeInstruction(own, tokenizer)) };
}
