import { createRandom, createTokenizer, type Tokenizer, trainTokenizer } from "@deepgrain/lm";
import { tokenStream } from "../shared/texts/token-stream";
import { type TextKind, textKinds } from "./kinds";
import type { ComparisonSettings } from "./recipe";

/** One kind of text, as tokens. */
export interface Domain {
  name: string;
  train: Int32Array;
  validation: Int32Array;
}

/** Tokens to predict, row-major [batch, length]. */
export interface TokenBatch {
  ids: Int32Array;
  /** The token after each of `ids`. */
  targets: Int32Array;
  batch: number;
  length: number;
}

type Sizes = Pick<ComparisonSettings, "batch" | "length">;

/** Characters of each kind that the tokenizer learns from, at most. */
const TOKENIZER_SAMPLE = 100_000;

/** The tokenizer of some kinds of text, each of which weighs the same. */
async function tokenizerOf(
  kinds: readonly TextKind[],
  vocabulary: number,
  signal: AbortSignal,
): Promise<Tokenizer> {
  const samples = kinds.map(({ train }) => train.join("\n").slice(0, TOKENIZER_SAMPLE));
  return createTokenizer(await trainTokenizer(samples, { vocabSize: vocabulary, signal }));
}

/** The nine kinds of text, encoded by a byte-level BPE that was trained on them. */
export async function comparisonDomains({
  characters,
  vocabulary,
  signal,
}: Pick<ComparisonSettings, "characters" | "vocabulary"> & { signal: AbortSignal }): Promise<
  Domain[]
> {
  const kinds = await textKinds({ characters, signal });
  const tokenizer = await tokenizerOf(kinds, vocabulary, signal);
  const domains: Domain[] = [];
  for (const { name, ...texts } of kinds) {
    const train = await tokenStream(texts.train, tokenizer, { signal });
    const validation = await tokenStream(texts.validation, tokenizer, { signal });
    domains.push({ name, train, validation });
  }
  return domains;
}

/** Row r is a window of domain r mod domains, from where `offset` says. */
function windows(
  texts: readonly Int32Array[],
  { batch, length }: Sizes,
  offset: (row: number, places: number) => number,
): TokenBatch {
  const ids = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    const text = texts[row % texts.length]!;
    const start = offset(row, text.length - length);
    ids.set(text.subarray(start, start + length), row * length);
    targets.set(text.subarray(start + 1, start + length + 1), row * length);
  }
  return { ids, targets, batch, length };
}
/** The batch of a step: the domains in equal parts, places drawn at random; the same for all methods at one seed. */
export function trainingBatch(
  domains: readonly Domain[],
  sizes: Sizes,
  { seed, step }: { seed: number; step: number },
): TokenBatch {
  const random = createRandom([seed, step]).next;
  const texts = domains.map(({ train }) => train);
  return windows(texts, sizes, (_, places) => Math.floor(random() * places));
}

/** Held-out batches, the same for all seeds: windows of the domains in equal parts, evenly spaced. */
export function validationBatches(
  domains: readonly Domain[],
  sizes: Sizes,
  count: number,
): TokenBatch[] {
  const texts = domains.map(({ validation }) => validation);
  const rows = Math.ceil(sizes.batch / texts.length) * count;
  return Array.from({ length: count }, (_, i) =>
    windows(texts, sizes, (row, places) => {
      // Neighbouring windows go to different batches, so that each batch covers the whole text.
      const place = Math.floor(row / texts.length) * count + i;
      return Math.floor((place * (places - 1)) / rows);
    }),
  );
}

/** The rows of a batch that are of one of the domains. */
export function rowsOf(
  { ids, targets, batch, length }: TokenBatch,
  domain: number,
  domains: number,
): TokenBatch {
  const rows = Array.from({ length: batch }, (_, row) => row).filter((r) => r % domains === domain);
  const taken = (of: Int32Array) =>
    Int32Array.from(rows.flatMap((row) => [...of.subarray(row * length, (row + 1) * length)]));
  return { ids: taken(ids), targets: taken(targets), batch: rows.length, length };
}

/** How often each token occurs in the training text, the domains weighing the same. */
export function tokenFrequencies(domains: readonly Domain[], vocabulary: number): Float64Array {
  const frequencies = new Float64Array(vocabulary);
  for (const { train } of domains)
    for (const token of train) frequencies[token]! += 1 / train.length / domains.length;
  return frequencies;
}
