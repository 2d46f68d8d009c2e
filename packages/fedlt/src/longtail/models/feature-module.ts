import type { nn, Tensor } from "@deepgrain/tensor-gpu";

/** A module that turns a batch into rows of features. */
export interface FeatureModule extends nn.Module {
  /** @param x shape [rows, ...inputShape] @returns shape [rows, width] */
  forward(x: Tensor): Tensor;
}
