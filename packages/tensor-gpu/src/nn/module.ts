import { assertKind } from "../errors";
import { moduleText } from "../print/module-text";
import { assertThisCopy, markCopy } from "../tensor/copy";
import type { Shape } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";

/** A tensor of a module's tree with its dotted name. */
export type NamedTensor = [name: string, tensor: Tensor];

const buffers = new WeakSet<Tensor>();

function isTensor(value: unknown): value is Tensor {
  assertThisCopy("Module", value);
  return typeof value === "object" && value !== null && "storage" in value && "strides" in value;
}

/**
 * A layer, or a tree of them. Every own property that is a module, a tensor, or an array or map of modules belongs to
 * the tree, named by its property (`layers.0.attention.weight`). A tensor with `requiresGrad` when it was registered is
 * a parameter; others are buffers. Properties that start with `_` are private to the layer and not part of the tree.
 */
export abstract class Module {
  static {
    markCopy(Module);
  }

  /** True while training: dropout drops, batch norm uses the batch. */
  training = true;

  /** Parameters and buffers of the whole tree in the order of definition. */
  *namedTensors(prefix = ""): Generator<NamedTensor> {
    for (const [key, value] of Object.entries(this)) {
      if (key.startsWith("_")) continue;
      if (isTensor(value)) yield [prefix + key, value];
      else
        for (const [name, child] of childModules(key, value))
          yield* child.namedTensors(`${prefix}${name}.`);
    }
  }

  /** The tensors that require gradients, with their names. */
  *namedParameters(prefix = ""): Generator<NamedTensor> {
    for (const [name, tensor] of this.namedTensors(prefix))
      if (tensor.requiresGrad) yield [name, tensor];
  }

  /** The tensors that require gradients. */
  parameters(): Tensor[] {
    return [...this.namedParameters()].map(([, tensor]) => tensor);
  }

  /** Every module of the tree, this one first. */
  *modules(): Generator<Module> {
    yield this;
    for (const [key, value] of Object.entries(this))
      if (!key.startsWith("_"))
        for (const [, child] of childModules(key, value)) yield* child.modules();
  }

  /** Switches the whole tree between training and evaluation. Returns this. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Requires gradients (or no longer) for every float tensor of the tree except its buffers. Returns this. */
  requireGrad(value = true): this {
    for (const [, tensor] of this.namedTensors())
      if (tensor.dtype === "float32" && !buffers.has(tensor)) tensor.requireGrad(value);
    return this;
  }

  /** Disposes all gradients. */
  zeroGrad(): void {
    for (const [, tensor] of this.namedTensors()) {
      tensor.grad?.dispose();
      tensor.grad = null;
    }
  }

  /** The tree: each layer with the shapes of its tensors, each part with its number of parameters. Consoles display it. */
  toString(): string {
    const tensors: [string, Shape][] = [];
    const children: [string, string][] = [];
    for (const [key, value] of Object.entries(this)) {
      if (key.startsWith("_")) continue;
      if (isTensor(value)) tensors.push([key, value.shape]);
      else for (const [name, child] of childModules(key, value)) children.push([name, `${child}`]);
    }
    const parameters = new Set(this.parameters());
    const count = [...parameters].reduce((sum, { size }) => sum + size, 0);
    return moduleText({ name: this.constructor.name, parameters: count, tensors, children });
  }

  /** Frees every tensor of the tree, each child by its own `dispose()`: it may hold more than its tensors. */
  dispose(): void {
    for (const [key, value] of Object.entries(this))
      if (!key.startsWith("_")) for (const [, child] of childModules(key, value)) child.dispose();
    for (const [, tensor] of this.namedTensors()) tensor.dispose();
  }
}

/** @throws {TensorError} `ERR_ARGUMENT` for a module from another copy of this package */
function isModule(value: unknown): value is Module {
  if (value instanceof Module) return true;
  assertThisCopy("Module", value);
  return false;
}

function* childModules(key: string, value: unknown): Generator<[string, Module]> {
  if (isModule(value)) yield [key, value];
  else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isModule(value[i])) yield [`${key}.${i}`, value[i]];
  } else if (value instanceof Map) {
    for (const [name, child] of value) if (isModule(child)) yield [`${key}.${name}`, child];
  }
}

/** Marks a tensor as a parameter of a module: it requires a gradient. Returns it. */
export function parameter(tensor: Tensor): Tensor {
  assertKind(tensor?.storage !== undefined, "nn.parameter", "needs a tensor", tensor);
  return tensor.requireGrad();
}

/** Marks a tensor as a part of a module that never requires a gradient, such as running statistics. Returns it. */
export function buffer(tensor: Tensor): Tensor {
  assertKind(tensor?.storage !== undefined, "nn.buffer", "needs a tensor", tensor);
  buffers.add(tensor);
  return tensor;
}
