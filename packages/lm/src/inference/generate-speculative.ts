import { LmError } from "../errors";
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
  /** A smaller model of the same tokenizer, or `"ngram"` for what followed the last tokens before. Default `"ngram"`. */
  draft?: CausalLM | "ngram";
  /** Tokens that are guessed at a time, at least 1. Default 4. */
  draftTokens?: number;
  /** Default 20. */
  maxNewTokens?: number;
  /** Uniform in [0, 1): tokens are drawn from the processed logits. Default: the likeliest token is taken. */
  random?: () => number;
  /** Applied to each row of logits in order, the draft model's too. */
  logitsProcessors?: readonly AsyncLogitsProcessor[];
  /** Ends the text. Default: the configuration's; null for none. */
  eosTokenId?: number | readonly number[] | null;
  /** Ends the text where it holds one of these. */
  stopStrings?: StopStrings;
  /** Aborts between passes; the signal's reason is thrown. */
  signal?: AbortSignal;
}

/** One token of the text. */
export interface SpeculativeEvent {
  type: "token";
  id: number;
  count: number;
  /** Whether it was guessed, and so came without a pass of its own. */
  wasDrafted: boolean;
  stopped: StopReason | undefined;
}

/** The text, and how the guesses fared. */
export interface SpeculativeResult {
  ids: number[];
  stopped: StopReason;
  /** Guesses that were looked at. */
  drafted: number;
  /** Guesses that were right. */
  accepted: number;
  /** Passes of the model. */
  passes: number;
}

/** Probabilities of processed logits; a single 1 for the likeliest where nothing is drawn. */
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

/** What the rounds of one text share. */
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

/** One pass: guesses, the model's view of them, and the tokens that follow from both: guesses that are right, then one more. */
async function round(reading: Reading, ids: readonly number[], room: number) {
  const { sequence, drafter, draftTokens, random } = reading;
  const isDrawn = random !== undefined;
  const draw = random ?? (() => 0.5);
  const guesses = await drafter.draft(
    ids,
    Math.min(draftTokens, room - 1),
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
 * Continues a prompt with guesses at several tokens that one pass of the model judges together. The text is distributed as
 * without guesses, and with the likeliest token taken it is the same text up to rounding; only the time differs.
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
  const { draft = "ngram", draftTokens = 4, random, signal, ...settings } = options;
  const request = checkRequest({ ...settings, prompt }, 0, model);
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
