import { TensorError } from "../errors";
import { type Cell, cellSize } from "./cell";
import type { Program, TexelProgram } from "./cell-source";
import { explainError, lostContext } from "./device-errors";
import type { DeviceArray, Pending } from "./gpu-js";
import { createJobQueue, isPromise, whenDone } from "./job-queue";
import { createKernelRunner } from "./kernel-runner";
import type { OpenGpu } from "./open-gpu";
import { readLater, readPixels, readRows } from "./read-pixels";
import { bytesOf, createTexturePool, type DeviceUsage } from "./texture-pool";

export interface Device {
  /** Four elements a texel (WebGL), or one a cell (WebGPU). */
  readonly isPacked: boolean;
  readonly usage: DeviceUsage;
  /** Compiled kernels. */
  readonly kernelCount: number;
  /** Whether results can be read at once: with WebGL, until a kernel answers with a promise. */
  readonly canReadSync: boolean;
  /** Puts numbers on the device. */
  pack(values: Float32Array): Cell;
  /** Runs a program for a block of `length` elements. The inputs stay the caller's, the result is. */
  run(
    program: Program | TexelProgram,
    inputs: readonly Cell[],
    numbers: readonly number[],
    length: number,
  ): Cell;
  retain(cell: Cell): Cell;
  release(cell: Cell): void;
  /** Elements `start` to `end` − 1, when the device has them. */
  read(cell: Cell, start: number, end: number): Promise<Float32Array>;
  /** The same at once; waits for the device. Only where `canReadSync`. */
  readSync(cell: Cell, start: number, end: number): Float32Array;
  dispose(): Promise<void>;
}

export interface DeviceLimits {
  /** Compiled kernels that are kept. */
  readonly kernels: number;
  /** Bytes of textures in use beyond which making one more fails. */
  readonly bytes: number;
}

const PACK: TexelProgram = {
  key: "pack",
  arrays: ["values"],
  numbers: [],
  texelBody:
    "  const p = t * 4;\n  return [values[p], values[p + 1], values[p + 2], values[p + 3]];",
};
const PACK_SCALARS: Program = {
  key: "pack",
  arrays: ["values"],
  numbers: [],
  body: "  value = at(values, e);",
};

/** Cells on the device and the programs that compute them, done in the order of calls. */
export function createDevice(opened: OpenGpu, limits: DeviceLimits): Device {
  const { gpu, gl, mode, input } = opened;
  const isPacked = gl !== undefined;
  const components = isPacked ? 4 : 1;
  const pool = createTexturePool(gl);
  const runner = createKernelRunner(opened, pool, limits.kernels);
  const queue = createJobQueue(explainError(mode, gl));
  const arrayType = isPacked ? "ArrayTexture(4)" : "WebGPUBuffer";
  let isDisposed = false;

  const assertUsable = () => {
    if (isDisposed)
      throw new TensorError("ERR_BACKEND", "tensor-gpu/gpu: this back end was disposed");
    queue.assertNoFailure();
    if (gl?.isContextLost()) throw lostContext(mode);
  };
  const newCell = (length: number): Cell => {
    assertUsable();
    const [width, height] = cellSize(Math.ceil(length / components));
    const bytes = bytesOf(width, height, components);
    const { bytes: live, textures } = pool.usage;
    if (live + bytes > limits.bytes)
      throw new TensorError(
        "ERR_MEMORY",
        `tensor-gpu/gpu: ${bytes} bytes more would exceed the limit of ${limits.bytes}; ${textures} textures of ${live} bytes are live`,
        { bytes, live, textures, limit: limits.bytes },
      );
    return { width, height, array: undefined, references: 1 };
  };
  const release = (cell: Cell) => {
    if (--cell.references > 0 || cell.array === undefined || isDisposed) return;
    pool.give(cell.array, cell.width, cell.height);
  };
  const retain = (cell: Cell) => {
    cell.references++;
    return cell;
  };
  /** Lets a cell have what a program computes, when its turn comes. */
  const fill = (
    cell: Cell,
    program: Program | TexelProgram,
    inputs: readonly Cell[],
    values: () => readonly unknown[],
    types: readonly string[],
  ): Cell => {
    for (const one of inputs) retain(one);
    const releaseInputs = () => {
      for (const one of inputs) release(one);
    };
    const arrived = (array: DeviceArray) => {
      cell.array = array;
      pool.count(cell.width, cell.height);
      if (cell.references === 0) pool.give(array, cell.width, cell.height);
    };
    queue.submit((): Pending<void> => {
      try {
        const result = whenDone(runner.invoke(program, values(), types, cell), arrived);
        if (isPromise(result)) return result.finally(releaseInputs);
      } catch (error) {
        releaseInputs();
        throw error;
      }
      releaseInputs();
    });
    return cell;
  };

  return {
    isPacked,
    usage: pool.usage,
    get kernelCount() {
      return runner.kernelCount;
    },
    get canReadSync() {
      return isPacked && queue.isSynchronous;
    },
    pack(values) {
      const cell = newCell(values.length);
      const padded = new Float32Array(cell.width * cell.height * components);
      padded.set(values);
      const given = [input(padded, [padded.length])];
      return fill(cell, isPacked ? PACK : PACK_SCALARS, [], () => given, ["Input"]);
    },
    run(program, inputs, numbers, length) {
      const types = [...inputs.map(() => arrayType), ...numbers.map(() => "Float")];
      const values = () => [...inputs.map(({ array }) => array), ...numbers];
      return fill(newCell(length), program, inputs, values, types);
    },
    retain,
    release,
    async read(cell, start, end) {
      retain(cell);
      try {
        await queue.idle();
        assertUsable();
        if (!gl) return await readRows(cell, start, end);
        const numbers = await readLater(gl, cell, start, end);
        assertUsable();
        return numbers;
      } finally {
        release(cell);
      }
    },
    readSync(cell, start, end) {
      assertUsable();
      const numbers = readPixels(gl!, cell, start, end);
      assertUsable();
      return numbers;
    },
    async dispose() {
      await queue.idle();
      isDisposed = true;
      pool.clear();
      runner.clear();
      await gpu.destroy();
    },
  };
}
