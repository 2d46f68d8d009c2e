import type { Output } from "../store/locks";
import { UsageError } from "./usage-error";

/** What a flag's value is read with. */
export interface ReadPlace {
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
  /** The value where the flag is absent. */
  readonly fallback: T;
  /** The default as `--help` prints it; undefined where there is none to print. */
  readonly shownDefault: string | undefined;
  /** Names in the official scripts that this flag also answers to: `base_model_path`. */
  readonly official: readonly string[];
  /** Where the value is the path of an output, what kind of one: it is locked while the command runs. */
  readonly writes: Output["kind"] | undefined;
  /** True where only the official scripts have such a flag, which then does nothing here. */
  readonly isIdle: boolean;
  /** Help of the negated form of a switch that is on by default. */
  readonly negated: string | undefined;
  /** @throws {UsageError} when the text is not such a value */
  read(text: string, place: ReadPlace): T;
}

/** The flags of a command: camelCase here, kebab-case on the command line. */
export type Flags = Readonly<Record<string, Flag>>;

/** What `run` receives: a checked value per flag. */
export type Values<F extends Flags> = { -readonly [K in keyof F]: ReturnType<F[K]["read"]> };

interface Common {
  help: string;
  hint?: string;
  official?: string | readonly string[];
  required?: true;
  writes?: Output["kind"];
}

type WithDefault<T> = Common & { default?: T };

/** A flag with a default, or a required one, is never undefined. */
type ValueOf<T, O> = O extends { default: T } | { required: true } ? T : T | undefined;

function valueFlag<T, O extends WithDefault<T>>(
  options: O,
  {
    hint,
    show = String,
    read,
  }: { hint: string; show?: (value: T) => string } & Pick<Flag<T>, "read">,
): Flag<ValueOf<T, O>> {
  const { help, official = [], required = false, default: fallback } = options;
  return {
    kind: "value",
    help,
    hint: options.hint ?? hint,
    isRequired: required,
    fallback: fallback as ValueOf<T, O>,
    shownDefault: fallback === undefined ? undefined : show(fallback),
    official: [official].flat(),
    isIdle: false,
    writes: options.writes,
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

/** Text as it is typed. */
export function text<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "text", read: (typed) => typed });
}

/** A file's absolute path. */
export function file<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, {
    hint: "file",
    read: (path, { resolve }) => resolve(path),
  });
}

/** A folder's absolute path. */
export function folder<const O extends WithDefault<string>>(options: O) {
  return valueFlag<string, O>(options, { hint: "dir", read: (path, { resolve }) => resolve(path) });
}

/** One of a few words. */
export function choice<const C extends string, const O extends WithDefault<NoInfer<C>>>(
  words: readonly C[],
  options: O,
) {
  return valueFlag<C, O>(options, {
    hint: words.join("|"),
    read(typed, { spelling }) {
      const word = words.find((candidate) => candidate === typed);
      if (word !== undefined) return word;
      throw new UsageError(`${spelling} must be one of ${words.join(", ")}, got "${typed}"`);
    },
  });
}

/** Words of a known set, separated by commas, in the order of the set; upper and lower case are alike. */
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
    fallback: false,
    shownDefault: undefined,
    official: [official].flat(),
    isIdle: false,
    writes: undefined,
    negated: undefined,
    read: () => true,
  };
}

/** A switch that is on unless its negated form (`--no-…`) is given. */
export function onUnless(options: { help: string; negated: string }): Flag<boolean> {
  return { ...flag(options), fallback: true, negated: options.negated };
}

/** A flag of the official scripts that has nothing to do here. */
export function idle({ because }: { because: string }) {
  return { ...text({ help: `no effect: ${because}`, hint: "value" }), isIdle: true };
}

/** A positional argument: text, unless `of` says how to read it. */
export function argument<T>(of: Flag<T>): Flag<T> {
  return { ...of, kind: "argument" };
}
