import { FedError, having, optionsOf, refuseUnknown } from "../../errors";

/**
 * Reduces a grey picture by the mean of 2×2 pixels and standardises it: (mean/255 − μ)/σ.
 *
 * @param picture.pixels levels 0..255 of one picture, shape [rows, cols], both even
 * @param options.mean μ (default 0.2860, Fashion-MNIST's)
 * @param options.std σ > 0 (default 0.3530, Fashion-MNIST's)
 * @returns shape [rows/2, cols/2]
 * @throws {FedError} `ERR_SHAPE` for odd sides or a wrong number of pixels
 */
export function meanPool(
  picture: { pixels: ArrayLike<number>; rows: number; cols: number },
  options: { mean?: number; std?: number } = {},
): Float32Array {
  const { mean = 0.286, std = 0.353, ...rest } = optionsOf("meanPool", options);
  refuseUnknown("meanPool", rest);
  const { pixels, rows, cols } = having("meanPool", "picture", picture, "pixels", "rows", "cols");
  if (pixels.length !== rows * cols || rows % 2 !== 0 || cols % 2 !== 0)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/meanPool: a picture must have even sides, got ${rows} x ${cols} and ${pixels.length} pixels`,
    );
  const half = cols / 2;
  const pooled = new Float32Array((rows / 2) * half);
  for (let i = 0, at = 0; i < pooled.length; i++, at += 2) {
    if (i > 0 && i % half === 0) at += cols; // the second row of the pair
    const sum = pixels[at]! + pixels[at + 1]! + pixels[at + cols]! + pixels[at + cols + 1]!;
    pooled[i] = (sum / 4 / 255 - mean) / std;
  }
  return pooled;
}
