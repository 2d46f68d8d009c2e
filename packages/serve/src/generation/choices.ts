import {
  type Constraint,
  complete,
  LmError,
  type PromptPiece,
  type TextPiece,
  type Tokenizer,
} from "@deepgrain/lm";
import type { Sampling } from "../fields/sampling-fields";
import type { OpenModel } from "../served-model";
import { sideBySide } from "./side-by-side";

/** The work that a request asks of a model. */
export interface Work {
  readonly prompts: readonly (readonly number[])[];
  /** Choices per prompt. */
  readonly samples: number;
  /** Per choice, Infinity for as many as fit. */
  readonly maxNewTokens: number;
  readonly sampling: Sampling;
  readonly seed: number;
  readonly stop: readonly string[];
  /** Tokens that end a choice, beside those of the model. */
  readonly stopIds: readonly number[];
  readonly logprobs: number | undefined;
  readonly scorePrompt: boolean;
  /** Keeps each choice to a form. */
  readonly constraint: Constraint | undefined;
  /** Decodes what is written. Default: the model's tokenizer, special tokens being left out. */
  readonly decoding?: Pick<Tokenizer, "encode" | "decode"> | undefined;
  readonly prefixKey: string;
  readonly signal: AbortSignal;
}

/** A piece of a choice, or the scores of a prompt; each with its number in the request. */
export type Piece = (TextPiece & { choice: number }) | (PromptPiece & { prompt: number });

const isBusy = (error: unknown) => LmError.isInstance(error) && error.code === "ERR_BUSY";

/** The pieces of the choices of one prompt. */
async function* continued(
  { batcher, tokenizer }: OpenModel,
  work: Work,
  at: number,
): AsyncGenerator<Piece, void, undefined> {
  const { samples, maxNewTokens, sampling, seed, stop, logprobs, scorePrompt, constraint } = work;
  const { eosTokenId } = tokenizer;
  const pieces = complete(batcher!, work.decoding ?? tokenizer, work.prompts[at]!, {
    ...sampling,
    samples,
    maxNewTokens,
    seed,
    stopStrings: stop,
    stopIds: eosTokenId === undefined ? work.stopIds : [...work.stopIds, eosTokenId],
    logProbabilities: logprobs,
    scorePrompt,
    constraint,
    prefixKey: work.prefixKey,
    signal: work.signal,
  });
  for await (const piece of pieces)
    yield piece.type === "prompt"
      ? { ...piece, prompt: at }
      : { ...piece, choice: at * samples + piece.sample };
}

/**
 * Continues prompts, and yields text as soon as it is final. The last piece of each choice has a `finishReason`.
 *
 * @throws {LmError} as `Batcher.generate`
 */
export function writeChoices(model: OpenModel, work: Work): AsyncGenerator<Piece, void, undefined> {
  const starts = work.prompts.map((_, at) => () => continued(model, work, at));
  return starts.length === 1 ? starts[0]!() : sideBySide(starts, isBusy);
}
