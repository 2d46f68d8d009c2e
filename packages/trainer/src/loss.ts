import type { Tensor } from "@deepgrain/tensor-gpu";

/** A loss with further numbers that the events report. */
export interface LossWithScalars {
  /** The scalar that is differentiated. */
  readonly loss: Tensor;
  /** Numbers or scalar tensors by name, such as an accuracy or the parts of the loss. */
  readonly scalars: Readonly<Record<string, Tensor | number>>;
}

/**
 * The loss of one batch: a scalar tensor, alone or with further scalars.
 * @param step optimiser steps done before, counted from 0
 */
export type LossFunction<Batch> = (batch: Batch, step: number) => Tensor | LossWithScalars;

/** Brings both forms of a loss into one. */
export const splitLoss = (value: Tensor | LossWithScalars): LossWithScalars =>
  "scalars" in value ? value : { loss: value, scalars: {} };

/** Reads scalars and frees their tensors. */
export async function readScalars(
  scalars: LossWithScalars["scalars"],
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, value] of Object.entries(scalars)) {
    numbers[name] = typeof value === "number" ? value : await value.item();
    if (typeof value !== "number") value.dispose();
  }
  return numbers;
}

/** Scalars as tensors that outlive the scope, without their graph. */
export const detachScalars = (scalars: LossWithScalars["scalars"]): LossWithScalars["scalars"] =>
  Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [
      name,
      typeof value === "number" ? value : value.detach(),
    ]),
  );

/** Adds `share` times each scalar to the sums. */
export function addScalars(
  sums: Record<string, number>,
  scalars: Readonly<Record<string, number>>,
  share: number,
): void {
  for (const [name, value] of Object.entries(scalars))
    sums[name] = (sums[name] ?? 0) + value * share;
}
