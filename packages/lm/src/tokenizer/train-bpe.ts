import { takeTurn } from "@deepgrain/support";
import { LmError, optionsOf, refuseUnknown } from "../errors";
import { bpeTokenizerJson } from "./bpe-tokenizer-json";
import { bytesInAlphabetOrder, byteToCharacter, toByteAlphabet } from "./byte-alphabet";
import { countPreTokens, gpt2Pattern } from "./count-pre-tokens";
import { type Merge, mergeLoop, wordList } from "./merge-loop";
import type { TokenizerJson } from "./tokenizer-json";

/** How to train a byte-level BPE tokenizer. */
export interface TrainBpeOptions {
  /** Size of the complete vocabulary: special tokens, 256 bytes and merges. */
  vocabSize: number;
  /** Literal strings that get the first ids, in this order, and never take part in merges. Default none. */
  specialTokens?: readonly string[] | undefined;
  /** Pre-token pattern in the syntax of `tokenizer.json`. Default `gpt2Pattern`. */
  pattern?: string | undefined;
  /** A pair must occur this often to be merged. Default 2. */
  minFrequency?: number | undefined;
  /**
   * Which of several most frequent pairs is merged: the lexicographically greatest pair of byte strings
   * (default), or the pair with the smallest ids.
   */
  ties?: "greatest-bytes" | "smallest-ids" | undefined;
  /** The special token put before every text by the post-processor. Default none. */
  bosToken?: string | undefined;
  /** The special token put after every text by the post-processor. Default none. */
  eosToken?: string | undefined;
  /** Aborts; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

const NAMES: readonly (keyof TrainBpeOptions)[] = [
  "vocabSize",
  "specialTokens",
  "pattern",
  "minFrequency",
  "ties",
  "bosToken",
  "eosToken",
  "signal",
];

/** Progress of `trainBpeEvents`; the last event carries the tokenizer. */
export type TrainBpeEvent =
  | { type: "count-end"; words: number; characters: number }
  | {
      type: "merge-end";
      merges: number;
      totalMerges: number;
      /** As the vocabulary spells it, in the alphabet of bytes: `Ġthe`. */
      token: string;
      /** As it reads: ` the`. A part of a character is U+FFFD. */
      text: string;
      count: number;
    }
  | { type: "train-end"; tokenizer: TokenizerJson };

const mergesPerEvent = 64;

const utf8 = new TextDecoder();

function checkOptions({ vocabSize, minFrequency = 2, ...options }: TrainBpeOptions): void {
  const specialTokens = options.specialTokens ?? [];
  const reject = (message: string, fields: Record<string, unknown>) => {
    throw new LmError("ERR_RANGE", `lm/trainBpe: ${message}`, { fields });
  };
  const smallest = 256 + specialTokens.length;
  if (!Number.isInteger(vocabSize) || vocabSize < smallest || vocabSize > 2 ** 26)
    reject(
      `vocabSize must be from ${smallest} (bytes and special tokens) to 2^26, got ${vocabSize}`,
      {
        vocabSize,
      },
    );
  if (!(minFrequency >= 1))
    reject(`minFrequency must be at least 1, got ${minFrequency}`, { minFrequency });
  if (new Set(specialTokens).size !== specialTokens.length)
    reject(`specialTokens must differ, got ${specialTokens.join(" ")}`, { specialTokens });
  for (const token of specialTokens)
    if (token === "" || byteToCharacter.includes(token))
      reject(
        `a special token must not be empty or one letter of the byte alphabet, got "${token}"`,
        { token },
      );
  for (const name of ["bosToken", "eosToken"] as const) {
    const token = options[name];
    if (token !== undefined && !specialTokens.includes(token))
      reject(`${name} must be one of the special tokens, got "${token}"`, { [name]: token });
  }
}

/**
 * Trains a byte-level BPE tokenizer and reports progress: one `count-end` event, a `merge-end` event every
 * 64 merges and after the last, and a `train-end` event with the tokenizer.
 *
 * @param texts each is one document; pre-tokens never span two of them
 * @throws {LmError} `ERR_RANGE` when an option is outside its range; `signal`'s reason when aborted
 * @see Sennrich et al. 2016, section 3.2, algorithm 1; Radford et al. 2019, section 2.2 (bytes)
 */
export function trainBpeEvents(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions,
): AsyncGenerator<TrainBpeEvent> {
  return bpeEvents("trainBpeEvents", texts, options);
}

async function* bpeEvents(
  where: string,
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions,
): AsyncGenerator<TrainBpeEvent> {
  const {
    vocabSize,
    specialTokens = [],
    pattern = gpt2Pattern,
    minFrequency = 2,
    ties = "greatest-bytes",
    bosToken,
    eosToken,
    signal,
    ...rest
  } = optionsOf(where, options);
  refuseUnknown(where, rest, NAMES);
  checkOptions(options);
  const preTokens = await countPreTokens(texts, { pattern, specialTokens, signal });
  let characters = 0;
  for (const [token, count] of preTokens) characters += token.length * count;
  yield { type: "count-end", words: preTokens.size, characters };

  const strings = bytesInAlphabetOrder.map((byte) => String.fromCharCode(byte));
  const merges: [string, string][] = [];
  const symbolLimit = vocabSize - specialTokens.length;
  const totalMerges = symbolLimit - 256;
  let last: Merge | undefined;
  const progress = ({ left, right, count }: Merge): TrainBpeEvent => {
    const bytes = strings[left]! + strings[right]!;
    const text = utf8.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    const token = toByteAlphabet(bytes);
    return { type: "merge-end", merges: merges.length, totalMerges, token, text, count };
  };
  const reserved = new Set(specialTokens);
  const loop = { symbolLimit, minFrequency, ties, reserved };
  for (const merge of mergeLoop(wordList(preTokens), strings, loop)) {
    last = merge;
    merges.push([toByteAlphabet(strings[merge.left]!), toByteAlphabet(strings[merge.right]!)]);
    await takeTurn();
    signal?.throwIfAborted();
    if (merges.length % mergesPerEvent === 0) yield progress(merge);
  }
  if (last && merges.length % mergesPerEvent !== 0) yield progress(last);
  const tokens = strings.map(toByteAlphabet);
  const parts = { specialTokens, pattern, bosToken, eosToken };
  yield { type: "train-end", tokenizer: bpeTokenizerJson(tokens, merges, parts) };
}

/**
 * Trains a byte-level BPE tokenizer on texts and returns it as the content of a `tokenizer.json`. Ids: special
 * tokens first, then the 256 bytes in alphabet order, then merges as they were made. Equal input gives equal
 * output. The result has fewer than `vocabSize` tokens if no remaining pair occurs `minFrequency` times.
 *
 * @param texts each is one document; pre-tokens never span two of them
 * @param given.onProgress called with every event but the last
 * @throws {LmError} `ERR_RANGE` when an option is outside its range; `signal`'s reason when aborted
 * @see Sennrich et al. 2016, section 3.2, algorithm 1; Radford et al. 2019, section 2.2 (bytes)
 */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  given: TrainBpeOptions & {
    onProgress?: ((event: Exclude<TrainBpeEvent, { type: "train-end" }>) => void) | undefined;
  },
): Promise<TokenizerJson> {
  const { onProgress, ...options } = optionsOf("trainBpe", given);
  for await (const event of bpeEvents("trainBpe", texts, options)) {
    if (event.type === "train-end") return event.tokenizer;
    onProgress?.(event);
  }
  throw new LmError("ERR_MISSING", "lm/trainBpe: training ended without a tokenizer");
}
