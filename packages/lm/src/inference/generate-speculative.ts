import { takeTurn } from "@deepgrain/support";
import { having, LmError, optionsOf, refuseUnknown } from "../errors";
import type { AsyncLogitsProcessor } from "../generation/sample-token";
import { greedy } from "../generation/sampling";
import type { StopReason } from "../generation/stopping";
import type { CausalLM } from "../model/causal-lm";
import { type Drafter, modelDrafter, ngramDrafter } from "./drafts";
import { type CheckedRequest, checkRequest, type StopStrings } from "./sequence";
import { SingleSequence } from "./single-sequence";
import { drawFrom, judgeDraft } from "./speculative-choice";

/** Options of {@link generateSpeculative}. */
export interface SpeculativeOptions {
  /**
   * A smaller model of the same tokenizer, or `"ngram"` for the tokens that followed the previous occurrence of the
   * last tokens. Default `"ngram"`.
   */
  draft?: CausalLM | "ngram" | undefined;
  /** Number of tokens drafted per pass, at least 1. Default 4. */
  draftTokens?: number | undefined;
  /** Default 20. */
  maxNewTokens?: number | undefined;
  /** Uniform in [0, 1): tokens are drawn from the processed logits. Default: greedy, the most likely token. */
  random?: (() => number) | undefined;
  /** Applied in order to each row of logits, including the draft model's. */
  logitsProcessors?: readonly AsyncLogitsProcessor[] | undefined;
  /** End-of-text token. Default: from the configuration; null for none. */
  eosTokenId?: number | readonly number[] | null | undefined;
  /** Generation stops when the text contains one of these. */
  stopStrings?: StopStrings | undefined;
  /** Aborts between passes; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** One token of the text. */
export interface SpeculativeEvent {
  type: "token";
  id: number;
  count: number;
  /** Whether it was drafted, and therefore needed no pass of its own. */
  wasDrafted: boolean;
  stopped: StopReason | undefined;
}

/** The text, with the acceptance counts of the drafts. */
export interface SpeculativeResult {
  ids: number[];
  stopped: StopReason;
  /** Number of draft tokens that were checked. */
  drafted: number;
  /** Number of draft tokens that were accepted. */
  accepted: number;
  /** Number of model passes. */
  passes: number;
}

/** Probabilities of processed logits; one-hot at the most likely token if nothing is sampled. */
function distribution(logits: Float32Array, isDrawn: boolean): Float64Array {
  const best = greedy(logits);
  const weights = new Float64Array(logits.length);
  if (!isDrawn) {
    weights[best] = 1;
    return weights;
  }
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    weights[i] = Math.exp(logits[i]! - logits[best]!);
    total += weights[i]!;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return weights;
}

/** State shared by all rounds of one text. */
interface Reading {
  request: CheckedRequest;
  sequence: SingleSequence;
  drafter: Drafter;
  draftTokens: number;
  random: (() => number) | undefined;
}

async function processed(
  { request: { processors } }: Reading,
  logits: Float32Array,
  ids: readonly number[],
) {
  let row = logits;
  for (const processor of processors) {
    if (processor.prepare) await processor.prepare(ids);
    row = processor(ids, row);
  }
  return row;
}

/** One round: drafts tokens, checks them with one model pass, and returns the accepted drafts and one more token. */
async function round(reading: Reading, ids: readonly number[], room: number) {
  const { sequence, drafter, draftTokens, random } = reading;
  const isDrawn = random !== undefined;
  const draw = random ?? (() => 0.5);
  const guesses = await drafter.draft(
    ids,
    Math.min(draftTokens, room - 1, sequence.roomAfter(ids.length)),
    async (logits, text) => {
      const probabilities = distribution(await processed(reading, logits, text), isDrawn);
      return { id: drawFrom(probabilities, draw), probabilities };
    },
  );
  const text = [...ids, ...guesses.map(({ id }) => id)];
  const rows = await sequence.read(text, guesses.length + 1);
  const tokens: number[] = [];
  for (const [i, row] of rows.entries()) {
    const p = distribution(await processed(reading, row, text.slice(0, ids.length + i)), isDrawn);
    const guess = guesses[i];
    tokens.push(guess ? judgeDraft(p, guess, draw) : drawFrom(p, draw));
    if (guess && tokens[i] !== guess.id) break;
  }
  sequence.forgetFrom(ids.length + tokens.length - 1);
  return { tokens, drafted: guesses.length };
}

function drafterFor(model: CausalLM, draft: CausalLM | "ngram", mostTokens: number): Drafter {
  if (draft === "ngram") return ngramDrafter();
  const [own, other] = [model.config.vocabSize, draft.config.vocabSize];
  if (own !== other)
    throw new LmError(
      "ERR_MISMATCH",
      `lm/generateSpeculative: the draft model must have the model's vocabulary of ${own} tokens, it has ${other}`,
      { fields: { vocabSize: own, draftVocabSize: other } },
    );
  return modelDrafter(draft, Math.min(mostTokens, draft.config.maxPositionEmbeddings));
}

/**
 * Continues a prompt by speculative decoding: several tokens are drafted, and one pass of the model checks them
 * together. The distribution of the text does not change. Greedy decoding gives the same text up to rounding. Only the
 * time differs.
 *
 * @param prompt token ids, at least one
 * @yields each new token
 * @throws {LmError} `ERR_SHAPE`, `ERR_RANGE` as `generateBatch`; `ERR_MISMATCH` for a draft model of another vocabulary
 * @see Leviathan et al. 2023, algorithm 1
 */
export async function* generateSpeculative(
  model: CausalLM,
  prompt: ArrayLike<number>,
  options: SpeculativeOptions = {},
): AsyncGenerator<SpeculativeEvent, SpeculativeResult> {
  const {
    draft = "ngram",
    draftTokens = 4,
    maxNewTokens,
    random,
    logitsProcessors,
    eosTokenId,
    stopStrings,
    signal,
    ...rest
  } = optionsOf("generateSpeculative", options);
  refuseUnknown("generateSpeculative", rest);
  having("generateSpeculative", "model", model, "config", "forward");
  const settings = { prompt, maxNewTokens, logitsProcessors, eosTokenId, stopStrings };
  const request = checkRequest(settings, 0, model);
  if (!Number.isSafeInteger(draftTokens) || draftTokens < 1)
    throw new LmError(
      "ERR_RANGE",
      `lm/generateSpeculative: draftTokens must be a whole number of at least 1, got ${draftTokens}`,
      { fields: { draftTokens } },
    );
  const mostTokens = request.prompt.length + request.maxNewTokens;
  const drafter = drafterFor(model, draft, mostTokens);
  const sequence = new SingleSequence(model, mostTokens);
  const reading: Reading = { request, sequence, drafter, draftTokens, random };
  const ids = [...request.prompt];
  const result: SpeculativeResult = {
    ids: [],
    stopped: "length",
    drafted: 0,
    accepted: 0,
    passes: 0,
  };
  let stopped: StopReason | undefined;
  try {
    while (!stopped && result.ids.length < request.maxNewTokens) {
      await takeTurn();
      signal?.throwIfAborted();
      const { tokens, drafted } = await round(
        reading,
        ids,
        request.maxNewTokens - result.ids.length,
      );
      result.passes++;
      result.drafted += drafted;
      result.accepted += tokens.length - 1;
      for (const [i, id] of tokens.entries()) {
        ids.push(id);
        result.ids.push(id);
        for (const stop of request.stops) stopped ??= stop(ids);
        const count = result.ids.length;
        if (count >= request.maxNewTokens) stopped ??= "length";
        yield { type: "token", id, count, wasDrafted: i < tokens.length - 1, stopped };
        if (stopped) break;
      }
    }
    return { ...result, stopped: stopped ?? "length" };
  } finally {
    sequence.dispose();
    drafter.dispose();
  }
}
