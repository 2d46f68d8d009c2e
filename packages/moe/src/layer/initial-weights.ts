import {
  defaultGenerator,
  type Generator,
  nn,
  rand,
  randn,
  type Tensor,
  zeros,
} from "@deepgrain/tensor-gpu";

export interface InitialWeights {
  /** Deviation of the experts' normal weights. Default 0.02, as in the released configurations; the paper trained with 0.006. */
  initStd?: number | undefined;
  /** Draws the weights; default: the engine's generator. Null leaves zeros, for a loader to fill. */
  generator?: Generator | null | undefined;
}

/** A parameter with normally distributed values. */
export function normalWeight(
  shape: readonly number[],
  { initStd = 0.02, generator = defaultGenerator }: InitialWeights,
): Tensor {
  const blank = nn.blankWeight(shape);
  if (blank) return blank;
  return nn.parameter(generator ? randn(shape, { std: initStd, generator }) : zeros(shape));
}

/** A parameter uniform in ±1/√width (Kaiming's rule with a = √5), the official start of a router. */
export function routerWeight(
  shape: readonly [number, number],
  { generator = defaultGenerator }: InitialWeights,
): Tensor {
  const blank = nn.blankWeight(shape, { staysFloat32: true });
  if (blank) return blank;
  const bound = 1 / Math.sqrt(shape[1]);
  return nn.parameter(
    generator ? rand(shape, { low: -bound, high: bound, generator }) : zeros(shape),
  );
}
