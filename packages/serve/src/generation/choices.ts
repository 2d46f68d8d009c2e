import { type BatcherEvent, LmError, type TokenScore } from "@deepgrain/lm";
import type { Sampling } from "../fields/sampling-fields";
import type { OpenModel } from "../served-model";
import { choiceWriter, type ScoredToken } from "./choice-writer";
import { sideBySide } from "./side-by-side";

/** Tokens that a request has read and written so far. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

/** What a request asks of a model. */
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
  readonly endIds: readonly number[];
  readonly logprobs: number | undefined;
  readonly scorePrompt: boolean;
  readonly prefixKey: string;
  readonly signal: AbortSignal;
}

/** A part of an answer: text of a choice, its end, or the scores of a prompt. */
export type Piece =
  | { type: "text"; choice: number; text: string; tokens: readonly ScoredToken[] }
  | { type: "end"; choice: number; reason: "stop" | "length" }
  | { type: "prompt"; prompt: number; scores: readonly (TokenScore | null)[] };

const isBusy = (error: unknown) => LmError.isInstance(error) && error.code === "ERR_BUSY";

/** Whether a server cannot take a request now, but later. */
export const isServerBusy = isBusy;

/** The pieces of the choices of one prompt. */
async function* continued(
  model: OpenModel,
  work: Work,
  at: number,
  usage: Usage,
): AsyncGenerator<Piece, void, undefined> {
  const { samples, maxNewTokens, sampling, seed, stop, logprobs, scorePrompt } = work;
  const prompt = work.prompts[at]!;
  const endIds = new Set([...model.endIds, ...work.endIds]);
  const stream = model.batcher!.generate({
    prompt,
    samples,
    maxNewTokens,
    ...sampling,
    seed,
    eosTokenId: endIds.size > 0 ? [...endIds] : null,
    logProbabilities: logprobs,
    scorePrompt,
    prefixKey: work.prefixKey,
    signal: work.signal,
  });
  const writers = Array.from({ length: samples }, () =>
    choiceWriter(model.tokenizer, prompt, stop),
  );
  usage.promptTokens += prompt.length;
  try {
    for await (const event of stream) yield* piecesOf(event);
  } finally {
    void stream.return();
  }

  function* piecesOf(event: BatcherEvent): Generator<Piece> {
    if (event.type === "prompt") return yield { type: "prompt", prompt: at, scores: event.scores };
    const { sample } = event;
    const writer = writers[sample]!;
    const choice = at * samples + sample;
    if (event.type === "token") {
      usage.completionTokens++;
      if (endIds.has(event.id)) return;
      const { text, tokens, isStopped } = writer.push(event.id, event.score);
      if (text !== "") yield { type: "text", choice, text, tokens };
      if (!isStopped) return;
      stream.stop(sample);
      return yield { type: "end", choice, reason: "stop" };
    }
    const { text, tokens, isStopped } = writer.end();
    if (text !== "" || tokens.length > 0) yield { type: "text", choice, text, tokens };
    const reason = isStopped || event.reason !== "length" ? "stop" : "length";
    yield { type: "end", choice, reason };
  }
}

/**
 * Continues prompts, and yields text as soon as it is final.
 *
 * @param usage is counted up
 * @throws {LmError} as `Batcher.generate`
 */
export async function* writeChoices(
  model: OpenModel,
  work: Work,
  usage: Usage,
): AsyncGenerator<Piece, void, undefined> {
  const starts = work.prompts.map((_, at) => () => continued(model, work, at, usage));
  if (starts.length === 1) yield* starts[0]!();
  else yield* sideBySide(starts, isBusy);
}
