/** @file The machine form of a fitted law, and the same with plain numbers. */

/** A number with its interval. The bounds are null where none was computed. */
export interface Quantity {
  value: number;
  lower: number | null;
  upper: number | null;
}

/** `coefficient · C^exponent`, C being training FLOPs. */
export interface PowerLaw<T = Quantity> {
  coefficient: T;
  exponent: T;
}

/** `floor + coefficient · C^exponent`; the exponent is negative, as the loss falls. A pure power law has the floor 0. */
export interface LossLaw<T = Quantity> extends PowerLaw<T> {
  floor: T;
}

/** A law with every number of type `T`. Parts without data are null. */
export interface LawOf<T> {
  /** Compute-optimal model scale (non-embedding FLOPs per token) and training tokens. */
  allocation: { model: PowerLaw<T>; data: PowerLaw<T> } | null;
  /** Optimal batch, in tokens. */
  batchSize: PowerLaw<T> | null;
  /** Optimal peak learning rate. */
  learningRate: PowerLaw<T> | null;
  /** Loss at the compute-optimal allocation, in the unit of the runs that were fitted. */
  loss: LossLaw<T> | null;
}

/** The machine form: every number is `{ value, lower, upper }`. */
export type Law = LawOf<Quantity>;

/** A law of plain numbers, such as one draw of a bootstrap. */
export type PointLaw = LawOf<number>;

/** A quantity without an interval. */
export const exactly = (value: number): Quantity => ({ value, lower: null, upper: null });

/**
 * Maps every number of a law. `change` gets the number and a function that picks the same number from another law of the
 * same kind (undefined where that law has no such part).
 */
export function mapLaw<A, B>(
  law: LawOf<A>,
  change: (value: A, pick: <T>(other: LawOf<T>) => T | undefined) => B,
): LawOf<B> {
  const power = (
    part: PowerLaw<A>,
    find: <T>(law: LawOf<T>) => PowerLaw<T> | null | undefined,
  ) => ({
    coefficient: change(part.coefficient, (other) => find(other)?.coefficient),
    exponent: change(part.exponent, (other) => find(other)?.exponent),
  });
  return {
    allocation: law.allocation && {
      model: power(law.allocation.model, (other) => other.allocation?.model),
      data: power(law.allocation.data, (other) => other.allocation?.data),
    },
    batchSize: law.batchSize && power(law.batchSize, (other) => other.batchSize),
    learningRate: law.learningRate && power(law.learningRate, (other) => other.learningRate),
    loss: law.loss && {
      floor: change(law.loss.floor, (other) => other.loss?.floor),
      ...power(law.loss, (other) => other.loss),
    },
  };
}
