import { type Backend, setBackend, Tensor, tensor, tidy, zeros } from "../../src";
import { isCompact } from "../../src/backend/view";
import { MapPlan, sizeOf, TensorPlan } from "./plans";

const GUARD = 0x5a5a5a5a;
const GUARD_ELEMENTS = 16;
/** Sizes of blocks that are freed between guards before a case: operands and temporaries then lie in these holes. */
const HOLES = [1, 4, 12, 32, 64, 256, 1024];

/** Tensors around the operands that no operator may touch, and the operands themselves. */
export interface Surroundings {
  /** The arguments as tensors on the backend. */
  args: unknown[];
  leaves: Tensor[];
  /** The memory that was touched, in words; undefined when nothing was. */
  damage(): Promise<string | undefined>;
  dispose(): void;
}

/** A tensor whose elements lie in memory as the plan says. */
function lay({ shape, dtype, values, layout }: TensorPlan, owners: Tensor[]): Tensor {
  if (isCompact(dtype) && values.length > 0 && shape.length > 0)
    return tidy(() => tensor(Float64Array.from(values), { shape }).to({ dtype }));
  const own = (made: Tensor) => {
    owners.push(made);
    return made;
  };
  const [last] = shape.slice(-1);
  if (layout === "transposed" && shape.length >= 2) {
    const [rows, columns] = [sizeOf(shape.slice(0, -1)), last!];
    const turned = Array.from(
      { length: values.length },
      (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!,
    );
    const base = own(tensor(Float64Array.from(turned), { shape: [columns, rows], dtype }));
    const lead = shape.slice(0, -1).map((_, axis) => sizeOf(shape.slice(axis + 1, -1)));
    return base.view(shape, [...lead, rows], 0);
  }
  if (layout === "offset") {
    const base = own(tensor(Float64Array.from([9, 9, 9, ...values, 9]), { dtype }));
    return base.view(shape, strides(shape), 3);
  }
  if (layout === "spread") {
    const wide = values.flatMap((value) => [value, 9]);
    const base = own(tensor(Float64Array.from(wide), { dtype }));
    return base.view(
      shape,
      strides(shape).map((stride) => 2 * stride),
      0,
    );
  }
  if (layout === "repeated" && shape.length > 0) {
    const base = own(tensor(Float64Array.from([values[0] ?? 1]), { dtype }));
    return base.view(
      shape,
      shape.map(() => 0),
      0,
    );
  }
  return tensor(Float64Array.from(values), { shape, dtype: isCompact(dtype) ? "float32" : dtype });
}

const strides = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** The part of a tensor's memory that is not the tensor: the gaps of a view, which nobody may write. */
async function gapsOf(
  { shape, strides: steps, offset }: Tensor,
  base: Tensor,
): Promise<Float32Array | Int32Array> {
  const all = await numbersOf(base);
  const own = new Set<number>();
  for (let i = 0; i < sizeOf(shape); i++) {
    const at = strides(shape).map((step, axis) => Math.floor(i / step) % shape[axis]!);
    own.add(at.reduce((sum, index, axis) => sum + index * steps[axis]!, offset));
  }
  return all.filter((_, place) => !own.has(place));
}

const numbersOf = async (x: Tensor): Promise<Float32Array | Int32Array> => (await x.data()).slice();

const sameBits = (a: ArrayBufferView, b: ArrayBufferView): boolean => {
  const [x, y] = [a, b].map((v) => new Int32Array(v.buffer, v.byteOffset, v.byteLength / 4));
  return x!.length === y!.length && x!.every((word, i) => word === y![i]);
};

/** Makes the tensors of a case on `backend`, each between guards. @param elsewhere for tensors that live on another */
export async function realise(
  plans: readonly unknown[],
  backend: Backend,
  elsewhere: Backend,
): Promise<Surroundings> {
  const owners: Tensor[] = [];
  const guards: Tensor[] = [];
  const watched: { x: Tensor; read: () => Promise<ArrayBufferView> }[] = [];
  const made = new Map<TensorPlan, Tensor>();
  const leaves: Tensor[] = [];
  const guard = () => {
    guards.push(tensor(new Int32Array(GUARD_ELEMENTS).fill(GUARD)));
  };
  const watch = (x: Tensor, read: () => Promise<ArrayBufferView>) => watched.push({ x, read });
  const readAlive = () =>
    Promise.all(watched.map(({ x, read }) => (x.isDisposed ? undefined : read())));
  const make = (plan: TensorPlan): Tensor => {
    const same = made.get(plan);
    if (same) return same; // one tensor for two arguments
    const before = owners.length;
    setBackend(plan.state === "elsewhere" ? elsewhere : backend);
    const x = lay(plan, owners);
    setBackend(backend);
    guard();
    const base = owners[before];
    owners.push(x);
    made.set(plan, x);
    if (plan.requiresGrad && plan.dtype === "float32" && plan.state === "alive") {
      x.requireGrad();
      leaves.push(x);
    }
    if (plan.state === "disposed") x.dispose();
    else if (!plan.isWritten) watch(x, () => numbersOf(x));
    else if (base) watch(base, () => gapsOf(x, base));
    return x;
  };
  const realised = (value: unknown): unknown => {
    if (value instanceof TensorPlan) return make(value);
    if (value instanceof MapPlan)
      return new Map(value.entries.map(([key, item]) => [key, realised(item)]));
    if (Array.isArray(value)) return value.map(realised);
    if (
      typeof value === "object" &&
      value !== null &&
      Object.getPrototypeOf(value) === Object.prototype
    )
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, realised(item)]));
    return value;
  };
  setBackend(backend);
  const holes = HOLES.map((size) => {
    guard();
    return zeros([size]);
  });
  guard();
  for (const hole of holes) hole.dispose();
  const args = plans.map(realised);
  for (let i = 0; i < 4; i++) guard();
  const before = await readAlive();
  return {
    args,
    leaves,
    async damage() {
      const found = await Promise.all(guards.map((one) => one.data()));
      const at = found.findIndex((words) => words.some((word) => word !== GUARD));
      if (at >= 0) return `guard ${at} was overwritten`;
      const after = await readAlive();
      const changed = after.findIndex((now, i) => now && !sameBits(now, before[i]!));
      return changed >= 0 ? `operand ${changed} was changed` : undefined;
    },
    dispose() {
      for (const one of [...owners, ...guards]) one.dispose();
    },
  };
}

/** All tensors in a result, wherever they stand. */
export function tensorsIn(value: unknown, into: Tensor[] = []): Tensor[] {
  if (value instanceof Tensor) into.push(value);
  else if (Array.isArray(value) || value instanceof Map)
    for (const item of value.values()) tensorsIn(item, into);
  else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value))
    for (const item of Object.values(value)) tensorsIn(item, into);
  return into;
}
