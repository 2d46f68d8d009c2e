import { assertList, fail, optionsOf, refuseUnknown } from "../errors";
import { assertFloat, assertTensors } from "../ops/operands";
import { noteLeaf } from "../tensor/open-recording";
import { type Shape, sameShape, showShape } from "../tensor/shape";
import { allocate, type Tensor } from "../tensor/tensor";
import { type Edge, edgeOf, type GradNode } from "./node";
import { tidy } from "./scope";
import { noGrad } from "./track";

/** Gradients that have arrived at the outputs of the nodes still to run. */
class Pending {
  private readonly slots = new Map<GradNode<Tensor>, (Tensor | null)[]>();

  of(node: GradNode<Tensor>): (Tensor | null)[] {
    let slots = this.slots.get(node);
    if (!slots) {
      slots = new Array<Tensor | null>(node.shapes.length).fill(null);
      this.slots.set(node, slots);
    }
    return slots;
  }

  /** Takes ownership of `gradient`, a handle that nobody else uses, and adds it to the gradient that arrived before. */
  add({ node, index }: Edge<Tensor>, gradient: Tensor): void {
    const slots = this.of(node);
    try {
      assertGradient(gradient, node.shapes[index]!);
      slots[index] = slots[index] ? accumulate(slots[index], gradient) : gradient;
    } catch (error) {
      gradient.dispose();
      throw error;
    }
  }

  take(node: GradNode<Tensor>): (Tensor | null)[] {
    const slots = this.of(node);
    this.slots.delete(node);
    return slots;
  }

  dispose(): void {
    for (const slots of this.slots.values()) for (const gradient of slots) gradient?.dispose();
  }
}

/** Checks the shape of a gradient: kernels rely on it, but user-defined operators and hooks may return any shape. */
function assertGradient(gradient: Tensor, shape: Shape): void {
  if (sameShape(gradient.shape, shape) && gradient.dtype === "float32") return;
  fail(
    "ERR_SHAPE",
    `backward: the gradient of a tensor ${showShape(shape)} must be float32 of its shape, got ${gradient.dtype} ${showShape(gradient.shape)}`,
    { shape, gradient: gradient.shape },
  );
}

/** sum += gradient, in place where nobody else sees the memory of `sum`. Consumes both handles, unless it throws. */
function accumulate(sum: Tensor, gradient: Tensor): Tensor {
  const { backend } = sum.storage;
  const isInPlace = sum.storage.isUnshared && sum.isContiguous;
  // Allocate first, so that the following steps cannot fail for lack of memory.
  const out = isInPlace ? sum : kept(allocate("gradient", sum.shape, "float32", backend));
  let right: Tensor | undefined;
  try {
    right = gradient.contiguous();
    if (isInPlace) backend.kernels.addScaled(sum, right, 1);
    else backend.kernels.arithmetic("add", out, sum, right);
  } catch (error) {
    if (out !== sum) out.dispose();
    throw error;
  } finally {
    if (right !== gradient) right?.dispose();
  }
  if (out !== sum) sum.dispose();
  gradient.dispose();
  return out;
}

function kept(tensor: Tensor): Tensor {
  tensor.isKept = true;
  return tensor;
}

/** The nodes between `root` and the leaves, latest first, limited to those from which `targets` can be reached. */
function schedule(root: GradNode<Tensor>): GradNode<Tensor>[] {
  const seen = new Set<GradNode<Tensor>>([root]);
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop())
    for (const edge of node.edges)
      if (edge && !seen.has(edge.node)) {
        seen.add(edge.node);
        stack.push(edge.node);
      }
  return [...seen].sort((a, b) => b.id - a.id);
}

function runHooks(node: GradNode<Tensor>, gradients: (Tensor | null)[]): void {
  node.hooks?.forEach((hooks, index) => {
    for (const hook of hooks ?? []) {
      const gradient = gradients[index];
      if (!gradient) return;
      const replacement = hook(gradient);
      if (replacement && replacement !== gradient) {
        assertGradient(replacement, node.shapes[index]!);
        gradients[index] = own(replacement);
        gradient.dispose();
      }
    }
  });
}

