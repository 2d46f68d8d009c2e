import { cat, indexSelect, type Tensor, tensor, zeros } from "@deepgrain/tensor-gpu";
import { type FactorSettings, newFactors, type TrainableFactors } from "./lora-part";

/** Rank and scale of the factors of one expert's matrix, from the adapter's configuration for its module. */
export type FactorSize = Pick<FactorSettings, "rank" | "scale">;

/** Factors of those experts' matrices of one kind that share a rank. */
export interface ExpertFactors extends TrainableFactors {
  readonly rank: number;
  /** The experts by number, ascending; row i of the stacks belongs to the i-th. */
  readonly experts: readonly number[];
  /** Scale of each expert's product B·A. */
  readonly scales: readonly number[];
}

/**
 * Makes factors for some experts of a stack, one pair of stacks per rank.
 * @param weights [experts, out, in]
 * @param sizes of the experts that get factors
 */
export function newExpertFactors(
  weights: Tensor,
  sizes: ReadonlyMap<number, FactorSize>,
  { generator }: Pick<FactorSettings, "generator">,
): ExpertFactors[] {
  const ranks = [...new Set([...sizes.values()].map(({ rank }) => rank))];
  return ranks.map((rank) => {
    const own = [...sizes].filter(([, size]) => size.rank === rank).sort(([a], [b]) => a - b);
    const experts = own.map(([expert]) => expert);
    const factors = newFactors(weights.narrow(0, 0, own.length), { rank, generator });
    return { ...factors, rank, experts, scales: own.map(([, { scale }]) => scale) };
  });
}

/**
 * The common scale if all experts of the layer have factors with the same scale; the stacks are then used as they are.
 */
export function commonScale({ experts, scales }: ExpertFactors, count: number): number | undefined {
  const [first] = scales;
  return experts.length === count && scales.every((scale) => scale === first) ? first : undefined;
}

/** The stacks for all experts of the layer, [experts, …]: zeros for an expert without factors, B times the scale. */
export function spreadFactors(
  { a, b, experts, scales }: ExpertFactors,
  count: number,
): TrainableFactors {
  const places = new Int32Array(count).fill(experts.length);
  for (const [i, expert] of experts.entries()) places[expert] = i;
  const index = tensor(places);
  const spread = (stack: Tensor) =>
    indexSelect(cat([stack, zeros([1, ...stack.shape.slice(1)])], 0), 0, index);
  const factor = tensor(Float32Array.from(scales), { shape: [scales.length, 1, 1] });
  return { a: spread(a), b: spread(b.mul(factor)) };
}
