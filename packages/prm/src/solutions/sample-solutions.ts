import { mapConcurrently } from "../annotate/map-concurrently";
import { type Completer, complete } from "../completers/completer";
import { iterableOf, optionsOf, PrmError, refuseUnknown, whole } from "../errors";
import { completionSeed } from "../random/seeds";
import { type Solution, splitSteps } from "./solution";

/** A problem with its right answer. */
export interface Question {
  readonly id: string;
  readonly problem: string;
  readonly answer: string;
}

/** Options of {@link sampleSolutions}. */
export interface SampleSolutionsOptions {
  readonly completer: Completer;
  /** Solutions per problem before duplicates are dropped. Default 15. @see Wang et al. 2024 (Math-Shepherd), section 4 */
  readonly n?: number | undefined;
  /** Default false: of equal solutions of a problem the first is kept. */
  readonly keepDuplicates?: boolean | undefined;
  /** How a text falls into steps. Default: its lines. */
  readonly toSteps?: ((text: string) => readonly string[]) | undefined;
  /** Problems at a time. Default 4. */
  readonly concurrency?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Samples solutions of problems, ready for `annotate`. Texts without any step are dropped.
 *
 * @returns solutions with ids `<problem>/<index>`, in no fixed order of problems
 * @throws {PrmError} what the completer throws; `ERR_FORMAT` for a problem without id, text or answer
 */
export async function* sampleSolutions(
  questions: AsyncIterable<Question> | Iterable<Question>,
  options: SampleSolutionsOptions,
): AsyncGenerator<Solution, void> {
  const {
    completer,
    n = 15,
    keepDuplicates = false,
    toSteps = splitSteps,
    concurrency = 4,
    seed = 0,
    maxTokens,
    signal: outer,
    ...rest
  } = optionsOf("sampleSolutions", options);
  refuseUnknown("sampleSolutions", rest);
  iterableOf("sampleSolutions", "questions", questions);
  whole("sampleSolutions", "n", n, { min: 1 });
  whole("sampleSolutions", "concurrency", concurrency, { min: 1 });

  async function work(
    { id, problem, answer }: Question,
    push: (solution: Solution) => void,
    signal: AbortSignal,
  ) {
    if (![id, problem, answer].every((text) => typeof text === "string" && text !== ""))
      throw new PrmError(
        "ERR_FORMAT",
        `sampleSolutions: problem ${JSON.stringify(id)} needs id, problem and answer`,
      );
    const seeds = Array.from({ length: n }, (_, i) => completionSeed(seed, id, -1, i));
    const made = await complete(completer, { problem, steps: [] }, { seeds, maxTokens, signal });
    const seen = new Set<string>();
    for (const [i, { text }] of made.entries()) {
      const steps = toSteps(text);
      const key = steps.join("\n");
      if (steps.length === 0 || (!keepDuplicates && seen.has(key))) continue;
      seen.add(key);
      push({ id: `${id}/${i}`, problem, steps, gold: answer });
    }
  }
  yield* mapConcurrently<Question, Solution>(questions, concurrency, work, outer);
}
