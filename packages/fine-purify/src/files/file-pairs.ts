import type { TensorFile } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";
import { checkedSum } from "../weights/fisher-values";
import {
  assertFisher,
  type Floats,
  type Listing,
  type PairChunk,
  type PairedTensor,
  pairTensors,
  sizeOf,
  type WeightPairs,
} from "../weights/weight-pairs";
import { coarserOf, floatBytes, isFloatDtype, roundedTo } from "./coarser";
import { hubNames } from "./hub-names";

/** Checkpoints that are open for reading. */
export interface OpenPair {
  readonly init: TensorFile;
  readonly finetuned: TensorFile;
  /** Diagonal Fisher values, as `purify fisher` writes them. */
  readonly fisher?: TensorFile | undefined;
}

/** Elements of a piece: three pieces and their scores are some 16 MB. */
const CHUNK = 1 << 20;

/** A checkpoint with the names of another: those that its own stand for there, and its own for the rest. */
interface NamedFile {
  readonly file: TensorFile;
  /** Names of the other checkpoint first, then own names that it has no tensor for. */
  readonly names: readonly string[];
  storedOf(name: string): string;
  has(name: string): boolean;
}

/** @param wanted names of the fine-tuned checkpoint, which the output keeps */
function namedAs(file: TensorFile, wanted: readonly string[]): NamedFile {
  const found = hubNames(file.names, wanted);
  const used = new Set(found.values());
  const rest = file.names.filter((name) => !used.has(name));
  const storedOf = (name: string) => found.get(name) ?? name;
  const names = [...found.keys(), ...rest];
  return { file, names, storedOf, has: (name) => found.has(name) };
}

const dtypeOf = ({ file, storedOf }: NamedFile, name: string) => file.info(storedOf(name)).dtype;

const bytesOf = (named: NamedFile, name: string): number => floatBytes(dtypeOf(named, name));

const listing = (named: NamedFile): Listing => ({
  names: named.names,
  shape: (name) => named.file.info(named.storedOf(name)).shape,
});

async function piece(
  named: NamedFile,
  { name, shape }: PairedTensor,
  [begin, end]: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<Floats> {
  const stored = named.storedOf(name);
  const { data } =
    shape.length === 0
      ? await named.file.read(stored, { signal })
      : await named.file.readRows(stored, begin, end, { signal });
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  const dtype = dtypeOf(named, name);
  throw new PurifyError(
    "ERR_MISMATCH",
    `fine-purify: ${name} is ${dtype} in one of the files; F64, F32, F16 or BF16 is needed`,
    { fields: { name, dtype } },
  );
}

/** A piece of both checkpoints, compared in the coarser of their types. */
async function bothPieces(
  [init, finetuned]: readonly [NamedFile, NamedFile],
  tensor: PairedTensor,
  range: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<Pick<PairChunk, "init" | "finetuned" | "stored">> {
  const first = await piece(init, tensor, range, signal);
  const stored = await piece(finetuned, tensor, range, signal);
  const [a, b] = [dtypeOf(init, tensor.name), dtypeOf(finetuned, tensor.name)];
  if (a === b || !isFloatDtype(a) || !isFloatDtype(b))
    return { init: first, finetuned: stored, stored };
  const dtype = coarserOf(a, b);
  return { init: roundedTo(first, dtype), finetuned: roundedTo(stored, dtype), stored };
}

/** First and last row, exclusive, of each piece. */
function* rowRanges({ shape, size }: PairedTensor): Generator<readonly [number, number]> {
  const rows = shape[0] ?? 1;
  const atOnce = Math.max(1, Math.floor(CHUNK / Math.max(1, size / Math.max(1, rows))));
  for (let row = 0; row < rows; row += atOnce) yield [row, Math.min(rows, row + atOnce)];
}

/**
 * Two open checkpoints as pairs that are read piece by piece, in the order in which `writeSafetensors` asks for tensors. What
 * Hugging Face loads as one model pairs: a missing prefix, `gamma` and `beta`, and integer buffers in one file only.
 *
 * @throws {PurifyError} as `purify` for names and shapes; `ERR_SHAPE` for Fisher values that are missing or of another size
 */
export function filePairs(
  files: OpenPair,
  isIncluded: (name: string) => boolean,
  mayMiss: (name: string) => boolean,
  signal?: AbortSignal,
): WeightPairs {
  const { names } = files.finetuned;
  const [init, finetuned] = [namedAs(files.init, names), namedAs(files.finetuned, names)];
  const fisher = files.fisher && namedAs(files.fisher, names);
  const isBuffer = (name: string) =>
    [init, finetuned].every(
      (file) => !file.file.has(file.storedOf(name)) || bytesOf(file, name) === 0,
    );
  const isFloat = (name: string) => isIncluded(name) && bytesOf(finetuned, name) > 0;
  const mayLack = (name: string) => mayMiss(name) || isBuffer(name);
  const tensors = pairTensors(listing(init), listing(finetuned), isFloat, mayLack).sort(
    (a, b) => bytesOf(finetuned, b.name) - bytesOf(finetuned, a.name),
  );
  if (fisher)
    for (const { name, size } of tensors)
      assertFisher(name, size, fisher.has(name) ? sizeOf(listing(fisher).shape(name)) : undefined);
  const fisherPiece = async (tensor: PairedTensor, range: readonly [number, number]) =>
    Float32Array.from(await piece(fisher!, tensor, range, signal));
  return {
    tensors,
    async meanFisher() {
      if (!fisher) return null;
      let [sum, count] = [0, 0];
      for (const tensor of tensors)
        for (const range of rowRanges(tensor)) {
          const data = await fisherPiece(tensor, range);
          sum += checkedSum(tensor.name, data);
          count += data.length;
        }
      return count === 0 ? 0 : sum / count;
    },
    async *chunks(tensor): AsyncGenerator<PairChunk> {
      const width = tensor.size / Math.max(1, tensor.shape[0] ?? 1);
      for (const range of rowRanges(tensor)) {
        const both = await bothPieces([init, finetuned], tensor, range, signal);
        const values = fisher ? await fisherPiece(tensor, range) : null;
        yield { name: tensor.name, start: range[0] * width, ...both, fisher: values };
      }
    },
  };
}
