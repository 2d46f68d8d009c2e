import { takeTurn } from "@deepgrain/support";
import { functionOf, listOf, optionsOf, PrmError, refuseUnknown } from "../errors";

/** The beginning of a solution: the problem and the steps written so far. */
export interface Prefix {
  readonly problem: string;
  readonly steps: readonly string[];
}

/** Why a completion ended: at its natural end, at a stop string, or at the token limit. */
export type FinishReason = "end" | "stop" | "length";

/** A text that may stand in a token's place, with the natural logarithm of its probability there. */
export interface TokenChance {
  readonly text: string;
  readonly logProbability: number;
}

/** A token of a completion, and the likeliest ones in its place, which may include it. */
export interface ScoredToken extends TokenChance {
  readonly top: readonly TokenChance[];
}

/** A continuation of a prefix. */
export interface Completion {
  /** The text after the prefix, without the prefix. */
  readonly text: string;
  readonly finishReason?: FinishReason | undefined;
  readonly promptTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  /** Its tokens with their log-probabilities, of completers that return them where they are asked for. */
  readonly tokens?: readonly ScoredToken[] | undefined;
}

/** The options of a call of a completer. */
export interface CompletionOptions {
  /** One seed per requested completion; independent samples, never several inside one prompt. */
  readonly seeds: readonly number[];
  /** Texts that end a completion. */
  readonly stop?: readonly string[] | undefined;
  readonly maxTokens?: number | undefined;
  /** Asks for log-probabilities with this many alternatives per token; a completer that has none leaves them out. */
  readonly logProbabilities?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Any text generator: continues a prefix once per seed. A completer that uses the seeds makes runs reproducible.
 * Strings are completions without further details.
 */
export type Completer = (
  prefix: Prefix,
  options: CompletionOptions,
) => Promise<readonly (string | Completion)[]>;

/**
 * Calls a completer and checks what it returns.
 * @throws {PrmError} `ERR_COMPLETION` unless there is one completion with text per seed
 */
export async function complete(
  completer: Completer,
  prefix: Prefix,
  options: CompletionOptions,
): Promise<Completion[]> {
  const { seeds, stop, maxTokens, logProbabilities, signal, ...rest } = optionsOf(
    "complete",
    options,
  );
  refuseUnknown("complete", rest);
  functionOf("complete", "completer", completer);
  listOf("complete", "seeds", seeds);
  await takeTurn();
  signal?.throwIfAborted();
  const answer: unknown = await completer(prefix, options);
  const wanted = seeds.length;
  if (!Array.isArray(answer) || answer.length !== wanted)
    throw new PrmError(
      "ERR_COMPLETION",
      `complete: the completer must return ${wanted} completions, got ${Array.isArray(answer) ? answer.length : typeof answer}`,
      { fields: { wanted } },
    );
  return answer.map((each: string | Completion, index) => {
    if (typeof each === "string") return { text: each };
    if (typeof each?.text === "string") return each;
    throw new PrmError("ERR_COMPLETION", `complete: completion ${index} has no text`, {
      fields: { index },
    });
  });
}

/** The text before a completion: the problem, then one line per step, each with its line break. */
export const promptText = ({ problem, steps }: Prefix): string =>
  [problem, ...steps].map((line) => `${line}\n`).join("");
