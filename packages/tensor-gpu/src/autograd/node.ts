/**
 * @file The tape: one node per recorded operation, linked to the nodes of its inputs. `T` is the tensor type: its class
 * is in a layer above this file, since every tensor has an edge.
 */
import type { Shape } from "../tensor/shape";
import { enterNode } from "./open-scopes";

/** Where a gradient goes: output `index` of `node`. */
export interface Edge<T extends Disposed> {
  node: GradNode<T>;
  index: number;
}

interface Disposed {
  dispose(): void;
}

/** The part of a tensor that the tape uses. */
interface Taped<T extends Disposed> extends Disposed {
  readonly shape: Shape;
  readonly requiresGrad: boolean;
  edge: Edge<T> | null;
}

/** Gradients of the inputs (null: none) from those of the outputs (null: zero). `needs[i]`: input i requires one. */
export type BackwardFunction<T> = (
  gradients: readonly (T | null)[],
  needs: readonly boolean[],
) => (T | null)[];

/** Receives a gradient and may return a replacement. */
export type Hook<T> = (gradient: T) => T | undefined;

let nextId = 0;

/** One recorded operation, or (with `leaf`) the place where a leaf's gradient is summed. */
export class GradNode<T extends Disposed> {
  readonly id = nextId++;
  hooks: (Hook<T>[] | undefined)[] | undefined;

  constructor(
    readonly name: string,
    readonly edges: readonly (Edge<T> | null)[],
    /** The shape of each output, and thus of each gradient that arrives. */
    readonly shapes: readonly Shape[],
    public saved: readonly T[],
    /** How often the memory of each saved tensor had been overwritten when it was saved. */
    readonly versions: readonly number[],
    public backward: BackwardFunction<T> | null,
    readonly leaf: T | null = null,
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

/** The edge on which a tensor's gradient arrives; creates a leaf's node at first use; null where no gradient is required. */
export function edgeOf<T extends Taped<T>>(tensor: T): Edge<T> | null {
  if (!tensor.requiresGrad) return null;
  tensor.edge ??= {
    node: new GradNode<T>("leaf", [], [tensor.shape], [], [], null, tensor),
    index: 0,
  };
  return tensor.edge;
}
