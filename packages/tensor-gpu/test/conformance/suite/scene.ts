import type { Backend } from "../../../src/backend/backend";
import type { Kernels } from "../../../src/backend/kernels";
import type { Shortcuts } from "../../../src/backend/shortcuts";
import type { DType, View } from "../../../src/backend/view";
import { elementOffsets, isContiguous } from "../../../src/js/strides";
import { contiguous, type Layout } from "./layouts";
import { integers, type Random, uniforms } from "./numbers";

const GUARD = 8;
const SENTINEL = 7777;

export interface OperandOptions {
  dtype?: DType;
  layout?: Layout;
  /** In row-major order; random numbers from `low` to `high` when left out. */
  values?: readonly number[];
  low?: number;
  high?: number;
  /** Elements of an output whose value the contract leaves open. */
  isOpen?: (i: number) => boolean;
}

/** A view with guards around it in a block of its own. */
interface Operand {
  view: View;
  role: "input" | "output";
  initial: Float32Array | Int32Array;
  block: View;
  places: Float64Array;
  isOpen: (i: number) => boolean;
}

/** A case's view: kernels, and operands whose numbers depend on the case's name alone. */
export interface Scene {
  kernels: Kernels;
  shortcuts: Partial<Shortcuts>;
  random: Random;
  /** Numbers that the kernels must leave as they are; around them, poison. */
  input(shape: readonly number[], options?: OperandOptions): View;
  /** Numbers to be overwritten, at first poison. */
  output(shape: readonly number[], options?: OperandOptions): View;
  /** Numbers to be read and overwritten. */
  inout(shape: readonly number[], options?: OperandOptions): View;
}

export interface Outcome {
  /** Each output's elements in row-major order, in order of creation; 0 where the contract leaves the value open. */
  outputs: Float64Array[];
  /** Values that were written where nothing may be written. */
  trespasses: string[];
}

const storagesWithNaN = new WeakSet<object>();

/** Whether a view is of an operand that was given a NaN among its numbers. */
export const holdsNaN = ({ storage }: View): boolean => storagesWithNaN.has(storage);

/** Runs `body` on a backend and collects what it wrote. */
export async function play(
  backend: Backend,
  kernels: Kernels,
  random: Random,
  body: (scene: Scene) => void,
): Promise<Outcome> {
  const operands: Operand[] = [];
  const add = (shape: readonly number[], options: OperandOptions, role: Operand["role"]) =>
    placeOperand(backend, operands, shape, options, role);
  const random32 = (shape: readonly number[], options: OperandOptions): OperandOptions => ({
    ...options,
    values: options.values ?? drawValues(random, shape, options),
  });
  body({
    kernels,
    shortcuts: backend.shortcuts ?? {},
    random,
    input: (shape, options = {}) => add(shape, random32(shape, options), "input"),
    output: (shape, options = {}) => add(shape, options, "output"),
    inout: (shape, options = {}) => add(shape, random32(shape, options), "output"),
  });
  const outcome: Outcome = { outputs: [], trespasses: [] };
  for (const operand of operands) {
    await collect(backend, operand, outcome);
    backend.free(operand.block.storage.handle, operand.block.size * 4);
  }
  return outcome;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function drawValues(random: Random, shape: readonly number[], options: OperandOptions): number[] {
  const { dtype = "float32", low = dtype === "bool" ? 0 : -2, high = 2 } = options;
  const draw = dtype === "float32" ? uniforms : integers;
  return draw(random, sizeOf(shape), low, high);
}

function placeOperand(
  backend: Backend,
  operands: Operand[],
  shape: readonly number[],
  { dtype = "float32", layout = contiguous, values, isOpen = isNever }: OperandOptions,
  role: Operand["role"],
): View {
  const strides = layout(shape);
  const size = sizeOf(shape);
  const ends = shape.map((n, axis) => (size === 0 ? 0 : strides[axis]! * (n - 1)));
  const before = ends.reduce((sum, end) => sum + Math.min(end, 0), 0);
  const after = ends.reduce((sum, end) => sum + Math.max(end, 0), 0);
  const offset = GUARD + (operands.length % 4) - before; // not always on a 16-byte border
  const length = offset + after + 1 + GUARD;
  const storage = { handle: backend.allocate(length * 4) };
  const raw = dtype === "bool" ? "int32" : dtype; // bool blocks hold sentinels too
  const whole = {
    storage,
    dtype: raw,
    offset: 0,
    shape: [length],
    strides: [1],
    size: length,
  } as const;
  const view = { storage, dtype, offset, shape, strides, size };
  if (role === "input" && values?.some(Number.isNaN)) storagesWithNaN.add(storage);
  const places = placesOf(view);
  const poison = role === "input" && dtype === "float32" ? Number.NaN : SENTINEL;
  const initial = (dtype === "float32" ? new Float32Array(length) : new Int32Array(length)).fill(
    poison,
  );
  if (values === undefined) for (const place of places) initial[place] = -SENTINEL;
  else if (isContiguous(view)) initial.set(values, offset);
  else for (let i = 0; i < size; i++) initial[places[i]!] = values[i]!;
  // A copy goes up: what a backend does with the array is its own business.
  backend.upload(whole, initial.slice());
  operands.push({ view, role, initial, block: whole, places, isOpen });
  return view;
}

const isNever = () => false;

function placesOf(view: View): Float64Array {
  if (!isContiguous(view)) return elementOffsets(view);
  const places = new Float64Array(view.size);
  for (let i = 0; i < view.size; i++) places[i] = view.offset + i;
  return places;
}

async function collect(backend: Backend, operand: Operand, outcome: Outcome): Promise<void> {
  const { role, view, initial, block, places, isOpen } = operand;
  const final = await backend.read(block);
  if (role === "output") {
    const values = new Float64Array(places.length);
    for (let i = 0; i < values.length; i++) values[i] = isOpen(i) ? 0 : final[places[i]!]!;
    outcome.outputs.push(values);
    for (const place of places) initial[place] = final[place]!; // these it may change
  }
  for (let i = 0; i < final.length; i++)
    if (final[i] !== initial[i] && !Object.is(final[i], initial[i]))
      outcome.trespasses.push(
        `${role} of shape [${view.shape}]: ${initial[i]} became ${final[i]} at ${i - view.offset} elements from its start`,
      );
}
