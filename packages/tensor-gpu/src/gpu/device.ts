import { TensorError } from "../errors";
import type { Cell } from "./cell";
import { type Cells, createCells } from "./counted-cells";
import { explainError, lostContext } from "./device-errors";
import type { Pending } from "./gpu-js";
import { createJobQueue, isPromise, type JobQueue, whenDone } from "./job-queue";
import { createKernelRunner, type KernelRunner } from "./kernel-runner";
import { closeGpu, type OpenGpu } from "./open-gpu";
import type { Program, TexelProgram } from "./program-source";
import { readLater, readPixels, readRows } from "./read-pixels";
import { createTexturePool, type DeviceUsage } from "./texture-pool";

export interface Device {
  /** Four elements per texel (WebGL), or one per cell (WebGPU). */
  readonly isPacked: boolean;
  /** Cells that one program may read. */
  readonly inputLimit: number;
  readonly usage: DeviceUsage;
  /** Compiled kernels. */
  readonly kernelCount: number;
  /** Whether results can be read synchronously: with WebGL, until a kernel returns a promise. */
  readonly canReadSync: boolean;
  /** Puts numbers on the device. */
  pack(values: Float32Array): Cell;
  /** Runs a program for a block of `length` elements. The caller keeps ownership of the inputs and owns the result. */
  run(
    program: Program | TexelProgram,
    inputs: readonly Cell[],
    numbers: readonly number[],
    length: number,
  ): Cell;
  retain(cell: Cell): Cell;
  release(cell: Cell): void;
  /** Elements `start` to `end` − 1, once the device has computed them. */
  read(cell: Cell, start: number, end: number): Promise<Float32Array>;
  /** The same synchronously; waits for the device. Only where `canReadSync`. */
  readSync(cell: Cell, start: number, end: number): Float32Array;
  dispose(): Promise<void>;
}

export interface DeviceLimits {
  /** Compiled kernels that are kept. */
  readonly kernels: number;
  /** Bytes of textures in use beyond which creating another fails. */
  readonly bytes: number;
}

/** WebGPU guarantees eight storage buffers per kernel, and the output is one of them. */
const WEBGPU_INPUTS = 7;

/** WebGL has a texture unit for each input: at least 16 in WebGL 2, 8 in WebGL 1. */
const inputLimitOf = (gl: OpenGpu["gl"]) =>
  gl ? (gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number) : WEBGPU_INPUTS;

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

/** Whether the device can still be used; checked before every operation of a user. */
function createGuard({ mode, gl }: OpenGpu, queue: JobQueue) {
  let isDisposed = false;
  return {
    dispose() {
      isDisposed = true;
    },
    assertUsable() {
      if (isDisposed)
        throw new TensorError("ERR_BACKEND", "tensor-gpu/gpu: this backend was disposed");
      queue.assertNoFailure();
      if (gl?.isContextLost()) throw lostContext(mode);
    },
  };
}

/** Runs programs in the order of calls: a cell receives its result when its program runs. */
function createFiller(runner: KernelRunner, queue: JobQueue, { arrive, retain, release }: Cells) {
  return (
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
    queue.submit((): Pending<void> => {
      try {
        const result = whenDone(runner.invoke(program, values(), types, cell), (array) =>
          arrive(cell, array),
        );
        if (isPromise(result)) return result.finally(releaseInputs);
      } catch (error) {
        releaseInputs();
        throw error;
      }
      releaseInputs();
    });
    return cell;
  };
}

/** Reads of cells, asynchronous or synchronous. */
function createReader({ gl }: OpenGpu, queue: JobQueue, cells: Cells, assertUsable: () => void) {
  return {
    async read(cell: Cell, start: number, end: number) {
      cells.retain(cell);
      try {
        await queue.idle();
        assertUsable();
        if (!gl) return await readRows(cell, start, end);
        const numbers = await readLater(gl, cell, start, end);
        assertUsable();
        return numbers;
      } finally {
        cells.release(cell);
      }
    },
    readSync(cell: Cell, start: number, end: number) {
      assertUsable();
      const numbers = readPixels(gl!, cell, start, end);
      assertUsable();
      return numbers;
    },
  };
}

/** Cells on the device and the programs that compute them, run in the order of calls. */
export function createDevice(opened: OpenGpu, limits: DeviceLimits): Device {
  const { gl, mode, input } = opened;
  const isPacked = gl !== undefined;
  const components = isPacked ? 4 : 1;
  const pool = createTexturePool(gl);
  const cells = createCells(pool, components, limits.bytes);
  const runner = createKernelRunner(opened, pool, limits.kernels);
  const queue = createJobQueue(explainError(mode, gl));
  const guard = createGuard(opened, queue);
  const fill = createFiller(runner, queue, cells);
  const newCell = (length: number) => {
    guard.assertUsable();
    return cells.create(length);
  };
  const arrayType = isPacked ? "ArrayTexture(4)" : "WebGPUBuffer";

  return {
    isPacked,
    inputLimit: inputLimitOf(gl),
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
    retain: cells.retain,
    release: cells.release,
    ...createReader(opened, queue, cells, guard.assertUsable),
    async dispose() {
      await queue.idle();
      guard.dispose();
      cells.close();
      pool.clear();
      runner.clear();
      await closeGpu(opened);
    },
  };
}
