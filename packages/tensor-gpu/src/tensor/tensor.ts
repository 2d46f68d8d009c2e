import { type Edge, edgeOf, type Hook } from "../autograd/node";
import { enterScope, inScope } from "../autograd/open-scopes";
import { getBackend } from "../backend/current";
import { type DType, ELEMENT_BYTES, isCompact, type View } from "../backend/view";
import { fail } from "../errors";
import { assertNotAborted } from "./abortable";
import { markCopy } from "./copy";
import { assertElements } from "./elements";
import { contiguousStrides, isContiguous, type Shape, showShape, sizeOf } from "./shape";
import { assertShape, assertSize, assertWhole, assertWholes, LARGEST_SIZE } from "./sizes";
import { bytesFor, Storage } from "./storage";

/**
 * An n-dimensional array on a backend: a handle of a few numbers on a shared block of memory, so that views
 * (transpose, slice, reshape) copy nothing. PyTorch's names and rules; operators are functions of this package and
 * methods alike. Memory is freed by `tidy`, `scope` or `dispose()`.
 */
export class Tensor implements View {
  static {
    markCopy(Tensor);
  }

  readonly size: number;
  /** True when gradients flow to this tensor. Set it on leaves; results of operators inherit it. */
  requiresGrad = false;
  /** The gradient summed by `backward()`, on leaves with `requiresGrad`. */
  grad: Tensor | null = null;
  /** Where its gradient arrives on the tape. */
  edge: Edge<Tensor> | null = null;
  /** True when scopes leave it alone. */
  isKept = false;
  private disposed = false;

  constructor(
    readonly storage: Storage,
    readonly shape: Shape,
    readonly strides: Shape,
    readonly offset: number,
    readonly dtype: DType,
  ) {
    this.size = sizeOf(shape);
    enterScope(this);
  }

  get rank(): number {
    return this.shape.length;
  }

