import type { Tensor } from "@deepgrain/tensor-gpu";
import { having } from "./errors";

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

/**
 * Brings both forms of a loss into one.
 * @throws {TrainerError} `ERR_ARGUMENT` for anything else, such as a number, which has no gradient
 */
export function splitLoss(value: Tensor | LossWithScalars): LossWithScalars {
  having("trainStep", "the loss", value);
  const { loss, scalars } = "scalars" in value ? value : { loss: value, scalars: {} };
  having("trainStep", "the loss", loss, "backward");
  return { loss, scalars: having("trainStep", "the loss's scalars", scalars) };
}

/** A loss whose tensors outlive the scope, without their graph. */
export function detached({ loss, scalars }: LossWithScalars): LossWithScalars {
  const values = Object.entries(scalars).map(
    ([name, value]) => [name, typeof value === "number" ? value : value.detach()] as const,
  );
  return { loss: loss.detach(), scalars: Object.fromEntries(values) };
}

/** Reads a number or a scalar tensor, which is freed. */
export async function read(value: Tensor | number): Promise<number> {
  if (typeof value === "number") return value;
  const number = await value.item();
  value.dispose();
  return number;
}