/** A separate handle on a gradient, outside every scope. */
const own = (gradient: Tensor): Tensor => gradient.alias();

function addToLeaf(leaf: Tensor, gradient: Tensor): void {
  if (leaf.isDisposed) {
    gradient.dispose(); // disposed by a scope that has ended: nobody can read the gradient
    return;
  }
  noteLeaf(leaf);
  if (leaf.grad) leaf.grad = accumulate(leaf.grad, gradient);
  else if (gradient.isContiguous) leaf.grad = gradient;
  else {
    leaf.grad = kept(gradient.contiguous());
    gradient.dispose();
  }
}

/** @throws {TensorError} `ERR_AUTOGRAD` where a tensor that the operator saved was overwritten since */
function assertUnchanged({ name, saved, versions }: GradNode<Tensor>): void {
  for (let i = 0; i < saved.length; i++) {
    const { storage, shape } = saved[i]!;
    if (storage.version !== versions[i])
      fail(
        "ERR_AUTOGRAD",
        `backward: ${name} needs a tensor ${showShape(shape)} overwritten since; clone it`,
        { op: name, shape },
      );
  }
}

function runNode(
  node: GradNode<Tensor>,
  gradients: (Tensor | null)[],
  pending: Pending,
  wanted: (edge: Edge<Tensor>) => boolean,
): void {
  if (!node.backward)
    fail(
      "ERR_AUTOGRAD",
      `backward: ${node.name} was already differentiated and freed; pass retainGraph: true to the first pass`,
      { op: node.name },
    );
  assertUnchanged(node);
  const backward = node.backward;
  const needs = node.edges.map((edge) => edge !== null && wanted(edge));
  tidy(() => {
    backward(gradients, needs).forEach((gradient, i) => {
      const edge = node.edges[i];
      if (gradient && edge && needs[i]) pending.add(edge, own(gradient));
    });
  });
}

interface RunOptions {
  retainGraph: boolean;
  /** Called with the gradients that arrived at a node, before it runs. */
  visit?: ((node: GradNode<Tensor>, gradients: readonly (Tensor | null)[]) => void) | undefined;
  accumulateLeaves: boolean;
  /** The nodes that need to run; undefined: all. */
  useful?: Set<GradNode<Tensor>> | undefined;
}

function run(output: Tensor, seed: Tensor | undefined, options: RunOptions): void {
  assertTensors("backward", output);
  const root = edgeOf(output);
  if (!root)
    fail("ERR_AUTOGRAD", "backward: the tensor does not depend on any leaf with requiresGrad");
  const pending = new Pending();
  const wanted = (edge: Edge<Tensor>) => options.useful?.has(edge.node) ?? true;
  try {
    noGrad(() => tidy(() => pending.add(root, own(seedGradient(output, seed)))));
    for (const node of schedule(root.node)) {
      if (options.useful && !options.useful.has(node)) continue;
      const gradients = pending.take(node);
      if (gradients.every((gradient) => gradient === null)) continue;
      try {
        runHooks(node, gradients);
        options.visit?.(node, gradients);
        if (!node.leaf) noGrad(() => runNode(node, gradients, pending, wanted));
        else if (options.accumulateLeaves) {
          addToLeaf(node.leaf, gradients[0]!);
          gradients[0] = null; // now owned by the leaf
        }
      } finally {
        for (const gradient of gradients) gradient?.dispose();
      }
      if (!node.leaf && !options.retainGraph) node.release();
    }
  } finally {
    pending.dispose();
  }
}

