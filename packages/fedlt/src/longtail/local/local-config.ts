import type { Complete } from "../../complete";
import { optionsOf, real, refuseUnknown, whole } from "../../errors";
import type { LossSpec } from "../losses/class-loss";

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

/** All settings of a task for this package's own trainer. */
export interface TaskConfig extends LocalConfig {
  /** The strategy's part on the client: its name, and settings of its own. */
  readonly part?: { readonly name: string; readonly [setting: string]: unknown } | undefined;
}

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
    ...rest
  } = optionsOf("completeLocalConfig", options);
  refuseUnknown("completeLocalConfig", rest);
  real("local", "lr", lr, { min: 0 });
  real("local", "momentum", momentum, { min: 0, max: 1 });
  whole("local", "epochs", epochs, { min: 0 });
  whole("local", "batchSize", batchSize, { min: 1 });
  if (clip !== null) real("local", "clip", clip, { above: 0 });
  real("local", "mu", mu, { min: 0 });
  return { lr, momentum, epochs, batchSize, clip, mu, loss };
}
