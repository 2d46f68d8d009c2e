import type { Backend } from "../../../../src/backend/backend";
import type { Kernels } from "../../../../src/backend/kernels";
import type { DType, View } from "../../../../src/backend/view";

/** A backend with the few words that a case worked by hand needs. */
export interface Bench {
  backend: Backend;
  kernels: Kernels;
  floats(shape: readonly number[], values: readonly number[]): View;
  ints(shape: readonly number[], values: readonly number[]): View;
  bools(shape: readonly number[], values: readonly number[]): View;
  empty(shape: readonly number[], dtype?: DType): View;
  read(view: View): Promise<number[]>;
}

export function contiguousView(handle: number, shape: readonly number[], dtype: DType): View {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  const size = shape.reduce((a, b) => a * b, 1);
  return { storage: { handle }, offset: 0, shape, strides, dtype, size };
}

export function createBench(backend: Backend): Bench {
  const empty = (shape: readonly number[], dtype: DType = "float32") => {
    const size = shape.reduce((a, b) => a * b, 1);
    return contiguousView(backend.allocate(size * 4), shape, dtype);
  };
  const filled = (shape: readonly number[], values: readonly number[], dtype: DType) => {
    const view = empty(shape, dtype);
    if (values.length !== view.size) throw new Error(`${values.length} values for [${shape}]`);
    backend.upload(view, values);
    return view;
  };
  return {
    backend,
    kernels: backend.kernels,
    floats: (shape, values) => filled(shape, values, "float32"),
    ints: (shape, values) => filled(shape, values, "int32"),
    bools: (shape, values) => filled(shape, values, "bool"),
    empty,
    read: async (view) => Array.from(await backend.read(view)),
  };
}
