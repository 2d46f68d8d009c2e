import { TensorError } from "../errors";
import { type Cell, cellSize, LARGEST_EXACT } from "./cell";
import { type Program, sourceOf, type TexelProgram } from "./cell-source";
import type { DeviceArray, GpuKernel, Pending } from "./gpu-js";
import { createKernelCache } from "./kernel-cache";
import type { OpenGpu } from "./open-gpu";
import { readPixels } from "./read-pixels";
import { createTexturePool, type DeviceUsage } from "./texture-pool";

export interface Device {
  /** Four elements a texel (WebGL), or one a cell (WebGPU). */
  readonly isPacked: boolean;
  readonly usage: DeviceUsage;
  /** Compiled kernels. */
  readonly kernelCount: number;
  /** True until a run answers with a promise. */
  readonly canReadSync: boolean;
  /** Puts numbers on the device. */
  pack(values: Float32Array): Cell;
  /** Runs a program for a block of `length` elements. The inputs stay the caller's. */
  run(
    program: Program | TexelProgram,
    inputs: readonly Cell[],
    numbers: readonly number[],
    length: number,
  ): Cell;
  retain(cell: Cell): Cell;
  release(cell: Cell): void;
  /** Elements `start` to `end` − 1. */
  read(cell: Cell, start: number, end: number): Promise<Float32Array>;
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
/** Iterations of one loop; gpu.js wants a bound. */
const LOOP_LIMIT = LARGEST_EXACT;
/** From this size on, making a texture is followed by asking whether there was memory for it. */
const CHECK_FROM_BYTES = 2 ** 20;

const isPromise = <T>(value: Pending<T>): value is Promise<T> =>
  typeof (value as Promise<T> | undefined)?.then === "function";

/** The one place where gpu.js is called: makes kernels, runs them, hands arrays in and out, in the order of calls. */
export function createDevice(opened: OpenGpu, limits: DeviceLimits): Device {
  const { gpu, gl, mode, input } = opened;
  const isPacked = gl !== undefined;
  const pool = createTexturePool(gl);
  const kernels = createKernelCache(limits.kernels);
  let tail: Promise<void> | undefined;
  let failure: unknown;
  let isDisposed = false;

  const assertUsable = () => {
    if (isDisposed)
      throw new TensorError("ERR_BACKEND", "tensor-gpu/gpu: this back end was disposed");
    if (failure) throw failure;
    if (gl?.isContextLost()) throw lostContext(mode);
  };
  /** Does a job now, or after those that still wait for a promise. */
  const submit = (job: () => Pending<void>) => {
    const result = tail ? tail.then(job) : attempt(job);
    if (isPromise(result))
      tail = result.catch((error) => {
        failure ??= wrapped(error, mode);
      });
  };

  const attempt = (job: () => Pending<void>) => {
    try {
      return job();
    } catch (error) {
      throw wrapped(error, mode);
    }
  };

  const assertRoom = (width: number, height: number) => {
    const bytes = width * height * (isPacked ? 16 : 4);
    const { bytes: live, textures } = pool.usage;
    if (live + bytes <= limits.bytes) return;
    throw new TensorError(
      "ERR_MEMORY",
      `tensor-gpu/gpu: ${bytes} bytes more would exceed the limit of ${limits.bytes}; ${textures} textures of ${live} bytes are live`,
      { bytes, live, textures, limit: limits.bytes },
    );
  };
  const checkMemory = (width: number, height: number) => {
    const bytes = width * height * 16;
    if (!gl || bytes < CHECK_FROM_BYTES || gl.getError() !== gl.OUT_OF_MEMORY) return;
    throw new TensorError(
      "ERR_MEMORY",
      `tensor-gpu/gpu: the device has no room for a texture of ${width}×${height} (${bytes} bytes); ${pool.usage.textures} textures of ${pool.usage.bytes} bytes are live`,
      { bytes, live: pool.usage.bytes },
    );
  };

  /** Output textures come from the pool; gpu.js makes one only where none waits. */
  const drawIntoPool = (shortcut: GpuKernel, size: { width: number; height: number }) => {
    const { kernel } = shortcut;
    const make = kernel._setupOutputTexture?.bind(kernel);
    if (!gl || !make) return;
    kernel._setupOutputTexture = () => {
      kernel.texture = pool.take(size.width, size.height) ?? null;
      const isNew = kernel.texture === null;
      gl.bindFramebuffer(gl.FRAMEBUFFER, kernel.framebuffer);
      make();
      if (isNew) checkMemory(size.width, size.height);
    };
  };
  const sizes = new WeakMap<GpuKernel, { width: number; height: number }>();
  const compile = (
    program: Program | TexelProgram,
    types: string[],
    width: number,
    height: number,
  ) => {
    const shortcut = gpu.createKernel(sourceOf(program, isPacked), {
      argumentTypes: types,
      output: [width, height],
      pipeline: true,
      immutable: !isPacked,
      precision: "single",
      tactic: "precision",
      dynamicOutput: true,
      dynamicArguments: true,
      loopMaxIterations: LOOP_LIMIT,
      ...(isPacked ? { returnType: "Array(4)" } : {}),
    });
    const size = { width, height };
    sizes.set(shortcut, size);
    drawIntoPool(shortcut, size);
    return shortcut;
  };
  /** One call of one kernel. */
  const invoke = (
    program: Program | TexelProgram,
    values: readonly unknown[],
    types: string[],
    { width, height }: Cell,
  ): Pending<DeviceArray> => {
    const shortcut = kernels.get(program.key, () => compile(program, types, width, height));
    Object.assign(sizes.get(shortcut)!, { width, height });
    shortcut.setOutput([width, height]);
    const result = shortcut(...values);
    const { kernel } = shortcut;
    if (gl && kernel.context !== gl)
      throw new TensorError("ERR_BACKEND", "tensor-gpu/gpu: gpu.js left the graphics processor");
    if (isPacked) kernel.texture = null; // the tensor's from now on
    return result;
  };
  const settle = (cell: Cell, result: Pending<DeviceArray>): Pending<void> => {
    const arrived = (array: DeviceArray) => {
      cell.array = array;
      if (cell.references === 0) pool.give(array, cell.width, cell.height);
    };
    return isPromise(result) ? result.then(arrived) : arrived(result);
  };
  const newCell = (length: number): Cell => {
    assertUsable();
    const [width, height] = cellSize(isPacked ? Math.ceil(length / 4) : length);
    assertRoom(width, height);
    pool.count(width, height);
    return { width, height, array: undefined, references: 1 };
  };
  const retain = (cell: Cell) => {
    cell.references++;
    return cell;
  };
  const release = (cell: Cell) => {
    if (--cell.references > 0 || cell.array === undefined || isDisposed) return;
    pool.give(cell.array, cell.width, cell.height);
  };
  /** The cell's numbers from the texel of `start` to that of `end`, and where `start` is among them. */
  const fetchRange = (cell: Cell, start: number, end: number): Pending<Float32Array> => {
    assertUsable();
    if (gl) return readPixels(gl, cell, start, end);
    const rows = cell.array!.toArray() as Pending<Float32Array[]>;
    const flatten = (all: Float32Array[]) => {
      const out = new Float32Array(end - start);
      for (let i = start; i < end; i++)
        out[i - start] = all[Math.floor(i / cell.width)]![i % cell.width]!;
      return out;
    };
    return isPromise(rows) ? rows.then(flatten) : flatten(rows);
  };

  return {
    isPacked,
    usage: pool.usage,
    get kernelCount() {
      return kernels.size;
    },
    get canReadSync() {
      return isPacked && tail === undefined;
    },
    pack(values) {
      const cell = newCell(values.length);
      const length = cell.width * cell.height * (isPacked ? 4 : 1);
      const padded = new Float32Array(length);
      padded.set(values);
      submit(() =>
        settle(
          cell,
          invoke(isPacked ? PACK : PACK_SCALARS, [input(padded, [length])], ["Input"], cell),
        ),
      );
      return cell;
    },
    run(program, inputs, numbers, length) {
      const cell = newCell(length);
      for (const one of inputs) retain(one);
      const types = [
        ...inputs.map(() => (isPacked ? "ArrayTexture(4)" : "WebGPUBuffer")),
        ...numbers.map(() => "Float"),
      ];
      submit(() => {
        const arrays = inputs.map(({ array }) => array);
        const result = settle(cell, invoke(program, [...arrays, ...numbers], types, cell));
        for (const one of inputs) release(one);
        return result;
      });
      return cell;
    },
    retain,
    release,
    async read(cell, start, end) {
      retain(cell);
      await tail;
      const numbers = await fetchRange(cell, start, end);
      release(cell);
      return numbers;
    },
    readSync(cell, start, end) {
      return fetchRange(cell, start, end) as Float32Array;
    },
    async dispose() {
      await tail;
      pool.clear();
      kernels.clear();
      isDisposed = true;
      await gpu.destroy();
    },
  };
}

const lostContext = (mode: string) =>
  new TensorError(
    "ERR_BACKEND",
    "tensor-gpu/gpu: the graphics context was lost and its tensors with it; make a new back end with `await useGPU()` " +
      'and load the parameters again, or go on with setBackend("wasm")',
    { mode, isContextLost: true },
  );

function wrapped(error: unknown, mode: string): unknown {
  if (TensorError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TensorError(
    "ERR_BACKEND",
    `tensor-gpu/gpu: a kernel failed in mode ${mode}: ${message}`,
    { mode },
    error,
  );
}
