import type { PrototypePrivacy } from "../../local/class-gradients";

/** Where the released code deviates from the published method. */
export interface RedGrapeCompat {
  /** The balanced pass runs in training mode: it uses dropout and updates running statistics. */
  readonly balancedPassTrains?: boolean | undefined;
  /** No 1e-12 is added to norms in divisors. */
  readonly bareNorms?: boolean | undefined;
  /** Gradients are never cleared between batches: they accumulate, and leak into the balanced gradient. */
  readonly keepGradients?: boolean | undefined;
}

/** RedGrape's settings in a task. */
export interface RedGrapeSettings {
  readonly name: "redgrape";
  /** λ, the weight of the balanced gradient. */
  readonly lambda: number;
  /** T, rows per class of the balanced set; null: prototypes only (T = ∞). */
  readonly threshold: number | null;
  /** Trains the sum of two heads. */
  readonly twoHeads: boolean;
  /** For ablations, false: no prototypes are reported or used, and the balanced step does not wait for them. */
  readonly usesPrototypes: boolean;
  /** Reports which classes have T rows, so that the server can send the mean of the others. */
  readonly reportsClasses: boolean;
  readonly privacy: PrototypePrivacy;
  /** Deviations of the released code from the paper; all off by default. */
  readonly compat: RedGrapeCompat;
}
