import type { OptionNames } from "@deepgrain/support";
import { checkInteger, checkNumber } from "../check";
import type { Complete } from "../complete";
import { knownOptions } from "../known-options";
import type { LossSpec } from "../losses/class-loss";
import type { PrototypePrivacy } from "./class-gradients";

/** How a client trains between two messages. All settings are plain JSON, since they are sent with the task. */
export interface LocalConfig {
  /** η. Default 0.1. */
  readonly lr?: number | undefined;
  /** μ_m, with a buffer that is reset in each round. Default 0.9. */
  readonly momentum?: number | undefined;
  /** E. Default 5. */
  readonly epochs?: number | undefined;
  /** B. Default 64. */
  readonly batchSize?: number | undefined;
  /** Joint norm to which gradients are clipped; null for no clipping. Default 1. */
  readonly clip?: number | null | undefined;
  /** FedProx's μ: (μ/2)·‖θ − θ_global‖² is added to the loss. Default 0. */
  readonly mu?: number | undefined;
  /** Default cross-entropy. */
  readonly loss?: LossSpec | undefined;
}

export const localConfigNames: OptionNames<LocalConfig> = {
  lr: true,
  momentum: true,
  epochs: true,
  batchSize: true,
  clip: true,
  mu: true,
  loss: true,
};

/** RedGrape's settings in a task. */
export interface RedGrapeConfig {
  /** λ, the weight of the balanced gradient. */
  readonly lambda: number;
  /** T, rows per class of the balanced set; null: prototypes only (T = ∞). */
  readonly threshold: number | null;
  /** For ablations: no prototypes are used, and the balanced step does not wait for them. */
  readonly realOnly?: boolean | undefined;
  /** Deviations of the released code from the paper; all off by default. */
  readonly compat: RedGrapeCompat;
}

/** Where the released code deviates from the published method. */
export interface RedGrapeCompat {
  /** The balanced pass runs in training mode: it uses dropout and updates running statistics. */
  readonly balancedPassTrains?: boolean | undefined;
  /** No 1e-12 is added to norms in divisors. */
  readonly bareNorms?: boolean | undefined;
  /** Gradients are never cleared between batches: they accumulate, and leak into the balanced gradient. */
  readonly keepGradients?: boolean | undefined;
}

/** All settings of a task for this package's own trainer. */
export interface TaskConfig extends LocalConfig {
  /** Trains the sum of two heads. */
  readonly twoHeads?: boolean | undefined;
  readonly redgrape?: RedGrapeConfig | undefined;
  /** Further results that the client computes besides its update. */
  readonly report?: readonly Report[] | undefined;
  readonly prototypePrivacy?: PrototypePrivacy | undefined;
  /** CReFF: rows per class gradient; absent: all rows once. */
  readonly headGradientDraws?: { readonly repeats: number; readonly samples: number } | undefined;
  /** DP-FedAvg: norm to which the update θ_k − θ is clipped by the client. */
  readonly clipUpdate?: number | undefined;
}

/**
 * `prototypes` per-class gradients of the received main head; `head-gradients` the same for the group `federated-head`;
 * `loss-before` the received model's mean loss as a metric; `class-counts` a group with the client's counts, in units of 65,536 rows;
 * `balanced-classes` which classes have at least T rows.
 */
export type Report =
  | "prototypes"
  | "head-gradients"
  | "loss-before"
  | "class-counts"
  | "balanced-classes";

/** Settings with every default filled in. */
export type CompleteLocalConfig = Complete<LocalConfig>;

/** Fills in defaults and checks ranges. @throws {FedError} `ERR_RANGE` */
export function completeLocalConfig(options: LocalConfig = {}): CompleteLocalConfig {
  const {
    lr = 0.1,
    momentum = 0.9,
    epochs = 5,
    batchSize = 64,
    clip = 1,
    mu = 0,
    loss = { name: "cross-entropy" },
  } = knownOptions("completeLocalConfig", options, localConfigNames);
  checkNumber("local", "lr", lr, { min: 0 });
  checkNumber("local", "momentum", momentum, { min: 0, max: 1 });
  checkInteger("local", "epochs", epochs, 0);
  checkInteger("local", "batchSize", batchSize, 1);
  if (clip !== null) checkNumber("local", "clip", clip, { min: 0, isOpen: true });
  checkNumber("local", "mu", mu, { min: 0 });
  return { lr, momentum, epochs, batchSize, clip, mu, loss };
}
