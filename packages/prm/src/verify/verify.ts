import { takeTurn } from "@deepgrain/support";
import { type AnswerChecker, createAnswerChecker } from "../answers/answer-checker";
import { type Completer, complete } from "../completers/completer";
import { functionOf, oneOf, optionsOf, refuseUnknown, whole } from "../errors";
import type { StepScorer } from "../models/step-scorer";
import { completionSeed } from "../random/seeds";
import { splitSteps } from "../solutions/solution";
import type { Aggregation } from "./aggregate";
import { type ScoredSolution, scoreSolution } from "./scored-solution";
import { type AnswerGroup, type SelectionMethod, select } from "./select";

/** Options of {@link verify}. */
export interface VerifyOptions {
  readonly completer: Completer;
  /** Without one the most frequent answer wins. */
  readonly scorer?: StepScorer | undefined;
  /** Solutions sampled. Default 8. */
  readonly n?: number | undefined;
  /** Default `"weighted"` with a scorer, `"majority"` without. */
  readonly method?: SelectionMethod | undefined;
  /** Default `"last"`, for models trained on completions; see `defaultAggregation`. */
  readonly aggregation?: Aggregation | undefined;
  /** Default: `createAnswerChecker()`. */
  readonly checker?: AnswerChecker | undefined;
  /** How a text falls into steps. Default: its lines. */
  readonly toSteps?: ((text: string) => readonly string[]) | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A chosen answer with its evidence. */
export interface Verified {
  /** Null where no solution has one. */
  readonly answer: string | null;
  /** The solution that carries it. */
  readonly solution: ScoredSolution;
  /** Its share of the votes: of the weight, or of the solutions. */
  readonly share: number;
  readonly groups: readonly AnswerGroup[];
  readonly solutions: readonly ScoredSolution[];
  /** How many of the solutions were cut at the token limit; most of these have no answer. */
  readonly truncated: number;
}

/**
 * Solves a problem by sampling N solutions, scoring each and taking a vote.
 *
 * @returns the answer with all solutions, their step scores and the votes
 * @throws {PrmError} errors of completer and scorer; `ERR_RANGE` for n below 1
 * @see Wang et al. 2024 (Math-Shepherd), section 3.4
 */
export async function verify(problem: string, options: VerifyOptions): Promise<Verified> {
  const {
    completer,
    scorer,
    n = 8,
    method = scorer ? "weighted" : "majority",
    aggregation = "last",
    checker = createAnswerChecker(),
    toSteps = splitSteps,
    seed = 0,
    maxTokens,
    signal,
    ...rest
  } = optionsOf("verify", options);
  refuseUnknown("verify", rest, [
    "completer",
    "scorer",
    "n",
    "method",
    "aggregation",
    "checker",
    "toSteps",
    "seed",
    "maxTokens",
    "signal",
  ] satisfies (keyof VerifyOptions)[]);
  oneOf("verify", "method", method, ["weighted", "majority", "best-of-n"]);
  oneOf("verify", "aggregation", aggregation, ["last", "min", "product", "mean"]);
  functionOf("verify", "completer", completer);
  whole("verify", "n", n, { min: 1 });
  const seeds = Array.from({ length: n }, (_, i) => completionSeed(seed, problem, 0, i));
  const made = await complete(completer, { problem, steps: [] }, { seeds, maxTokens, signal });
  const tools = { checker, scorer, aggregation, signal };
  const scorings: Promise<ScoredSolution>[] = [];
  for (const { text, finishReason } of made) {
    await takeTurn();
    signal?.throwIfAborted();
    const scoring = scoreSolution(problem, toSteps(text), tools).then((scored) =>
      finishReason === undefined ? scored : { ...scored, finishReason },
    );
    scoring.catch(() => undefined); // It is reported below.
    scorings.push(scoring);
  }
  const solutions = await Promise.all(scorings);
  const truncated = made.filter(({ finishReason }) => finishReason === "length").length;
  const { index, groups } = select(solutions, method);
  const solution = solutions[index!]!;
  const size = ({ members, weight }: AnswerGroup) =>
    method === "majority" ? members.length : weight;
  const total = groups.reduce((sum, group) => sum + size(group), 0);
  const own = groups.find(({ key }) => key === solution.key);
  const share = own && total > 0 ? size(own) / total : 0;
  return { answer: solution.answer, solution, share, groups, solutions, truncated };
}
