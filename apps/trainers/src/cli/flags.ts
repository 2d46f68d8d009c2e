import type { Output } from "../store/locks";
import { isHubName } from "./hub-name";
import { type OutputFile, outputFile, STANDARD } from "./output-file";
import { UsageError } from "./usage-error";

/** The context in which a flag's value is read. */
interface ReadPlace {
  /** The spelling that the user typed, for errors: `--max-new-tokens`. */
  spelling: string;
  /** Path resolved against the directory that the user called from. */
  resolve(path: string): string;
}

/** One flag as data: its spelling comes from its key in the command's `flags`. */
export interface Flag<T = unknown> {
  readonly kind: "value" | "switch" | "argument";
  readonly help: string;
  /** Placeholder of the value in `--help`. */
  readonly hint: string;
  readonly isRequired: boolean;
  /** The value if the flag is absent. */
  fallback(place: ReadPlace): T;
  /** The default as `--help` prints it; undefined if there is none to print. */
  readonly shownDefault: string | undefined;
  /** Names in the official scripts that are aliases of this flag: `base_model_path`. */
  readonly official: readonly string[];
  /** If the value is an output, its type: it is locked while the command runs. */
  readonly writes: Output["kind"] | undefined;
  /**
   * If the value names inputs, what they are: one file, which may be standard input; files, or words for installed texts; or
   * a folder. They are looked for before the command runs.
   */
  readonly reads: "file" | "files" | "folder" | undefined;
  /** Whether the value may also be a name, which only the command can look up. */
  readonly mayBeName?: boolean | undefined;
  /** Where an input that is missing is to be had. */
  readonly ifMissing?: string | undefined;
  /** What is downloaded where the value names a repository of the Hugging Face hub; undefined if it may not. */
  readonly hub?: readonly ("model" | "tokenizer" | "adapter")[] | undefined;
  /** The words that the value may be, where they are few. */
  readonly words?: readonly string[] | undefined;
  /** Whether the flag may be given several times, each time with another value. */
  readonly isRepeated?: boolean | undefined;
  /** True for a flag that only the official scripts have, and that does nothing here. */
  readonly isIdle: boolean;
  /** Help of the negated form of a switch that is on by default. */
  readonly negated: string | undefined;
  /** @throws {UsageError} when the text is not such a value */
  read(text: string, place: ReadPlace): T;
}

/** The flags of a command: camelCase here, kebab-case on the command line. */
export type Flags = Readonly<Record<string, Flag>>;

/** The values that `run` receives: a checked one per flag. */
export type Values<F extends Flags> = { -readonly [K in keyof F]: ReturnType<F[K]["read"]> };

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

interface Kind<T> extends Pick<Flag<T>, "read"> {
  hint: string;
  show?: (value: T) => string;
  /** How the default is handled. */
  settle?: (value: T, place: ReadPlace) => T;
}

function valueFlag<T, O extends WithDefault<T>>(
  options: O,
  { hint, show = String, read, settle = (value) => value }: Kind<T>,
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
    read: read as Flag<ValueOf<T, O>>["read"],
  };
}

interface Range {
  min?: number;
  max?: number;
}

function readNumber(
  text: string,
  spelling: string,
  { min, max, kind }: { min: number; max: number; kind: string },
): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const isWhole = kind === "a whole number";
  if (number >= min && number <= max && (!isWhole || Number.isInteger(number))) return number;
  if (min === Number.MIN_VALUE)
    throw new UsageError(`${spelling} must be ${kind} above 0, got "${text}"`);
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new UsageError(`${spelling} must be ${kind} ${range}, got "${text}"`);
}

/** A whole number, by default from 0. */
export function whole<const O extends WithDefault<number> & Range>(options: O) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return valueFlag<number, O>(options, {
    hint: "n",
    read: (text, { spelling }) => readNumber(text, spelling, { min, max, kind: "a whole number" }),
  });
}

/** A real number, by default from 0. */
export function real<const O extends WithDefault<number> & Range>(options: O) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  return valueFlag<number, O>(options, {
    hint: "x",
    read: (text, { spelling }) => readNumber(text, spelling, { min, max, kind: "a number" }),
  });
}

/** Numbers separated by commas, by default from 0. */
export function numbers<const O extends WithDefault<readonly number[]> & Range & { whole?: true }>(
  options: O,
) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const kind = options.whole ? "a whole number" : "a number";
  return valueFlag<readonly number[], O>(options, {
    hint: "list",
    show: (value) => value.join(","),
    read: (text, { spelling }) =>
      text.split(",").map((part) => readNumber(part, spelling, { min, max, kind })),
  });
}

/** Text as it is typed. */
export function text<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "text", read: (typed) => typed });
}

function readToken(typed: string, { spelling }: ReadPlace): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(typed)) return typed;
  throw new UsageError(
    `${spelling} must have 1 to 64 letters, digits, hyphens or underscores, got "${typed}"`,
  );
}

/** A name that is safe as part of a path and of a subject: letters, digits, hyphens and underscores. */
export function token<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "name", read: readToken });
}

/** Different {@link token}s, separated by commas. */
export function tokens<const O extends WithDefault<readonly string[]>>(options: O) {
  return valueFlag<readonly string[], O>(options, {
    hint: "list",
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
  const of = valueFlag<string, O>(options, { hint: "file", read });
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
    show: (value) => value.join(","),
    read,
  });
  return { ...of, reads: "files" as const };
}

/** One file that the command writes; `-` is standard output. */
export function outFile<const O extends WithDefault<never>>(options: O) {
  const of = valueFlag<OutputFile, O>(options, {
    hint: "file",
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

/** A folder's absolute path. It must be there, unless the command writes it (`writes`) or makes it (`isMade`). */
export function folder<const O extends WithDefault<string> & { isMade?: true }>(options: O) {
  const of = valueFlag<string, O>(options, { hint: "dir", read: folderPath, settle: folderPath });
  const isInput = options.writes === undefined && !options.isMade;
  return { ...of, reads: isInput ? ("folder" as const) : undefined };
}

/** A path, or the name of a repository of the Hugging Face hub, which the command sees as its folder. */
export function fromHub<T>(of: Flag<T>, parts: NonNullable<Flag["hub"]>): Flag<T> {
  return {
    ...of,
    hint: `${of.hint}|hf:owner/name`,
    hub: parts,
    read: (typed, place) => (isHubName(typed) ? (typed as T) : of.read(typed, place)),
  };
}

/** The folder of a model with its tokenizer, or of an adapter that names its base model; or a repository of the hub. */
export const model = <const O extends WithDefault<string>>(options: O) =>
  fromHub(folder(options), ["model", "tokenizer", "adapter"]);

/** The folder of a tokenizer, or a repository of the hub. */
export const tokenizer = <const O extends WithDefault<string>>(options: O) =>
  fromHub(folder(options), ["tokenizer"]);

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
  return { ...of, isRepeated: true, fallback: () => [], read: read as never };
}

/** A positional argument: text, unless `of` says how to read it. */
export function argument<T>(of: Flag<T>): Flag<T> {
  return { ...of, kind: "argument" };
}
