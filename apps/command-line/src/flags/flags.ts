import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { type OutputFile, outputFile, STANDARD } from "../files/output-file";
import type { Flag, ReadPlace } from "./flag";
import { type FlagForm, isOn, listOf, numberForm, textForm } from "./flag-forms";
import { isHubName } from "./hub-name";
import { type Range, readNumber } from "./read-number";

export type { Flag, Flags, Values } from "./flag";

interface Common {
  help: string;
  hint?: string;
  official?: string | readonly string[];
  required?: true;
  writes?: "folder" | "replaced-folder";
  ifMissing?: string;
}

type WithDefault<T> = Common & { default?: T };

/** A flag with a default, or a required one, is never undefined. */
type ValueOf<T, O> = O extends { default: T } | { required: true } ? T : T | undefined;

interface Kind<T> extends Pick<Flag<T>, "read" | "form"> {
  hint: string;
  show?: (value: T) => string;
  settle?: (value: T, place: ReadPlace) => T;
}

function valueFlag<T, O extends WithDefault<T>>(
  options: O,
  { hint, form, show = String, read, settle = (value) => value }: Kind<T>,
): Flag<ValueOf<T, O>> {
  const { help, official = [], required = false, default: given } = options;
  return {
    kind: "value",
    help,
    hint: options.hint ?? hint,
    isRequired: required,
    fallback: (place) => (given === undefined ? undefined : settle(given, place)) as ValueOf<T, O>,
    shownDefault: given === undefined ? undefined : show(given),
    official: [official].flat(),
    isIdle: false,
    writes: options.writes,
    reads: undefined,
    ifMissing: options.ifMissing,
    negated: undefined,
    form,
    read: read as Flag<ValueOf<T, O>>["read"],
  };
}

/** A whole number, by default from 0. */
export function whole<const O extends WithDefault<number> & Range>(options: O) {
  return valueFlag<number, O>(options, {
    hint: "n",
    form: numberForm("integer", options),
    read: (text, { spelling }) => readNumber(text, spelling, options, true),
  });
}

/** A real number, by default from 0. */
export function real<const O extends WithDefault<number> & Range>(options: O) {
  return valueFlag<number, O>(options, {
    hint: "x",
    form: numberForm("number", options),
    read: (text, { spelling }) => readNumber(text, spelling, options, false),
  });
}

/** Numbers separated by commas, by default from 0. */
export function numbers<const O extends WithDefault<readonly number[]> & Range & { whole?: true }>(
  options: O,
) {
  const isWhole = options.whole === true;
  return valueFlag<readonly number[], O>(options, {
    hint: "list",
    form: listOf(numberForm(isWhole ? "integer" : "number", options)),
    show: (value) => value.join(","),
    read: (text, { spelling }) =>
      text.split(",").map((part) => readNumber(part, spelling, options, isWhole)),
  });
}

/** Text as it is typed. */
export function text<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "text", form: textForm, read: (typed) => typed });
}

const TOKEN = { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" } as const satisfies FlagForm;

function readToken(typed: string, { spelling }: ReadPlace): string {
  if (new RegExp(TOKEN.pattern).test(typed)) return typed;
  throw new UsageError(
    `${spelling} must have 1 to 64 letters, digits, hyphens or underscores, got "${typed}"`,
  );
}

/** A name that is safe as part of a path and of a subject: letters, digits, hyphens and underscores. */
export function token<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "name", form: TOKEN, read: readToken });
}

/** Different {@link token}s, separated by commas. */
export function tokens<const O extends WithDefault<readonly string[]>>(options: O) {
  return valueFlag<readonly string[], O>(options, {
    hint: "list",
    form: { ...listOf(TOKEN), uniqueItems: true },
    show: (value) => value.join(","),
    read(typed, place) {
      const read = typed.split(",").map((name) => readToken(name.trim(), place));
      if (new Set(read).size === read.length) return read;
      throw new UsageError(`${place.spelling} must be different names, got "${typed}"`);
    },
  });
}

/** The absolute path of one input file; `-` is standard input, which the command sees as a file. */
export function file<const O extends WithDefault<string> & { mayBeName?: true }>(options: O) {
  const read = (path: string, { resolve }: ReadPlace) => (path === STANDARD ? path : resolve(path));
  const of = valueFlag<string, O>(options, { hint: "file", form: textForm, read });
  return { ...of, reads: "file" as const, mayBeName: options.mayBeName };
}

/** Texts, separated by commas: absolute paths of files, and words that stand for installed texts. */
export function texts<const O extends WithDefault<readonly string[]>>(
  options: O,
  words: readonly string[] = ["english"],
) {
  const read = (typed: string, { spelling, resolve }: ReadPlace) => {
    const parts = typed.split(",").filter((part) => part.trim() !== "");
    if (parts.length === 0) throw new UsageError(`${spelling} names no text`);
    return parts.map((part) => (words.includes(part) ? part : resolve(part)));
  };
  const of = valueFlag<readonly string[], O>(options, {
    hint: "files",
    form: listOf(textForm),
    show: (value) => value.join(","),
    read,
  });
  return { ...of, reads: "files" as const };
}

/** One file that the command writes; `-` is standard output. */
export function outFile<const O extends WithDefault<never>>(options: O) {
  const of = valueFlag<OutputFile, O>(options, {
    hint: "file",
    form: textForm,
    read: (path, { resolve }) => outputFile(path === STANDARD ? path : resolve(path)),
  });
  return { ...of, writes: "file" as const };
}

