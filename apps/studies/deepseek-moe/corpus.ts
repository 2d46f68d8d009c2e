import { createRandom } from "@deepgrain/lm";
import { splitDocuments } from "../shared/texts/split-documents";
import { textSources } from "../shared/texts/text-sources";
import type { ComparisonSettings } from "./recipe";

/** One kind of text, as bytes. */
export interface Domain {
  name: string;
  train: Uint8Array;
  validation: Uint8Array;
}

/** Bytes to predict, row-major [batch, length]. */
export interface ByteBatch {
  ids: Int32Array;
  /** The byte after each of `ids`. */
  targets: Int32Array;
  batch: number;
  length: number;
}

type Sizes = Pick<ComparisonSettings, "batch" | "length">;

function domain(name: string, documents: readonly string[], characters: number): Domain {
  const { train, validation } = splitDocuments(documents, characters);
  const bytes = (texts: readonly string[]) => new TextEncoder().encode(texts.join("\n"));
  return { name, train: bytes(train), validation: bytes(validation) };
}

/**
 * A novel, speeches and source code.
 * @param options.characters of each at most
 */
export async function comparisonDomains({
  characters,
  signal,
}: {
  characters: number;
  signal: AbortSignal;
}): Promise<Domain[]> {
  return [
    domain("Moby Dick", await textSources.mobyDick(signal), characters),
    domain("State of the Union", await textSources.addresses(signal), characters),
    domain("RxJS source", await textSources.typescript(signal), characters),
  ];
}

/** Row r is a window of domain r mod domains, from where `offset` says. */
function windows(
  texts: readonly Uint8Array[],
  { batch, length }: Sizes,
  offset: (row: number, places: number) => number,
): ByteBatch {
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
): ByteBatch {
  const random = createRandom([seed, step]).next;
  const texts = domains.map(({ train }) => train);
  return windows(texts, sizes, (_, places) => Math.floor(random() * places));
}

/** Held-out batches, the same for all seeds: windows of the domains in equal parts, evenly spaced. */
export function validationBatches(
  domains: readonly Domain[],
  sizes: Sizes,
  count: number,
): ByteBatch[] {
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
  { ids, targets, batch, length }: ByteBatch,
  domain: number,
  domains: number,
): ByteBatch {
  const rows = Array.from({ length: batch }, (_, row) => row).filter((r) => r % domains === domain);
  const taken = (of: Int32Array) =>
    Int32Array.from(rows.flatMap((row) => [...of.subarray(row * length, (row + 1) * length)]));
  return { ids: taken(ids), targets: taken(targets), batch: rows.length, length };
}

/** How often each byte occurs in the training text, the domains weighing the same. */
export function byteFrequencies(domains: readonly Domain[]): Float64Array {
  const frequencies = new Float64Array(256);
  for (const { train } of domains)
    for (const byte of train) frequencies[byte]! += 1 / train.length / domains.length;
  return frequencies;
}
