import { type AnswerChecker, createAnswerChecker } from "../answers/answer-checker";
import type { Completer } from "../completers/completer";
import { functionOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import type { Filled } from "../filled";
import type { StepScorer } from "../models/step-scorer";
import type { Aggregation } from "../verify/aggregate";
import type { ScoredSolution } from "../verify/scored-solution";

/** Options of step-wise search; defaults as in search-and-learn. */
export interface SearchOptions {
  readonly completer: Completer;
  readonly scorer: StepScorer;
  /** Number of parallel solutions, a multiple of `width`. Default 16. */
  readonly n?: number | undefined;
  /** m: continuations that compete. Default 4. */
  readonly width?: number | undefined;
  /** Default 40. */
  readonly maxSteps?: number | undefined;
  /** Default `"last"`. */
  readonly aggregation?: Aggregation | undefined;
  /** Ends a step. Default: a blank line. */
  readonly separator?: string | undefined;
  /** Number of further steps that are generated for scoring only. Default 0. */
  readonly lookahead?: number | undefined;
  /** Generates those steps, preferably greedily. Default: the completer. */
  readonly lookaheadCompleter?: Completer | undefined;
  /** Tokens per step. Default: the completer's. */
  readonly maxTokens?: number | undefined;
  /** Default: `createAnswerChecker()`. */
  readonly checker?: AnswerChecker | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Called after each round of steps. */
  readonly onProgress?:
    | ((progress: {
        readonly step: number;
        readonly active: number;
        readonly finished: number;
      }) => void)
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The names for the hint "did you mean". */
const names: readonly (keyof SearchOptions)[] = [
  "completer",
  "scorer",
  "n",
  "width",
  "maxSteps",
  "aggregation",
  "separator",
  "lookahead",
  "lookaheadCompleter",
  "maxTokens",
  "checker",
  "seed",
  "onProgress",
  "signal",
];

/** Options with their defaults. */
export type SearchTools = Filled<SearchOptions, "maxTokens" | "signal">;

/** The result of a search. */
export interface SearchResult {
  /** Best first. */
  readonly solutions: readonly ScoredSolution[];
  /** Number of generated steps, including those of lookahead. */
  readonly stepsWritten: number;
}

/** @throws {PrmError} `ERR_RANGE` for counts out of range and an n that is not a multiple of `width` */
export function searchTools(where: string, options: SearchOptions): SearchTools {
  const {
    completer,
    scorer,
    n = 16,
    width = 4,
    maxSteps = 40,
    aggregation = "last",
    separator = "\n\n",
    lookahead = 0,
    lookaheadCompleter = completer,
    checker = createAnswerChecker(),
    seed = 0,
    onProgress = () => undefined,
    maxTokens,
    signal,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, names);
  functionOf(where, "completer", completer);
  for (const [name, value] of Object.entries({ n, width, maxSteps }))
    whole(where, name, value, { min: 1 });
  whole(where, "lookahead", lookahead, { min: 0 });
  if (n % width !== 0)
    throw new PrmError(
      "ERR_RANGE",
      `${where}: n must be a multiple of width, got ${n} and ${width}`,
      {
        fields: { n, width },
      },
    );
  if (separator === "") throw new PrmError("ERR_ARGUMENT", `${where}: separator must not be empty`);
  return {
    completer,
    scorer,
    n,
    width,
    maxSteps,
    aggregation,
    separator,
    lookahead,
    lookaheadCompleter,
    checker,
    seed,
    onProgress,
    maxTokens,
    signal,
  };
}