function folderPath(path: string, { spelling, resolve }: ReadPlace): string {
  if (path !== STANDARD) return resolve(path);
  throw new UsageError(
    `${spelling} must be a folder, and - is none (./- is the folder of that name)`,
  );
}

/** Options of {@link folder}. */
type FolderOptions = WithDefault<string> & { isMade?: true; words?: readonly string[] };

/**
 * A folder's absolute path, or one of the `words`. It must be there, unless the command writes it (`writes`) or makes it
 * (`isMade`).
 */
export function folder<const O extends FolderOptions>(options: O) {
  const { words } = options;
  const read = (typed: string, place: ReadPlace) =>
    words?.includes(typed) ? typed : folderPath(typed, place);
  const of = valueFlag<string, O>(options, { hint: "dir", form: textForm, read, settle: read });
  const isInput = options.writes === undefined && !options.isMade;
  return { ...of, reads: isInput ? ("folder" as const) : undefined, words };
}

/** A path, or the name of a repository of the Hugging Face hub: the command sees what `resolveModels` makes of it. */
export function fromHub<T>(of: Flag<T>, parts: NonNullable<Flag["hub"]>): Flag<T> {
  const type = parts.includes("tokenizer") ? "[:type]" : "";
  return {
    ...of,
    hint: `${of.hint}|hf:owner/name${type}`,
    hub: parts,
    read: (typed, place) => (isHubName(typed) ? (typed as T) : of.read(typed, place)),
  };
}

const orGguf = <T>(of: Flag<T>): Flag<T> => ({ ...of, hint: `${of.hint}|gguf` });

/**
 * The folder of a model with its tokenizer, or of an adapter that names its base model; or a GGUF file; or either in a
 * repository of the hub; or one of the `words`.
 * @param options.trains its weights are trained: packed ones are refused
 */
export function model<const O extends FolderOptions & { trains?: true }>(options: O) {
  const of = fromHub(orGguf(folder(options)), ["model", "tokenizer", "adapter"]);
  return { ...of, trains: options.trains };
}

/** The folder of a tokenizer, or a GGUF file that carries one, or a repository of the hub. */
export const tokenizer = <const O extends WithDefault<string>>(options: O) =>
  fromHub(orGguf(folder(options)), ["tokenizer"]);

/** The folder of an adapter, or a repository of the hub. */
export const adapter = <const O extends WithDefault<string>>(options: O) =>
  fromHub(folder(options), ["adapter"]);

/** One of a few words. */
export function choice<const C extends string, const O extends WithDefault<NoInfer<C>>>(
  words: readonly C[],
  options: O,
) {
  const of = valueFlag<C, O>(options, {
    hint: words.join("|"),
    form: { type: "string", enum: words },
    read(typed, { spelling }) {
      const word = words.find((candidate) => candidate === typed);
      if (word !== undefined) return word;
      throw new UsageError(`${spelling} must be one of ${words.join(", ")}, got "${typed}"`);
    },
  });
  return { ...of, words };
}

/** Words of a known set, separated by commas, in the order of the set; case is ignored. */
export function names<const C extends string, const O extends WithDefault<readonly NoInfer<C>[]>>(
  known: readonly C[],
  options: O,
) {
  const isSame = (id: string, name: string) => id.toLowerCase() === name.toLowerCase();
  return valueFlag<readonly C[], O>(options, {
    hint: "list",
    form: listOf({ type: "string", enum: known }),
    show: (value) => value.join(","),
    read(typed, { spelling }) {
      const asked = typed.split(",").map((name) => name.trim());
      const unknown = asked.find((name) => !known.some((id) => isSame(id, name)));
      if (unknown !== undefined)
        throw new UsageError(`${spelling} may name ${known.join(", ")}, got "${unknown}"`);
      return known.filter((id) => asked.some((name) => isSame(id, name)));
    },
  });
}

/** A switch that is off unless given. */
export function flag({ help, official = [] }: Pick<Common, "help" | "official">): Flag<boolean> {
  return {
    kind: "switch",
    help,
    hint: "",
    isRequired: false,
    fallback: () => false,
    shownDefault: undefined,
    official: [official].flat(),
    isIdle: false,
    writes: undefined,
    reads: undefined,
    negated: undefined,
    form: isOn,
    read: () => true,
  };
}

/** A switch that can be turned on (`--x`) or off (`--no-x`); undefined if neither is given and there is no default. */
export function toggle<const O extends { help: string; negated: string; default?: boolean }>(
  options: O,
): Flag<ValueOf<boolean, O>> {
  const { help, negated, default: fallback } = options;
  return { ...flag({ help }), negated, fallback: () => fallback as ValueOf<boolean, O> };
}

/** A flag of the official scripts that has no effect here. */
export function idle({ because }: { because: string }) {
  return { ...text({ help: `no effect: ${because}`, hint: "value" }), isIdle: true };
}

/** The same flag without its default: undefined if it is absent. `--help` still prints the default. */
export function optional<T>(of: Flag<T>): Flag<T | undefined> {
  return { ...of, fallback: () => undefined };
}

/** A flag that may be given several times: the values in their order, none if it is absent. */
export function repeated<T>(of: Flag<T>): Flag<readonly NonNullable<T>[]> {
  const { read } = of as Flag<NonNullable<T>>;
  const form = listOf(of.form);
  return { ...of, isRepeated: true, form, fallback: () => [], read: read as never };
}

/** A positional argument: text, unless `of` says how to read it. */
export function argument<T>(of: Flag<T>): Flag<T> {
  return { ...of, kind: "argument" };
}