  get isContiguous(): boolean {
    return isContiguous(this.shape, this.strides);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Name of the backend it lives on. */
  get backendName(): string {
    return this.storage.backend.name;
  }

  /** True where `dataSync()` and `itemSync()` work; elsewhere `await data()`. */
  get canReadSync(): boolean {
    return this.storage.backend.readSync !== undefined;
  }

  /** A leaf was made by the user, not by an operator. */
  get isLeaf(): boolean {
    return !this.edge || this.edge.node.leaf !== null;
  }

  /**
   * The same elements under another shape and strides (in elements), sharing memory, not recorded on the tape.
   * @throws {TensorError} `ERR_SHAPE`, or `ERR_RANGE` for elements outside the memory
   */
  view(shape: Shape, strides: Shape, offset: number): Tensor {
    this.assertAlive("view");
    assertInside(this.storage.byteLength / ELEMENT_BYTES, shape, strides, offset);
    return this.handle(shape, strides, offset);
  }

  /** Another handle on the same memory, unchecked. */
  protected handle(shape: Shape, strides: Shape, offset: number): Tensor {
    return new Tensor(this.storage.retain(), shape, strides, offset, this.dtype);
  }

  /** A second handle outside every scope and off the tape; its owner must dispose it. */
  alias(): Tensor {
    this.assertAlive("alias");
    return makeUnscoped(() => this.handle(this.shape, this.strides, this.offset));
  }

  /** The same elements off the tape, sharing memory. */
  detach(): Tensor {
    return this.view(this.shape, this.strides, this.offset);
  }

  /**
   * Marks a leaf as wanting a gradient. Returns it. A scope frees it, and its gradient, like any other tensor made inside,
   * unless it is returned (alone or in a module) or kept.
   * @throws {TensorError} `ERR_DTYPE` unless it is float32, `ERR_AUTOGRAD` for the result of an operator
   */
  requireGrad(value = true): this {
    if (value && this.dtype !== "float32")
      fail(
        "ERR_DTYPE",
        `tensor-gpu: only float32 tensors have gradients, got ${this.dtype}${isCompact(this.dtype) ? "; a model that is to be trained must be loaded as float32" : ""}`,
      );
    if (!this.isLeaf)
      fail("ERR_AUTOGRAD", "tensor-gpu: requireGrad is for leaves; use detach() first");
    this.requiresGrad = value;
    if (!value) this.edge = null;
    return this;
  }

  /**
   * Calls `hook` with this tensor's gradient in every backward pass; what it returns replaces the gradient.
   * @returns a function that removes the hook
   * @throws {TensorError} `ERR_AUTOGRAD` when no gradient flows here
   */
  registerHook(hook: Hook<Tensor>): () => void {
    const edge = edgeOf<Tensor>(this);
    if (!edge) fail("ERR_AUTOGRAD", "tensor-gpu: registerHook needs a tensor with requiresGrad");
    edge.node.hooks ??= [];
    const hooks = edge.node.hooks[edge.index] ?? [];
    edge.node.hooks[edge.index] = hooks;
    hooks.push(hook);
    return () => void hooks.splice(hooks.indexOf(hook), 1);
  }

  /** Copies the elements out, row-major: Float32Array, or Int32Array for int32 and bool. */
  async data(): Promise<Float32Array | Int32Array> {
    this.assertAlive("data");
    const dense = this.contiguous();
    const data = await this.storage.backend.read(dense);
    if (dense !== this) dense.dispose();
    return data;
  }

  /** `data()` at once. @throws {TensorError} `ERR_BACKEND` on a backend that can only answer asynchronously */
  dataSync(): Float32Array | Int32Array {
    this.assertAlive("dataSync");
    const { backend } = this.storage;
    if (!backend.readSync)
      fail("ERR_BACKEND", `dataSync: backend ${backend.name} needs await data()`);
    const dense = this.contiguous();
    const data = backend.readSync(dense);
    if (dense !== this) dense.dispose();
    return data;
  }

  /** The value of a one-element tensor. @throws {TensorError} `ERR_SHAPE` otherwise */
  async item(): Promise<number> {
    this.assertScalar("item");
    return (await this.data())[0]!;
  }

  /** `item()` at once. */
  itemSync(): number {
    this.assertScalar("itemSync");
    return this.dataSync()[0]!;
  }

  /**
   * Overwrites the elements, row-major, off the tape.
   * @throws {TensorError} `ERR_SHAPE` when the count differs, `ERR_RANGE` for what no int32 holds, `ERR_ARGUMENT`
   */
  set(data: ArrayLike<number>): this {
    this.assertAlive("set");
    assertElements("set", this.dtype, data);
    if (data.length !== this.size)
      fail(
        "ERR_SHAPE",
        `set: ${showShape(this.shape)} takes ${this.size} numbers, got ${data.length}`,
      );
    this.storage.noteWrite();
    if (this.isContiguous) {
      this.storage.backend.upload(this, data);
      return this;
    }
    const dense = allocate("set", this.shape, this.dtype, this.storage.backend);
    this.storage.backend.upload(dense, data);
    this.storage.backend.kernels.copy(this, dense);
    dense.dispose();
    return this;
  }

  /** Gives the memory back (when the last view goes). Safe to call twice. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.storage.release();
    if (this.isLeaf) this.grad?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @throws {TensorError} `ERR_DISPOSED` */
  assertAlive(op: string): void {
    if (this.disposed)
      fail("ERR_DISPOSED", `${op}: tensor ${showShape(this.shape)} was disposed`, { op });
  }

  private assertScalar(op: string): void {
    if (this.size !== 1)
      fail("ERR_SHAPE", `${op}: needs exactly one element, got shape ${showShape(this.shape)}`);
  }
}

function makeUnscoped(make: () => Tensor): Tensor {
  const tensor = make();
  tensor.isKept = true;
  return tensor;
}

/** @throws {TensorError} `ERR_RANGE` unless every element lies in memory of `length` elements */
function assertInside(length: number, shape: Shape, strides: Shape, offset: number): void {
  assertShape("view", shape);
  assertWhole("view", "offset", offset);
  assertWholes("view", "strides", strides, { least: -LARGEST_SIZE });
  if (strides.length !== shape.length)
    fail("ERR_SHAPE", "view: needs one stride for each axis", {
      shape,
      strides,
    });
  let [first, last] = [offset, offset];
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 0) return;
    assertSize("view", "an axis", shape[axis]);
    const reach = (shape[axis]! - 1) * strides[axis]!;
    if (reach < 0) first += reach;
    else last += reach;
  }
  if (first >= 0 && last < length) return;
  fail(
    "ERR_RANGE",
    `view: shape ${showShape(shape)}, strides ${showShape(strides)} and offset ${offset} reach outside ${length} elements`,
    { shape, strides, offset, length },
  );
}

/**
 * A new contiguous tensor with undefined contents.
 * @throws {TensorError} `ERR_SHAPE` for what is not a shape, `ERR_MEMORY`, `ERR_ABORTED` as `abortable` says
 */
export function allocate(
  op: string,
  shape: Shape,
  dtype: DType = "float32",
  backend = getBackend(),
): Tensor {
  assertNotAborted(op);
  assertShape(op, shape);
  const storage = new Storage(backend, bytesFor(sizeOf(shape)), op, inScope());
  return new Tensor(storage, shape, contiguousStrides(shape), 0, dtype);
}
