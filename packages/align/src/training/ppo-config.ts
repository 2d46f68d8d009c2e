import type { LogitModel } from "../logps";
import type { AdaptKlOptions } from "../losses/ppo";
import type { AlignConfig } from "./config";
import type { RewardFunction } from "./rewards";
import type { SampleOptions } from "./rollouts";

/** Options of `ppo`. `batchSize` counts prompts per round (default 8); `steps` counts optimiser steps. */
export interface PpoConfig
  extends Omit<AlignConfig, "gradientAccumulation">,
    Omit<SampleOptions, "seed" | "signal"> {
  /** One number per answer, or the rewards of its steps, each paid at the step's last token. */
  reward: RewardFunction;
  /** A second model. Default: the policy without `lora`; none is needed with `klCoefficient` 0. */
  reference?: LogitModel | undefined;
  /** Answers to each prompt. Default 1. */
  groupSize?: number | undefined;
  /** Passes over the answers of a round. Default 4. */
  epochs?: number | undefined;
  /** Minibatches per pass; each is one optimiser step. Default 1. */
  minibatches?: number | undefined;
  /** ε of the policy loss. Default 0.2. */
  clip?: number | undefined;
  /** Clipping of the value loss. Default 0.2. */
  valueClip?: number | undefined;
  /** Weight of the value loss. Default 0.1. */
  valueCoefficient?: number | undefined;
  /** Weight of the entropy bonus, at least 0. Default 0. */
  entropyCoefficient?: number | undefined;
  /** Initial weight of the KL penalty. Default 0.05. */
  klCoefficient?: number | undefined;
  klEstimator?: "k1" | "k3" | undefined;
  /** Adapts the coefficient after each round towards a target KL per answer. Default: constant. */
  adaptiveKl?: AdaptKlOptions | undefined;
  /** Discount. Default 1. */
  gamma?: number | undefined;
  /** Default 0.95. */
  lambda?: number | undefined;
  /**
   * The unit of one move. `tokens` (default): each token; `step-ends`: tokens, with γ only at the ends of steps;
   * `steps`: a whole step, whose tokens share its advantage.
   */
  moves?: "tokens" | "step-ends" | "steps" | undefined;
}
