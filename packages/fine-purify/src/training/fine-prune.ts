import { takeTurn } from "@deepgrain/support";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { optionsOf, PurifyError, refuseUnknown } from "../errors";
import { type UnitGroup, unitsOf, zeroUnits } from "./gated-layers";

/** Options of {@link finePrune}. */
export interface FinePruneOptions {
  /** Runs the model over the clean data, so that activations can be recorded. */
  forward(): void;
  /** Accuracy on clean data that were not trained on. */
  accuracy(): Promise<number>;
  /** Minimum accuracy. */
  threshold: number;
  /**
   * The layer's activation function, applied to a unit's pre-activation x before its magnitude is measured. Default:
   * none.
   */
  activation?: ((x: Tensor) => Tensor) | undefined;
  /** Shares of the units that are tried, from the smallest. Default 0.1 to 0.9 in steps of 0.1. */
  shares?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
}

/** The pruned units. */
export interface PrunedUnits {
  /** Share of all units that were zeroed: the largest that kept the accuracy. */
  readonly share: number;
  /** Units per group, from the least active. */
  readonly units: readonly (readonly number[])[];
  /** Accuracy at each share that was tried. */
  readonly tried: readonly { share: number; accuracy: number }[];
}

/** Mean absolute activation of each unit over all rows and tokens of the calls. */
function meanActivations(
  groups: readonly UnitGroup[],
  { forward, activation }: { forward(): void; activation(x: Tensor): Tensor },
): Float64Array[] {
  const sums = groups.map((group) => new Float64Array(unitsOf(group)));
  try {
    for (const [i, { layer, width = 1 }] of groups.entries()) {
      const plain = layer.forward.bind(layer);
      layer.forward = (x: Tensor): Tensor => {
        const out = plain(x);
        const sizes = activation(out)
          .abs()
          .reshape([-1, out.shape.at(-1)!])
          .sum({ dim: 0 });
        sizes.dataSync().forEach((value, place) => {
          sums[i]![Math.floor(place / width)]! += value;
        });
        return out;
      };
    }
    tidy(() => noGrad(forward));
  } finally {
    for (const { layer } of groups) Reflect.deleteProperty(layer, "forward"); // the class's own method again
  }
  return sums;
}

/**
 * Fine-pruning without its last step: zeroes the units that clean data activate least, as many as the accuracy permits;
 * fine-tuning must follow. A zeroed unit's output is 0, bias included.
 *
 * @throws {PurifyError} `ERR_DATA` for no groups, `ERR_SHAPE`; the signal's reason, with the weights as they were
 * @see Liu et al. 2018, section 4
 */
export async function finePrune(
  groups: readonly UnitGroup[],
  options: FinePruneOptions,
): Promise<PrunedUnits> {
  const {
    forward,
    accuracy,
    threshold,
    activation = (x: Tensor) => x,
    shares = Array.from({ length: 9 }, (_, i) => (i + 1) / 10),
    signal,
    ...rest
  } = optionsOf("finePrune", options);
  refuseUnknown("finePrune", rest);
  if (groups.length === 0)
    throw new PurifyError("ERR_DATA", "fine-purify/finePrune: there are no layers to prune");
  const order = meanActivations(groups, { forward, activation }).map((sizes) =>
    [...sizes.keys()].sort((a, b) => sizes[a]! - sizes[b]! || a - b),
  );
  const originals = groups.map(({ layer }) => ({
    weight: (layer.weight.dataSync() as Float32Array).slice(),
    bias: layer.bias && (layer.bias.dataSync() as Float32Array).slice(),
  }));
  const prune = (share: number) => {
    for (const [i, group] of groups.entries()) {
      group.layer.weight.set(originals[i]!.weight);
      if (group.layer.bias) group.layer.bias.set(originals[i]!.bias!);
      zeroUnits(group, chosen(order[i]!, share), { bias: true });
    }
  };
  const tried: { share: number; accuracy: number }[] = [];
  let best = 0;
  try {
    for (const share of shares) {
      await takeTurn();
      signal?.throwIfAborted();
      prune(share);
      tried.push({ share, accuracy: await accuracy() });
      if (tried.at(-1)!.accuracy < threshold) break;
      best = share;
    }
  } catch (error) {
    prune(0);
    throw error;
  }
  prune(best);
  return { share: best, units: order.map((own) => chosen(own, best)), tried };
}

const chosen = (order: readonly number[], share: number): number[] =>
  order.slice(0, Math.round(share * order.length));
