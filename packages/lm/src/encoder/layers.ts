import {
  type Generator,
  nn,
  randn,
  type Tensor,
  tensor,
  tidy,
  where,
  zeros,
} from "@deepgrain/tensor-gpu";

/** Creates the initial values of a matrix, with one row zero if its index is given. */
export type DrawMatrix = (shape: readonly [number, number], zeroRow?: number | null) => Tensor;

/** Normal values with deviation `std`; zeros without a generator, for a loader. */
export const matrixDrawer =
  (generator: Generator | null, std: number): DrawMatrix =>
  (shape, zeroRow = null) => {
    if (!generator) return zeros(shape);
    if (zeroRow === null) return randn(shape, { std, generator });
    return tidy(() => {
      const isZero = tensor(
        Int32Array.from({ length: shape[0] }, (_, row) => Number(row === zeroRow)),
        { dtype: "bool", shape: [shape[0], 1] },
      );
      return where(isZero, 0, randn(shape, { std, generator }));
    });
  };

/** A linear layer whose bias is zero at first. */
export class Dense extends nn.Linear {
  declare bias: Tensor;

  constructor(inFeatures: number, outFeatures: number, draw: DrawMatrix) {
    super(inFeatures, outFeatures, {
      init: (shape) => (shape.length === 1 ? zeros(shape) : draw(shape as [number, number])),
    });
  }
}

/** A linear layer with or without a bias. */
export class PlainDense extends nn.Linear {
  constructor(inFeatures: number, outFeatures: number, draw: DrawMatrix, bias: boolean) {
    super(inFeatures, outFeatures, {
      bias,
      init: (shape) => (shape.length === 1 ? zeros(shape) : draw(shape as [number, number])),
    });
  }
}

/** A table of rows; looking up the padding row gives it no gradient. */
export class LookupTable extends nn.Embedding {
  constructor(rows: number, width: number, draw: DrawMatrix, paddingId: number | null = null) {
    super(rows, width, {
      paddingId,
      init: (shape) => draw(shape as [number, number], paddingId),
    });
  }
}
