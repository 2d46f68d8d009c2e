import { either, type Given, none, options, real, type Settled } from "@deepgrain/support/schema";
import { defaultGenerator, nn, rand, randn, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { aGenerator } from "../kinds";

/** The options of what draws a layer's weights. */
export const initialWeights = options({
  /** Deviation of the experts' normal weights; the default is that of the released configurations; the paper trained with 0.006. */
  initStd: real({ min: 0 }, 0.02),
  /** Draws the weights; by default the engine's generator. Null leaves zeros, for a loader to fill. */
  generator: either([aGenerator, none]),
});

export interface InitialWeights extends Given<typeof initialWeights> {}

/** A parameter with normally distributed values. */
export function normalWeight(
  shape: readonly number[],
  { initStd, generator = defaultGenerator }: Settled<typeof initialWeights>,
): Tensor {
  const blank = nn.blankWeight(shape);
  if (blank) return blank;
  return nn.parameter(generator ? randn(shape, { std: initStd, generator }) : zeros(shape));
}

/** A parameter uniform in ±1/√width (Kaiming's rule with a = √5), the official start of a router. */
export function routerWeight(
  shape: readonly [number, number],
  { generator = defaultGenerator }: Pick<InitialWeights, "generator">,
): Tensor {
  const blank = nn.blankWeight(shape, { staysFloat32: true });
  if (blank) return blank;
  const bound = 1 / Math.sqrt(shape[1]);
  return nn.parameter(
    generator ? rand(shape, { low: -bound, high: bound, generator }) : zeros(shape),
  );
}
