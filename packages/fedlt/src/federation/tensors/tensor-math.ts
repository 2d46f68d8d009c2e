/** @file Sums over named tensors, in float64 and in a fixed order, so that results do not depend on the order of arrival. */
import { FedError } from "../../errors";
import { mapTensors, type NamedTensors, type ReadonlyTensors, tensorNamed } from "./named-tensors";

/**
 * Σ wᵢ·tensorsᵢ, summed in the order given with float64 accumulators and rounded once.
 *
 * @param terms at least one, all with the names and shapes of the first
 * @throws {FedError} `ERR_ARGUMENT` without terms, `ERR_SHAPE` when a tensor is missing or differs in size
 */
export function weightedSum(
  terms: readonly { weight: number; tensors: ReadonlyTensors }[],
): NamedTensors {
  const first = terms[0];
  if (!first)
    throw new FedError("ERR_ARGUMENT", "fedlt/weightedSum: there must be at least one term");
  return mapTensors(first.tensors, ({ data }, name) => {
    const sum = new Float64Array(data.length);
    for (const { weight, tensors } of terms) {
      const term = tensorNamed("weightedSum", tensors, name).data;
      if (term.length !== sum.length)
        throw new FedError(
          "ERR_SHAPE",
          `fedlt/weightedSum: ${name} must have ${sum.length} elements, got ${term.length}`,
          {
            fields: { name },
          },
        );
      for (let i = 0; i < sum.length; i++) sum[i]! += weight * term[i]!;
    }
    return Float32Array.from(sum);
  });
}

/** The plain mean of one or more sets of tensors. */
export function meanOf(sets: readonly ReadonlyTensors[]): NamedTensors {
  return weightedSum(sets.map((tensors) => ({ weight: 1 / sets.length, tensors })));
}

/** left + scale·right. */
export function addScaled(
  left: ReadonlyTensors,
  right: ReadonlyTensors,
  scale: number,
): NamedTensors {
  return weightedSum([
    { weight: 1, tensors: left },
    { weight: scale, tensors: right },
  ]);
}

/** left − right. */
export function subtract(left: ReadonlyTensors, right: ReadonlyTensors): NamedTensors {
  return addScaled(left, right, -1);
}

/** Elementwise `combine(a, b)` over tensors of the same layout. */
export function zipTensors(
  left: ReadonlyTensors,
  right: ReadonlyTensors,
  combine: (a: number, b: number) => number,
): NamedTensors {
  return mapTensors(left, ({ data }, name) => {
    const other = tensorNamed("zipTensors", right, name).data;
    return data.map((value, i) => combine(value, other[i]!));
  });
}

/** √Σ x² over all elements of all tensors. */
export function globalNorm(tensors: ReadonlyTensors): number {
  let squares = 0;
  for (const { data } of tensors.values()) squares += squaredNorm(data);
  return Math.sqrt(squares);
}

/** Σ x², in float64. */
export function squaredNorm(data: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += data[i]! * data[i]!;
  return squares;
}

/** Scales tensors down so that their joint norm is at most `limit`; otherwise returns them unchanged. */
export function clipToNorm(tensors: ReadonlyTensors, limit: number): ReadonlyTensors {
  const norm = globalNorm(tensors);
  if (norm <= limit) return tensors;
  return weightedSum([{ weight: limit / norm, tensors }]);
}
