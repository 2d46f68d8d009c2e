import { mapConcurrently } from "../annotate/map-concurrently";
import { type Completer, complete } from "../completers/completer";
import { functionOf, optionsOf, PrmError, refuseUnknown, textOf, whole } from "../errors";
import { completionSeed } from "../random/seeds";
import type { StepScorer } from "./step-scorer";
import { probabilityOfYes, VERDICT, verdictPrompt } from "./verdict";

/** Options of {@link generativeScorer}. */
export interface GenerativeScorerOptions {
  /** Names the completer in errors. Default: the function's name. */
  readonly name?: string | undefined;
  /** Verdicts per step, whose probabilities are averaged. Default 1. */
  readonly votes?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Tokens per verdict with its reasons. Default: the completer's own limit. */
  readonly maxTokens?: number | undefined;
  /** The question about the last of the steps. Default: one that asks for reasons and a last line `Verdict: Yes` or `No`. */
  readonly prompt?: ((problem: string, steps: readonly string[]) => string) | undefined;
  /** Text before the verdict; empty where a judge answers with the verdict at once. Default `Verdict:`. */
  readonly mark?: string | undefined;
}

/** Alternatives per token: the most that text completions of OpenAI's API give. */
const ALTERNATIVES = 5;
/** Steps of a solution that are judged at the same time; a completer has limits of its own. */
const AT_ONCE = 16;

/**
 * A scorer from a judge that writes: asks a text generator about each step, given those before it, and takes the probability
 * with which it says yes, averaged over several verdicts. Use it where no trained reward model fits the problems; it takes one
 * completion per step and vote. Verdicts that say neither yes nor no are left out.
 *
 * @param completer one that returns log-probabilities: `openAiCompleter`, `batchCompleter`
 * @throws {PrmError} `ERR_ARGUMENT`, `ERR_RANGE` for options; on a call `ERR_COMPLETION` that names a completer without
 *   log-probabilities, or the step that no verdict is about; errors of the completer
 * @see Zhang et al. 2024 (2408.15240, generative verifiers)
 */
export function generativeScorer(
  completer: Completer,
  options: GenerativeScorerOptions = {},
): StepScorer {
  const {
    name,
    votes = 1,
    seed = 0,
    maxTokens,
    prompt = verdictPrompt,
    mark = VERDICT,
    ...rest
  } = optionsOf("generativeScorer", options);
  refuseUnknown("generativeScorer", rest);
  functionOf("generativeScorer", "completer", completer);
  functionOf("generativeScorer", "prompt", prompt);
  textOf("generativeScorer", "mark", mark);
  whole("generativeScorer", "votes", votes, { min: 1 });
  if (maxTokens !== undefined) whole("generativeScorer", "maxTokens", maxTokens, { min: 1 });
  const called = name ?? (completer.name || "the completer");

  async function scoreOf(problem: string, steps: readonly string[], signal?: AbortSignal) {
    const question = prompt(problem, steps);
    const seeds = Array.from({ length: votes }, (_, i) => completionSeed(seed, question, 0, i));
    const asked = { seeds, maxTokens, logProbabilities: ALTERNATIVES, signal };
    const made = await complete(completer, { problem: question, steps: [] }, asked);
    if (made.some(({ tokens }) => !Array.isArray(tokens)))
      throw new PrmError(
        "ERR_COMPLETION",
        `generativeScorer: ${called} returns no log-probabilities, from which the probability of yes is read`,
        { fields: { completer: called } },
      );
    const found = made
      .map(({ tokens }) => probabilityOfYes(tokens!, mark))
      .filter((score) => score !== undefined);
    if (found.length > 0) return found.reduce((sum, score) => sum + score, 0) / found.length;
    throw new PrmError(
      "ERR_COMPLETION",
      `generativeScorer: ${called} gives no verdict on step ${steps.length}: expected yes or no after "${mark}"`,
      { fields: { step: steps.length, texts: made.map(({ text }) => text.slice(-200)) } },
    );
  }

  return async (problem, steps, { signal } = {}) => {
    const scores = new Array<number>(steps.length);
    const judged = mapConcurrently<number, [number, number]>(
      steps.keys(),
      AT_ONCE,
      async (i, push, own) => push([i, await scoreOf(problem, steps.slice(0, i + 1), own)]),
      signal,
    );
    for await (const [i, score] of judged) scores[i] = score;
    return scores;
  };
}
