import { type Generator, nn, rand, type Tensor, zeros } from "@deepgrain/tensor-gpu";

/** A parameter with uniform entries in ±√(6 / (in + out)). @see Glorot and Bengio 2010, equation 16 */
export function glorot(fanIn: number, fanOut: number, generator: Generator): Tensor {
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return nn.parameter(rand([fanIn, fanOut], { low: -bound, high: bound, generator }));
}

/** A parameter of zeros, shape [width]. */
export const zeroBias = (width: number): Tensor => nn.parameter(zeros([width]));
