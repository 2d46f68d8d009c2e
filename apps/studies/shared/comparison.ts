/** @file What the command `deepgrain compare <paper>` is made from: a paper's sizes, seeds and flags as data. */
import type { Study, StudyRuns, TextTableOptions } from "@deepgrain/lab";
import type { FieldValues, OptionFields } from "@deepgrain/support";

/** Sizes of a comparison. */
export type ComparisonSize = "quick" | "default" | "full";

/** What the user asks of a study. */
export interface ComparisonRequest<F extends OptionFields = OptionFields> {
  size: ComparisonSize;
  values: FieldValues<F>;
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
  /** What is printed above the table of claims. */
  // biome-ignore lint/suspicious/noExplicitAny: runs of any settings and results
  text?: (runs: StudyRuns<any, any>, options: TextTableOptions) => string;
  /** Writes what a study leaves beside results.json. */
  // biome-ignore lint/suspicious/noExplicitAny: runs of any settings and results
  save?: (runs: StudyRuns<any, any>, folder: string) => Promise<void>;
}

/** A paper's comparison as data. Reading it loads no engine. */
export interface Comparison<F extends OptionFields = OptionFields> {
  /** A sentence: what is trained, and what it is set beside. */
  readonly description: string;
  /** Flags of command lines, without `deepgrain compare <paper>`. */
  readonly examples: readonly string[];
  /** What the small and the large size mean, in time; without `full` there is none. */
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
export type OpenComparison<F extends OptionFields = OptionFields> = (
  request: ComparisonRequest<F>,
) => OpenedComparison | Promise<OpenedComparison>;

/** Declares a comparison; the types of its flags are kept. */
export const defineComparison = <const F extends OptionFields>(
  parts: Comparison<F>,
): Comparison<F> => parts;
