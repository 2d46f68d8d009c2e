import type { ConvShape } from "./kernels";
import type { View } from "./view";

/**
 * What a back end may do in one go where operators are otherwise composed of kernels. None is needed: operators ask
 * first. Views are as in `Kernels`; false means that the outputs are still to be computed, by the composition.
 */
export interface Shortcuts {
  /** out [rows, n] = x·weightᵀ, each row plus bias [n]. x [rows, k] and weight [n, k] of any strides, bias contiguous. */
  linear(out: View, x: View, weight: View, bias: View): boolean;
  /**
   * Dense convolution. out [batch, outChannels, outH, outW], weight [outChannels, channels, kh, kw]. Here and in the
   * weight's gradient the zeros of the padding are multiplied as any number is: 0 · NaN is NaN.
   */
  conv(out: View, x: View, weight: View, shape: ConvShape): boolean;
  convGradInput(dx: View, dy: View, weight: View, shape: ConvShape): boolean;
  convGradWeight(dweight: View, dy: View, x: View, shape: ConvShape): boolean;
  /**
   * Normalises each channel of x [batch, channels, …] over everything else, then scales and shifts by weight and bias
   * [channels]. stats [2, channels]: means and variances (over the number of places).
   */
  batchNorm(
    out: View,
    stats: View,
    x: View,
    weight: View | null,
    bias: View | null,
    eps: number,
  ): boolean;
  /** Any of dx, dweight and dbias may be null. */
  batchNormGrad(
    dx: View | null,
    dweight: View | null,
    dbias: View | null,
    dy: View,
    x: View,
    weight: View | null,
    stats: View,
    eps: number,
  ): boolean;
}
