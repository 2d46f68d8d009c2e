/** The results of one seed. */
export interface SeedResults<R> {
  seed: number;
  /** The result of a variant, undefined where it was not run. */
  result(variant: string): R | undefined;
}

/** A number that each seed has, read from the results of one or more variants. */
export interface Quantity<R = unknown, S = unknown> {
  /** What is measured: "loss". */
  measure: string;
  /** What it is measured of. Default: the name of the only variant. */
  subject?: string;
  /** Ids of the variants that it reads. */
  variants: readonly string[];
  /** The number, or null where the seed does not have it. */
  read(results: SeedResults<R>, settings: S): number | null;
}

/**
 * A measure of single variants.
 *
 * @param name for tables: "loss, nats per byte"
 * @param read the number in a result; null where it has none
 * @returns a function that makes the quantity of a variant id
 * @example const loss = measure("loss", (result: Result) => result.loss);
 *   const claim = { lower: loss("sgd"), higher: loss("adam"), paper: "0.1 < 0.2" };
 */
export const measure =
  <R>(name: string, read: (result: R) => number | null) =>
  (variant: string): Quantity<R> => ({
    measure: name,
    variants: [variant],
    read: ({ result }) => {
      const own = result(variant);
      return own === undefined ? null : read(own);
    },
  });
