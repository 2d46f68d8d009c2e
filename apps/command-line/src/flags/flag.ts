import type { Output } from "../runs/locks";
import type { FlagForm } from "./flag-forms";

/** The context in which a flag's value is read. */
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
  /** The input that one of the value's texts names, where that is a part of it. */
  readonly pathOf?: ((text: string) => string) | undefined;
  /** Whether the value may also be a name, which only the command can look up. */
  readonly mayBeName?: boolean | undefined;
  /** Where an input that is missing is to be had. */
  readonly ifMissing?: string | undefined;
  /** The files to download where the value names a repository of the Hugging Face hub; undefined if it names no model. */
  readonly hub?: readonly ("model" | "tokenizer" | "adapter")[] | undefined;
  /** Whether the model that the value names is trained, so that its weights may not be packed. */
  readonly trains?: boolean | undefined;
  /** The words that the value may be, where they are few. */
  readonly words?: readonly string[] | undefined;
  /** Whether the flag may be given several times, each time with another value. */
  readonly isRepeated?: boolean | undefined;
  /** The value as a configuration file holds it. */
  readonly form: FlagForm;
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
