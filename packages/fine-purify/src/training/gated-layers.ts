import { linear, type nn, type Tensor } from "@deepgrain/tensor-gpu";
import { PurifyError } from "../errors";

/** Units of a layer that are pruned together: rows of a linear layer's weight. */
export interface UnitGroup {
  /** Layer whose outputs are the units: the first of a feed-forward network, or the values of attention. */
  readonly layer: nn.Linear;
  /** Outputs that share one unit: 1, or the size of a head. Default 1. */
  readonly width?: number | undefined;
}

/** How many units a group has. @throws {PurifyError} `ERR_SHAPE` if the width does not divide the outputs */
export function unitsOf({ layer, width = 1 }: UnitGroup): number {
  const outputs = layer.weight.shape[0]!;
  if (outputs % width === 0) return outputs / width;
  throw new PurifyError(
    "ERR_SHAPE",
    `fine-purify: units of ${width} do not divide the layer's ${outputs} outputs`,
    { fields: { width, outputs } },
  );
}

/** Repeats a value per unit for each of its outputs: [units] -> [units × width]. */
const spread = (values: Tensor, width: number): Tensor =>
  width === 1 ? values : values.reshape([-1, 1]).expand([values.size, width]).reshape([-1]);

/** Factors of a group's units, [units] each: of the weights, and of the bias. */
export interface UnitFactors {
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

/** Runs `work` with the outputs of each group computed as weight·(x·Wᵀ) + bias·b. */
export function withFactors<T>(
  groups: readonly UnitGroup[],
  factors: readonly UnitFactors[],
  work: () => T,
): T {
  try {
    for (const [i, { layer, width = 1 }] of groups.entries()) {
      const { weight, bias } = factors[i]!;
      layer.forward = (x: Tensor): Tensor => {
        const scaled = linear(x, layer.weight).mul(spread(weight, width));
        if (!layer.bias) return scaled;
        return scaled.add(bias ? layer.bias.mul(spread(bias, width)) : layer.bias);
      };
    }
    return work();
  } finally {
    for (const { layer } of groups) Reflect.deleteProperty(layer, "forward"); // the class's own method again
  }
}

/** Sets the rows of some units to 0; with `bias`, their biases too. */
export function zeroUnits(
  { layer, width = 1 }: UnitGroup,
  units: readonly number[],
  { bias }: { bias: boolean },
): void {
  const columns = layer.weight.shape[1]!;
  const weight = (layer.weight.dataSync() as Float32Array).slice();
  const biases = layer.bias && (layer.bias.dataSync() as Float32Array).slice();
  for (const unit of units) {
    weight.fill(0, unit * width * columns, (unit + 1) * width * columns);
    if (bias) biases?.fill(0, unit * width, (unit + 1) * width);
  }
  layer.weight.set(weight);
  if (biases) layer.bias!.set(biases);
}
