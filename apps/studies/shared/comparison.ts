/** @file What the command `deepgrain compare <paper>` is made from: a paper's sizes, seeds and flags as data. */
import type { Study, StudyRuns } from "@deepgrain/lab";
import type { TextTableOptions } from "@deepgrain/support/pages";

/** Sizes of a comparison. */
export type ComparisonSize = "quick" | "default" | "full";

/** The value of a flag by its kind. */
interface FlagKinds {
  whole: number;
  real: number;
  numbers: number[];
  names: string[];
  choice: string;
  file: string;
  folder: string;
  switch: boolean;
}

/** A flag of a study's own, as data. */
export interface StudyFlag<K extends keyof FlagKinds = keyof FlagKinds> {
  readonly kind: K;
  readonly help: string;
  /** Bounds of numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly default?: FlagKinds[K];
  /** The values of a choice, or of names. */
  readonly of?: readonly string[];
  readonly isRequired?: true;
}

export type StudyFlags = Readonly<Record<string, StudyFlag>>;

/** The values of flags: undefined where a flag is absent and has no default. */
export type StudyValues<F extends StudyFlags> = {
  readonly [Name in keyof F]:
    | FlagKinds[F[Name]["kind"]]
    | (F[Name] extends { isRequired: true } | { kind: "switch" } | { default: unknown }
        ? never
        : undefined);
};

/** A user's request to a study. */
export interface ComparisonRequest<F extends StudyFlags = StudyFlags> {
  size: ComparisonSize;
  values: StudyValues<F>;
  /** Number of seeds if it is given. */
  seeds: number | undefined;
  seed: number;
  /** The folder of results: the given one, or one named after the paper. @param name default: the size */
  folder(name?: string): string;
  /** Path resolved against the directory that the user called from. */
  resolve(path: string): string;
  /** Says something beside the progress. */
  note(text: string): void;
  signal: AbortSignal;
}

/** A study ready to run, with its settings. */
export interface OpenedComparison {
  // biome-ignore lint/suspicious/noExplicitAny: studies of any settings and results
  study: Study<any, any, any>;
  /** The same for all runs of a folder. */
  settings: object;
  /** Default: that of the size. */
  folder?: string;
  /** Default: as many as the size has, from the first on. */
  seeds?: readonly number[];
  /** Whether experiments are chosen. Default true. */
  hasExperiments?: boolean;
  /** The text to print above the table of claims. */
  // biome-ignore lint/suspicious/noExplicitAny: runs of any settings and results
  text?: (runs: StudyRuns<any, any>, options: TextTableOptions) => string;
  /** Fields of `--json` besides runs and claims. */
  // biome-ignore lint/suspicious/noExplicitAny: runs of any settings and results
  more?: (runs: StudyRuns<any, any>) => object;
  /** Writes what a study leaves beside results.json. */
  // biome-ignore lint/suspicious/noExplicitAny: runs of any settings and results
  save?: (runs: StudyRuns<any, any>, folder: string) => Promise<void>;
}

/** A paper's comparison as data. Reading it loads no engine. */
export interface Comparison<F extends StudyFlags = StudyFlags> {
  /** A sentence: what is trained, and what it is set beside. */
  readonly description: string;
  /** Flags of command lines, without `deepgrain compare <paper>`. */
  readonly examples: readonly string[];
  /** Durations of the small and the large size; without `full` there is no large one. */
  readonly quick: string;
  readonly full?: string;
  /** Names of the experiments by id; absent if there is one. */
  readonly experiments?: Readonly<Record<string, string>>;
  /** Experiments of a size if none are chosen; all if absent. */
  readonly usual?: Readonly<Partial<Record<ComparisonSize, readonly string[]>>>;
  /** Paired seeds of each size. */
  readonly seedCounts: Readonly<Record<ComparisonSize, number>>;
  /** Default 1. */
  readonly firstSeed?: number;
  /** Whether its runs need what only this thread has. */
  readonly isOnOneThread?: true;
  /** Its own flags. */
  readonly flags: F;
}

/** Opens a study as it is asked for. */
export type OpenComparison<F extends StudyFlags = StudyFlags> = (
  request: ComparisonRequest<F>,
) => OpenedComparison | Promise<OpenedComparison>;

/** Declares a comparison; the types of its flags are kept. */
export const defineComparison = <const F extends StudyFlags>(parts: Comparison<F>): Comparison<F> =>
  parts;
