import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";
import { meanFisher } from "./fisher-values";

/** Weights of an element type of at most 32 bits, or of 64. */
export type Floats = Float32Array | Float64Array;

/** Consecutive elements of one tensor in both checkpoints. */
export interface PairChunk {
  readonly name: string;
  /** Index of the first element in the tensor. */
  readonly start: number;
  /** w^Init and w^FT, as they are compared: where files differ in their element type, both in the coarser one. */
  readonly init: Floats;
  readonly finetuned: Floats;
  /** w^FT as it is stored; `finetuned` where nothing was rounded. */
  readonly stored: Floats;
  /** Diagonal Fisher values; null if none were given. */
  readonly fisher: Float32Array | null;
}

/** A tensor that both checkpoints contain. */
export interface PairedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
}

/** Two checkpoints with equal names and shapes, read piece by piece. */
export interface WeightPairs {
  /** In the order in which they are read. */
  readonly tensors: readonly PairedTensor[];
  /** Mean of all Fisher values; null if none were given. */
  meanFisher(): Promise<number | null> | number | null;
  /** The pieces of a tensor in order; each holds whole rows. */
  chunks(tensor: PairedTensor): AsyncIterable<PairChunk> | Iterable<PairChunk>;
}

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** Names with their shapes. */
export interface Listing {
  readonly names: readonly string[];
  shape(name: string): readonly number[];
}

/** Names for a message, at most three. */
const some = (names: readonly string[]): string =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? `, and ${names.length - 3} more` : "");

/**
 * The tensors of the fine-tuned checkpoint that are purified.
 *
 * @param isIncluded selects among the names that both contain
 * @param mayMiss names that one of the two may lack: heads
 * @throws {PurifyError} `ERR_MISMATCH` naming tensors that only one checkpoint holds; `ERR_SHAPE` naming one that differs
 */
export function pairTensors(
  init: Listing,
  finetuned: Listing,
  isIncluded: (name: string) => boolean,
  mayMiss: (name: string) => boolean,
): PairedTensor[] {
  const [first, second] = [new Set(init.names), new Set(finetuned.names)];
  const lost = finetuned.names.filter((name) => !first.has(name) && !mayMiss(name));
  const gone = init.names.filter((name) => !second.has(name) && !mayMiss(name));
  if (lost.length > 0 || gone.length > 0)
    throw new PurifyError(
      "ERR_MISMATCH",
      `fine-purify: the checkpoints must hold the same weights; only the fine-tuned one has ${some(lost) || "none"}, only the initial one has ${some(gone) || "none"}`,
      { fields: { onlyFinetuned: lost, onlyInit: gone } },
    );
  const both = finetuned.names.filter((name) => first.has(name) && isIncluded(name));
  for (const name of both)
    if (!sameShape(init.shape(name), finetuned.shape(name)))
      throw new PurifyError(
        "ERR_SHAPE",
        `fine-purify: ${name} is [${init.shape(name)}] in the initial checkpoint and [${finetuned.shape(name)}] in the fine-tuned one`,
        { fields: { name, init: init.shape(name), finetuned: finetuned.shape(name) } },
      );
  if (both.length === 0)
    throw new PurifyError("ERR_MISMATCH", "fine-purify: no weight of the checkpoints is included");
  return both.map((name) => ({
    name,
    shape: finetuned.shape(name),
    size: sizeOf(finetuned.shape(name)),
  }));
}

const listing = (weights: NamedTensors): Listing => ({
  names: [...weights.keys()],
  shape: (name) => weights.get(name)!.shape,
});

/**
 * Two checkpoints in memory as pairs.
 * @throws {PurifyError} as {@link pairTensors}; `ERR_SHAPE` for a Fisher tensor that is missing or of another size
 */
export function pairsInMemory(
  init: NamedTensors,
  finetuned: NamedTensors,
  fisher: NamedTensors | undefined,
  isIncluded: (name: string) => boolean,
  mayMiss: (name: string) => boolean,
): WeightPairs {
  const tensors = pairTensors(listing(init), listing(finetuned), isIncluded, mayMiss);
  if (fisher)
    for (const { name, size } of tensors) assertFisher(name, size, fisher.get(name)?.data.length);
  const names = tensors.map(({ name }) => name);
  return {
    tensors,
    meanFisher: () => (fisher ? meanFisher(fisher, names) : null),
    *chunks({ name }) {
      const [a, b] = [init.get(name)!.data, finetuned.get(name)!.data];
      yield {
        name,
        start: 0,
        init: a,
        finetuned: b,
        stored: b,
        fisher: fisher?.get(name)?.data ?? null,
      };
    },
  };
}

/**
 * @throws {PurifyError} `ERR_SHAPE` when the Fisher values of a tensor are missing or differ in number from its
 *   elements
 */
export function assertFisher(name: string, size: number, found: number | undefined): void {
  if (found === size) return;
  const what = found === undefined ? "are missing" : `are ${found}`;
  throw new PurifyError(
    "ERR_SHAPE",
    `fine-purify: the Fisher values of ${name} must be ${size}, and ${what}`,
    { fields: { name, size, found } },
  );
}
