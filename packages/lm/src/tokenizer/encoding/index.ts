import { inSlices } from "@deepgrain/support";
import type { Tokenizer } from "@huggingface/tokenizers";
import { LmError, optionsOf, refuseUnknown, textOf, whole } from "../../errors";
import { textIds } from "./encode-text";
import { alone, turnInLine } from "./line";
import { type Pipeline, pipelineOf } from "./pipeline";
import { type TokenSizes, tokenSizes } from "./token-sizes";

/** Options of a tokenizer's `encodeInTurns`. */
export interface EncodeInTurnsOptions {
  /** Adds what the tokenizer puts around a text, such as BOS. Default true. */
  addSpecialTokens?: boolean | undefined;
  /** Leaves out an end token that would be put behind the text, as a text that is to be continued has none. Default false. */
  isOpen?: boolean | undefined;
  /** Most ids, those around the text included. Default Infinity. */
  maxTokens?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The tokens that are put around every text. */
export interface Surroundings {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly eosTokenId: number | undefined;
}

/** Characters of a text that is encoded while no other of this size is. */
const LARGE = 2 ** 16;

const known = new WeakMap<Pipeline, TokenSizes>();

function sizesOf(pipeline: Pipeline): TokenSizes {
  const sizes = known.get(pipeline) ?? tokenSizes(pipeline);
  known.set(pipeline, sizes);
  return sizes;
}

/** The ids of the text itself. */
async function idsInTurns(
  pipeline: Pipeline,
  text: string,
  limit: { most: number; around: number },
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const work = textIds(pipeline, sizesOf(pipeline), text, limit);
  const first = work.next(); // what is too long however it is encoded waits for nobody
  if (first.done) return first.value;
  const turn = () => {
    signal?.throwIfAborted();
    return turnInLine();
  };
  const rest = () => inSlices(work, turn);
  return text.length > LARGE ? alone(rest, signal) : rest();
}

/**
 * The ids that `encodeInTurns` of a tokenizer returns.
 * @throws {LmError} as there; `ERR_FORMAT` where the tokenizer fails
 */
export async function encodeInTurns(
  inner: Tokenizer,
  { before, after, eosTokenId }: Surroundings,
  text: string,
  options: EncodeInTurnsOptions,
): Promise<number[]> {
  const {
    addSpecialTokens = true,
    isOpen = false,
    maxTokens = Number.POSITIVE_INFINITY,
    signal,
    ...rest
  } = optionsOf("encodeInTurns", options);
  refuseUnknown("encodeInTurns", rest);
  textOf("encodeInTurns", "text", text);
  if (maxTokens !== Number.POSITIVE_INFINITY)
    whole("encodeInTurns", "maxTokens", maxTokens, { min: 0 });
  signal?.throwIfAborted();
  const start = addSpecialTokens ? before : [];
  const behind = addSpecialTokens ? after : [];
  const isEnded = eosTokenId !== undefined && behind.at(-1) === eosTokenId;
  const end = isOpen && isEnded ? behind.slice(0, -1) : behind;
  const around = start.length + end.length;
  try {
    const limit = { most: maxTokens - around, around };
    const ids = await idsInTurns(pipelineOf(inner), text, limit, signal);
    return [...start, ...ids, ...end];
  } catch (cause) {
    if (signal?.aborted || LmError.isInstance(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LmError("ERR_FORMAT", `lm/encodeInTurns: ${reason}`, { cause });
  }
}