function seedGradient(output: Tensor, seed: Tensor | undefined): Tensor {
  if (seed) {
    assertFloat("backward", output, seed);
    if (sameShape(seed.shape, output.shape)) return seed;
    fail(
      "ERR_SHAPE",
      `backward: gradient ${showShape(seed.shape)} must have the output's shape ${showShape(output.shape)}`,
    );
  }
  if (output.size !== 1)
    fail(
      "ERR_SHAPE",
      `backward: an output of shape ${showShape(output.shape)} needs a gradient; only a single element defaults to 1`,
    );
  const one = allocate("gradient", output.shape, "float32", output.storage.backend);
  output.storage.backend.kernels.fill(one, 1);
  return one;
}

/**
 * Adds d output / d leaf to `leaf.grad` of every leaf with `requiresGrad`, and frees the tape as it goes.
 *
 * @param output any float32 tensor on the tape
 * @param options.gradient d loss / d output, the output's shape; may be omitted if the output has one element
 * @param options.retainGraph keep the tape for a second pass, default false
 * @throws {TensorError} `ERR_AUTOGRAD` when nothing requires a gradient, the tape was freed, or a tensor that an operator saved
 *   was overwritten in place since
 */
export function backward(
  output: Tensor,
  options: { gradient?: Tensor | undefined; retainGraph?: boolean | undefined } = {},
): void {
  const { gradient, retainGraph = false, ...rest } = optionsOf("backward", options);
  refuseUnknown("backward", rest);
  run(output, gradient, { retainGraph, accumulateLeaves: true });
}

/** The nodes from which one of `targets` can be reached. */
function leadingTo(
  root: GradNode<Tensor>,
  targets: ReadonlySet<GradNode<Tensor>>,
): Set<GradNode<Tensor>> {
  const useful = new Set<GradNode<Tensor>>(targets);
  for (const node of schedule(root).reverse())
    if (node.edges.some((edge) => edge && useful.has(edge.node))) useful.add(node);
  return useful;
}

/**
 * The gradients d output / d input of the given inputs (leaves or results of operators), without changing any `.grad`.
 * First order only: the results are not on the tape.
 *
 * @param options.gradient d loss / d output; may be omitted if the output has one element
 * @param options.retainGraph keep the tape for another pass, default false
 * @returns one tensor per input, of its shape; zeros where the output does not depend on it
 * @throws {TensorError} `ERR_AUTOGRAD` when an input has no `requiresGrad`, and as `backward`
 */
export function grad<const Inputs extends readonly Tensor[]>(
  output: Tensor,
  inputs: Inputs,
  options: { gradient?: Tensor | undefined; retainGraph?: boolean | undefined } = {},
): { -readonly [Place in keyof Inputs]: Tensor } {
  const { gradient, retainGraph = false, ...rest } = optionsOf("grad", options);
  refuseUnknown("grad", rest);
  assertList("grad", inputs);
  assertTensors("grad", output, ...inputs);
  const edges = inputs.map((input, i) => {
    const edge = edgeOf(input);
    if (!edge) fail("ERR_AUTOGRAD", `grad: input ${i} has no requiresGrad`);
    return edge;
  });
  const root = edgeOf(output);
  if (!root) fail("ERR_AUTOGRAD", "grad: the output does not require a gradient");
  const found = new Array<Tensor | undefined>(inputs.length);
  const useful = leadingTo(root.node, new Set(edges.map((edge) => edge.node)));
  useful.add(root.node);
  const visit: RunOptions["visit"] = (node, gradients) =>
    edges.forEach((edge, i) => {
      const arrived = edge.node === node ? gradients[edge.index] : null;
      if (arrived) found[i] = arrived.view(arrived.shape, arrived.strides, arrived.offset);
    });
  run(output, gradient, { retainGraph, accumulateLeaves: false, visit, useful });
  const gradients = inputs.map((input, i) => {
    if (found[i]) return found[i];
    const zeros = allocate("gradient", input.shape, "float32", input.storage.backend);
    zeros.storage.backend.kernels.fill(zeros, 0);
    return zeros;
  });
  return gradients as { -readonly [Place in keyof Inputs]: Tensor };
}
