import type { StoredDtype, TensorFile } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";
import { checkedSum } from "../weights/fisher-values";
import {
  assertFisher,
  type Listing,
  type PairChunk,
  type PairedTensor,
  pairTensors,
  sizeOf,
  type WeightPairs,
} from "../weights/weight-pairs";

/** Checkpoints that are open for reading. */
export interface OpenPair {
  readonly init: TensorFile;
  readonly finetuned: TensorFile;
  /** Diagonal Fisher values, as `purify fisher` writes them. */
  readonly fisher?: TensorFile | undefined;
}

/** Element types whose weights are purified; others are copied unchanged. */
const floatBytes: Partial<Record<StoredDtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Elements of a piece: three pieces and their scores are some 16 MB. */
const CHUNK = 1 << 20;

const bytesOf = (file: TensorFile, name: string): number => floatBytes[file.info(name).dtype] ?? 0;

const listing = (file: TensorFile): Listing => ({
  names: file.names,
  shape: (name) => file.info(name).shape,
});

async function piece(
  file: TensorFile,
  { name, shape }: PairedTensor,
  [begin, end]: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const { data } =
    shape.length === 0
      ? await file.read(name, { signal })
      : await file.readRows(name, begin, end, { signal });
  if (data instanceof Float32Array) return data;
  const { dtype } = file.info(name);
  throw new PurifyError(
    "ERR_MISMATCH",
    `fine-purify: ${name} is ${dtype} in one of the files; F32, F16 or BF16 is needed`,
    { fields: { name, dtype } },
  );
}

/** First and last row, exclusive, of each piece. */
function* rowRanges({ shape, size }: PairedTensor): Generator<readonly [number, number]> {
  const rows = shape[0] ?? 1;
  const atOnce = Math.max(1, Math.floor(CHUNK / Math.max(1, size / Math.max(1, rows))));
  for (let row = 0; row < rows; row += atOnce) yield [row, Math.min(rows, row + atOnce)];
}

/**
 * Two open checkpoints as pairs that are read piece by piece, in the order in which `writeSafetensors` asks for tensors.
 *
 * @throws {PurifyError} as `purify` for names and shapes; `ERR_SHAPE` for Fisher values that are missing or of another size
 */
export function filePairs(
  { init, finetuned, fisher }: OpenPair,
  isIncluded: (name: string) => boolean,
  mayMiss: (name: string) => boolean,
  signal?: AbortSignal,
): WeightPairs {
  const isFloat = (name: string) => isIncluded(name) && bytesOf(finetuned, name) > 0;
  const tensors = pairTensors(listing(init), listing(finetuned), isFloat, mayMiss).sort(
    (a, b) => bytesOf(finetuned, b.name) - bytesOf(finetuned, a.name),
  );
  if (fisher)
    for (const { name, size } of tensors)
      assertFisher(name, size, fisher.has(name) ? sizeOf(fisher.info(name).shape) : undefined);
  return {
    tensors,
    async meanFisher() {
      if (!fisher) return null;
      let [sum, count] = [0, 0];
      for (const tensor of tensors)
        for (const range of rowRanges(tensor)) {
          const data = await piece(fisher, tensor, range, signal);
          sum += checkedSum(tensor.name, data);
          count += data.length;
        }
      return count === 0 ? 0 : sum / count;
    },
    async *chunks(tensor): AsyncGenerator<PairChunk> {
      const width = tensor.size / Math.max(1, tensor.shape[0] ?? 1);
      for (const range of rowRanges(tensor))
        yield {
          name: tensor.name,
          start: range[0] * width,
          init: await piece(init, tensor, range, signal),
          finetuned: await piece(finetuned, tensor, range, signal),
          fisher: fisher ? await piece(fisher, tensor, range, signal) : null,
        };
    },
  };
}
