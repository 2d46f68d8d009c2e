import type { OptionNames } from "@deepgrain/support";
import { checkInteger, checkNumber } from "../../check";
import type { Complete } from "../../complete";
import { knownOptions } from "../../known-options";
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

export const localConfigNames: OptionNames<LocalConfig> = {
  lr: true,
  momentum: true,
  epochs: true,
  batchSize: true,
  clip: true,
  mu: true,
  loss: true,
};

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
  } = knownOptions("completeLocalConfig", options, localConfigNames);
  checkNumber("local", "lr", lr, { min: 0 });
  checkNumber("local", "momentum", momentum, { min: 0, max: 1 });
  checkInteger("local", "epochs", epochs, 0);
  checkInteger("local", "batchSize", batchSize, 1);
  if (clip !== null) checkNumber("local", "clip", clip, { min: 0, isOpen: true });
  checkNumber("local", "mu", mu, { min: 0 });
  return { lr, momentum, epochs, batchSize, clip, mu, loss };
}
