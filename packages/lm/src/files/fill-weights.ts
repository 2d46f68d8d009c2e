import { takeTurn } from "@deepgrain/support";
import { fillTensor, type Tensor, type TensorFile } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/** Side of the blocks that share one factor in 8-bit files. */
const scaleBlock = 128;

const isSameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** The error for a weight whose shape differs from the model's. */
export const shapeError = (name: string, wanted: readonly number[], shape: readonly number[]) =>
  new LmError(
    "ERR_SHAPE",
    `lm/loadModel: ${name} must be [${wanted.join(", ")}], the file has [${shape.join(", ")}]`,
    { fields: { name } },
  );

/** The factors of an 8-bit weight, by name; undefined if it has none. @throws {LmError} `ERR_SHAPE` */
export function scaleName(file: TensorFile, name: string): string | undefined {
  const factors = `${name}_scale_inv`;
  if (!file.has(factors)) return undefined;
  const wanted = file.info(name).shape.map((size) => Math.ceil(size / scaleBlock));
  const { shape } = file.info(factors);
  if (wanted.length !== 2 || !isSameShape(shape, wanted)) throw shapeError(factors, wanted, shape);
  return factors;
}

/** V3 files hold 8-bit weights with one factor for each block of 128 × 128. */
async function readScaled(file: TensorFile, name: string, factors: string): Promise<Float32Array> {
  const weight = await file.readFloat32(name);
  const { shape, data: scale } = await file.readFloat32(factors);
  const [rows, columns] = weight.shape as [number, number];
  const across = shape[1]!;
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++)
      weight.data[r * columns + c]! *=
        scale[Math.floor(r / scaleBlock) * across + Math.floor(c / scaleBlock)]!;
  return weight.data;
}

/** Options for loading weight by weight. */
export interface FillOptions {
  /** Aborts the loading; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
  /** Called after each weight with the number of weights done and the total. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Copies weights of an open file into views, one at a time. @throws {LmError} `ERR_SHAPE` */
export async function fillWeights(
  views: ReadonlyMap<string, Tensor>,
  file: TensorFile,
  places: ReadonlyMap<string, string>,
  { signal, onProgress }: FillOptions = {},
): Promise<void> {
  let done = 0;
  for (const [name, view] of views) {
    await takeTurn();
    signal?.throwIfAborted();
    const place = places.get(name)!;
    const { shape } = file.info(place);
    if (!isSameShape(shape, view.shape)) throw shapeError(name, view.shape, shape);
    const factors = scaleName(file, place);
    if (factors === undefined) await fillTensor(view, file, place, { signal });
    else view.set(await readScaled(file, place, factors));
    onProgress?.(++done, views.size);
  }
}
