/** @file The tape: one node per recorded operation, linked to the nodes of its inputs. */
import type { Shape } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { enterNode } from "./scope";

/** Where a gradient goes: output `index` of `node`. */
export interface Edge {
  node: GradNode;
  index: number;
}

/** Gradients of the inputs (null: none) from those of the outputs (null: zero). `needs[i]`: input i wants one. */
export type BackwardFunction = (
  gradients: readonly (Tensor | null)[],
  needs: readonly boolean[],
) => (Tensor | null)[];

export type GradientHook = (gradient: Tensor) => Tensor | undefined;

let nextId = 0;

/** One recorded operation, or (with `leaf`) the place where a leaf's gradient is summed. */
export class GradNode {
  readonly id = nextId++;
  hooks: (GradientHook[] | undefined)[] | undefined;

  constructor(
    readonly name: string,
    readonly edges: readonly (Edge | null)[],
    /** Of each output, and so of each gradient that arrives. */
    readonly shapes: readonly Shape[],
    public saved: readonly Tensor[],
    public backward: BackwardFunction | null,
    readonly leaf: Tensor | null = null,
  ) {
    if (!leaf) enterNode(this);
  }

  /** Frees what was saved for the backward pass; the node cannot run again. */
  release(): void {
    for (const tensor of this.saved) tensor.dispose();
    this.saved = [];
    this.backward = null;
  }
}

let recording = true;

function withRecording<T>(value: boolean, fn: () => T): T {
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

/** The edge on which a tensor's gradient arrives; makes a leaf's node at first use; null where none is wanted. */
export function edgeOf(tensor: Tensor): Edge | null {
  if (!tensor.requiresGrad) return null;
  tensor.edge ??= { node: new GradNode("leaf", [], [tensor.shape], [], null, tensor), index: 0 };
  return tensor.edge;
}

/** True when an operation on these tensors must be recorded. */
export function wantsGrad(inputs: readonly (Tensor | null)[]): boolean {
  if (!recording) return false;
  for (const input of inputs) if (input?.requiresGrad) return true;
  return false;
}

/**
 * Links `outputs` to `inputs` on the tape. `save` is called only when recording, with a function that holds a tensor
 * until the backward pass, and returns the backward function.
 */
export function track(
  name: string,
  outputs: readonly Tensor[],
  inputs: readonly (Tensor | null)[],
  save: (hold: (tensor: Tensor) => Tensor) => BackwardFunction,
): void {
  if (!wantsGrad(inputs)) return;
  const held: Tensor[] = [];
  const hold = (tensor: Tensor) => {
    const alias = tensor.alias();
    held.push(alias);
    return alias;
  };
  let backward: BackwardFunction;
  try {
    backward = save(hold);
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
    hold: (tensor: Tensor) => Tensor,
  ) => (gradient: Tensor, needs: readonly boolean[]) => (Tensor | null)[],
): Tensor {
  track(name, [output], inputs, (hold) => {
    const backward = save(hold);
    return ([gradient], needs) => backward(gradient!, needs);
  });
  return output;
}
