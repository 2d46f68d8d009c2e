import { tidy } from "../autograd/scope";
import type { Tensor } from "../tensor/tensor";
import { assertGradient, type ParameterGroup } from "./optimizer";

/** The settings of a step. */
export interface StepSettings {
  lr: number;
  /** Number of this step, from 1. */
  count: number;
  /** A factor for all gradients, from clipping; null for none. */
  scale: Tensor | null;
}

/** One parameter, its (clipped) gradient and its slice of each state, all flat. */
interface Slot<Name extends string> {
  parameter: Tensor;
  gradient: Tensor;
  state: Readonly<Record<Name, Tensor>>;
  /** The rate, with the group's factor applied. */
  lr: number;
  weightDecay: number;
}

/** Computes the new values of a parameter and of its states with operators. States that are left out do not change. */
export type UpdateRule<Name extends string> = (
  slot: Slot<Name>,
) => { parameter: Tensor } & Partial<Record<Name, Tensor>>;

/** The tensors that an update is applied to. */
interface Target<Name extends string> {
  groups: readonly ParameterGroup[];
  states: Readonly<Record<Name, Tensor>>;
  weightDecay: number;
}

/** The gradient with decay·p added: L2 regularisation. */
export const withDecay = (gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor =>
  weightDecay === 0 ? gradient : gradient.add(parameter.mul(weightDecay));

/** Linear interpolation, a + share·(b − a), computed as (1 − share)·a + share·b. */
export const blend = (a: Tensor, b: Tensor, share: number): Tensor =>
  a.mul(1 - share).add(b.mul(share));

/**
 * Applies the formula of an optimiser to each parameter that has a gradient. Everything is computed before the first number
 * is overwritten, so that a step that runs out of memory changes nothing. It takes as much memory as it writes.
 */
export function updateByRule<Name extends string>(
  { groups, states, weightDecay }: Target<Name>,
  { lr, scale }: StepSettings,
  rule: UpdateRule<Name>,
): void {
  const names = Object.keys(states) as Name[];
  const writes: { target: Tensor; value: Tensor }[] = [];
  let at = 0;
  for (const group of groups)
    for (const whole of group.params) {
      const { size, grad, offset } = whole;
      const start = at;
      at += size;
      if (!grad) continue;
      assertGradient(whole, grad);
      const parameter = whole.view([size], [1], offset);
      const state = Object.fromEntries(
        names.map((name) => [name, states[name].narrow(0, start, size)]),
      ) as Record<Name, Tensor>;
      const flat = grad.view([size], [1], grad.offset);
      const next = tidy(() =>
        rule({
          parameter,
          gradient: scale ? flat.mul(scale) : flat,
          state,
          lr: lr * (group.lrScale ?? 1),
          weightDecay: group.weightDecay ?? weightDecay,
        }),
      );
      writes.push({ target: parameter, value: next.parameter });
      for (const name of names) {
        const value = next[name];
        if (value) writes.push({ target: state[name], value });
      }
    }
  for (const { target, value } of writes) {
    target.storage.noteWrite();
    target.storage.backend.kernels.copy(target, value);
  }
}
