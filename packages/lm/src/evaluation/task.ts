import { LmError } from "../errors";

/** A row of data. */
export type DataRow = Readonly<Record<string, unknown>>;

interface CommonTask {
  readonly name: string;
  /** The text before each answer; `{{key}}` is the row's value. */
  readonly prompt: string;
  /** Solved rows before each prompt. Default 0. */
  readonly shots?: number | undefined;
  /** Between prompt and answer. Default one space. */
  readonly delimiter?: string | undefined;
  /** Between solved rows. Default an empty line. */
  readonly separator?: string | undefined;
}

/** A task whose answer is one of some texts. */
export interface ChoiceTask extends CommonTask {
  readonly kind: "choices";
  /** The texts, or the key of a row's own list of them. */
  readonly choices: readonly string[] | string;
  /** The key of the right choice: its text, or its place from 0. */
  readonly answer: string;
}

/** A task whose answer is written. */
export interface AnswerTask extends CommonTask {
  readonly kind: "answers";
  /** The right answer, with `{{key}}` for the row's values; it ends a solved row, too. */
  readonly answer: string;
  /** Texts that end an answer. Default none. */
  readonly stop?: readonly string[] | undefined;
  /** Default 256. */
  readonly maxNewTokens?: number | undefined;
  /** How answers are compared, a word of the caller's own. */
  readonly checker?: string | undefined;
}

/** A task. */
export type Task = ChoiceTask | AnswerTask;

/** Says what is wrong where. */
export const wrong = (where: string, what: string, fields: object = {}): never => {
  throw new LmError("ERR_FORMAT", `lm/evaluation: ${where}: ${what}`, {
    fields: { where, ...fields },
  });
};

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

/** @throws {LmError} `ERR_FORMAT` for fewer than two choices, an empty one, and two that are equal */
export function checkChoices(choices: unknown, where: string): readonly string[] {
  if (!isTexts(choices)) return wrong(where, "choices must be a list of texts");
  if (choices.length < 2) wrong(where, `two choices are needed at least, got ${choices.length}`);
  const places = new Map<string, number>();
  for (const [i, choice] of choices.entries()) {
    if (choice === "") wrong(where, `choice ${i} is empty`);
    const first = places.get(choice);
    places.set(choice, i);
    if (first !== undefined)
      wrong(where, `choices ${first} and ${i} are equal: ${JSON.stringify(choice)}`);
  }
  return choices;
}

function text(where: string, key: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  return wrong(where, `${key} must be a text`, { key });
}

function count(where: string, key: string, value: unknown, min: number): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= min))
    wrong(where, `${key} must be a whole number of at least ${min}`, { key });
}

/**
 * Checks the content of a task file.
 *
 * @param where names the file in errors
 * @throws {LmError} `ERR_FORMAT` for keys that are missing, malformed or unknown, and for equal or empty choices, naming the key
 */
export function parseTask(value: unknown, where: string): Task {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return wrong(where, "a task must be an object");
  const { name, kind, prompt, shots, delimiter, separator, answer, ...own } = value as Record<
    string,
    unknown
  >;
  text(where, "name", name);
  text(where, "prompt", prompt);
  text(where, "answer", answer);
  count(where, "shots", shots, 0);
  for (const [key, one] of Object.entries({ delimiter, separator }))
    if (one !== undefined && typeof one !== "string")
      wrong(where, `${key} must be a text`, { key });
  const { choices, ...rest } = own;
  const { stop, maxNewTokens, checker, ...others } = rest;
  const unknown = kind === "choices" ? rest : { choices, ...others };
  const [key] = Object.entries(unknown).find(([, one]) => one !== undefined) ?? [];
  if (kind !== "choices" && kind !== "answers")
    return wrong(where, "kind must be choices or answers", { key: "kind" });
  if (key !== undefined) wrong(where, `${key} is no key of a task of ${kind}`, { key });
  if (kind === "choices") {
    if (typeof choices !== "string") checkChoices(choices, where);
    return value as ChoiceTask;
  }
  if (stop !== undefined && !(isTexts(stop) && !stop.includes("")))
    wrong(where, "stop must be a list of texts that are not empty", { key: "stop" });
  count(where, "maxNewTokens", maxNewTokens, 1);
  if (checker !== undefined) text(where, "checker", checker);
  return value as AnswerTask;
}

/** A row's value as text. @throws {LmError} `ERR_FORMAT` if there is none, naming row and key */
function textOf(row: DataRow, key: string, where: string): string {
  const value = Object.hasOwn(row, key) ? row[key] : undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return wrong(where, `the row has no text or number ${key}`, { key });
}

/** A text with a row's values in it. @throws {LmError} `ERR_FORMAT` for a row without one */
export const filled = (template: string, row: DataRow, where: string): string =>
  template.replace(/\{\{([^{}]+)\}\}/g, (_, key: string) => textOf(row, key.trim(), where));

/** A row's choices and the place of the right one. @throws {LmError} `ERR_FORMAT`, naming row and key */
export function choicesOf(
  { choices, answer }: ChoiceTask,
  row: DataRow,
  where: string,
): { choices: readonly string[]; right: number } {
  const list =
    typeof choices === "string" ? checkChoices(row[choices], `${where}: ${choices}`) : choices;
  const value = row[answer];
  const right = typeof value === "number" ? value : list.indexOf(textOf(row, answer, where));
  if (!(Number.isSafeInteger(right) && right >= 0 && right < list.length))
    wrong(where, `${answer} must be a choice or its place, got ${JSON.stringify(value)}`, {
      key: answer,
    });
  return { choices: list, right };
}
