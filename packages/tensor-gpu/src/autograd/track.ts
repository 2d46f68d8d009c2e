/** @file Recording operations on the tape, and switching the recording off and on. */
import { assertFunction, assertList } from "../errors";
import type { Tensor } from "../tensor/tensor";
import { type BackwardFunction, edgeOf, GradNode } from "./node";

let recording = true;

function withRecording<T>(value: boolean, fn: () => T): T {
  assertFunction(value ? "enableGrad" : "noGrad", fn);
  const before = recording;
  recording = value;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/** Runs `fn` without recording operations for backward. Synchronous. */
export const noGrad = <T>(fn: () => T): T => withRecording(false, fn);

/** Runs `fn` with recording switched on, inside a `noGrad`. Synchronous. */
export const enableGrad = <T>(fn: () => T): T => withRecording(true, fn);

/** True when an operation on these tensors must be recorded. */
export function wantsGrad(inputs: readonly (Tensor | null)[]): boolean {
  if (!recording) return false;
  for (const input of inputs) if (input?.requiresGrad) return true;
  return false;
}

/** Holds a tensor until the backward pass, which refuses it if its memory was overwritten in between. */
export type Hold = (tensor: Tensor) => Tensor;

/**
 * Links `outputs` to `inputs` on the tape. `save` is called only when recording, with a function that holds a tensor
 * until the backward pass and with whether each input requires a gradient, and returns the backward function. Hold what the
 * gradients are computed from, and nothing else: a held tensor may not be overwritten.
 */
export function track(
  name: string,
  outputs: readonly Tensor[],
  inputs: readonly (Tensor | null)[],
  save: (hold: Hold, wants: readonly boolean[]) => BackwardFunction<Tensor>,
): void {
  if (!wantsGrad(inputs)) return;
  const held: Tensor[] = [];
  const versions: number[] = [];
  const hold = (tensor: Tensor) => {
    const alias = tensor.alias();
    held.push(alias);
    versions.push(tensor.storage.version);
    return alias;
  };
  let backward: BackwardFunction<Tensor>;
  try {
    backward = save(
      hold,
      inputs.map((input) => input?.requiresGrad ?? false),
    );
  } catch (error) {
    for (const tensor of held) tensor.dispose();
    throw error;
  }
  const edges = inputs.map((input) => (input ? edgeOf(input) : null));
  const node = new GradNode(
    name,
    edges,
    outputs.map(({ shape }) => shape),
    held,
    versions,
    backward,
  );
  outputs.forEach((output, index) => {
    if (output.dtype !== "float32") return;
    output.requiresGrad = true;
    output.edge = { node, index };
  });
}

/** `track` for the common case of one output. Returns the output. */
export function tracked(
  name: string,
  output: Tensor,
  inputs: readonly (Tensor | null)[],
  save: (
    hold: Hold,
    wants: readonly boolean[],
  ) => (gradient: Tensor, needs: readonly boolean[]) => (Tensor | null)[],
): Tensor {
  assertList("tracked", inputs);
  track(name, [output], inputs, (hold, wants) => {
    const backward = save(hold, wants);
    return ([gradient], needs) => backward(gradient!, needs);
  });
  return output;
}
