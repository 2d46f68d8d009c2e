import { type EncodedChat, ignoreIndex, type Tokenizer } from "@deepgrain/lm";
import { nextTurn } from "../../cli/next-turn";
import { tokenStream } from "../../training/token-stream";
import type { Corpus, Pair, Split } from "./corpora";

/** A corpus as token ids. */
export interface EncodedCorpus {
  name: string;
  train: Int32Array;
  validation: Int32Array;
}

/**
 * A pair as training data: begin, question, line break, answer, end; only answer and end are trained on. Running text of
 * pairs has the same form, so that a base model knows it.
 */
export function encodePair(
  { prompt, answer }: Pair,
  tokenizer: Pick<Tokenizer, "encode" | "bosTokenId" | "eosTokenId">,
): EncodedChat {
  const question = encodePrompt(prompt, tokenizer);
  const wanted = [...tokenizer.encode(answer, { addSpecialTokens: false }), tokenizer.eosTokenId!];
  return {
    inputIds: [...question, ...wanted],
    labels: [...question.map(() => ignoreIndex), ...wanted],
  };
}

/** Begin, question and line break. */
export function encodePrompt(
  prompt: string,
  tokenizer: Pick<Tokenizer, "encode" | "bosTokenId">,
): number[] {
  return [tokenizer.bosTokenId!, ...tokenizer.encode(`${prompt}\n`, { addSpecialTokens: false })];
}

async function pairStream(
  pairs: readonly Pair[],
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<Int32Array> {
  signal.throwIfAborted();
  const ids = pairs.flatMap((pair) => encodePair(pair, tokenizer).inputIds);
  await nextTurn();
  return Int32Array.from(ids);
}

/** Corpora as streams of tokens. */
export async function encodeCorpora(
  corpora: readonly Corpus[],
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<EncodedCorpus[]> {
  const encoded: EncodedCorpus[] = [];
  for (const { name, kind, items } of corpora) {
    const stream = (part: keyof Split<unknown>) =>
      kind === "text"
        ? tokenStream(items[part], tokenizer, { signal })
        : pairStream(items[part], tokenizer, signal);
    encoded.push({ name, train: await stream("train"), validation: await stream("validation") });
  }
  return encoded;
}
