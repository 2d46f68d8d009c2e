import {
  embedding,
  type Generator,
  linear,
  nn,
  randn,
  type Tensor,
  tensor,
  tidy,
  where,
  zeros,
} from "@deepgrain/tensor-gpu";

/** Makes the first values of a matrix, a row of it zero where one is named. */
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

/** y = x·weightᵀ + bias; weight [out, in], bias zero at first. */
export class Dense extends nn.Module {
  weight: Tensor;
  bias: Tensor;

  constructor(inFeatures: number, outFeatures: number, draw: DrawMatrix) {
    super();
    this.weight = nn.parameter(draw([outFeatures, inFeatures]));
    this.bias = nn.parameter(zeros([outFeatures]));
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** A table of rows; looking up the padding row gives it no gradient. */
export class LookupTable extends nn.Module {
  weight: Tensor;

  constructor(
    rows: number,
    width: number,
    draw: DrawMatrix,
    private readonly _padding: number | null = null,
  ) {
    super();
    this.weight = nn.parameter(draw([rows, width], _padding));
  }

  /** @param ids int32 [batch, length] @returns [batch, length, width] */
  forward(ids: Tensor): Tensor {
    const rows = embedding(this.weight, ids);
    if (this._padding === null) return rows;
    return where(ids.eq(this._padding).unsqueeze(-1), rows.detach(), rows);
  }
}
