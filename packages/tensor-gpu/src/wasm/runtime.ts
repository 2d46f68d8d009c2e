import { fail, refuseUnknown } from "../errors";
import { canShareMemory, later, nodeMajor } from "../host";
import { assertWhole, showValue } from "../tensor/sizes";
import { createLauncher } from "./create-launcher";
import type { Launcher, ProductChoices } from "./launcher";
import { MAXIMUM_PAGES, PAGE_BYTES, SCRATCH_ADDRESS } from "./layout";
import { createHeap, type Heap } from "./linear-heap";
import { createLinearMemory, type LinearMemory } from "./memory";
import { hasRelaxedSimd } from "./module";
import { createPools } from "./pools";
import { type Compilation, createPrograms, firstModule } from "./programs";
import { createRecorder, type Recorder } from "./recorder";
import { assertThreads, usualThreads } from "./usual-threads";
import { isModule } from "./web-assembly";

export interface WasmOptions {
  /**
   * Threads for large kernels, the caller's included, 1 to 64. Default: `DEEPGRAIN_THREADS` of the environment, else the number
   * of processors, at most 8 and as many as `maximumBytes` has room for; 1 without shared memory.
   */
  readonly threads?: number | undefined;
  /** Fused multiply-add. Default: wherever it can be compiled. */
  readonly relaxed?: boolean | undefined;
  /** Bitwise identical results on every machine: uses the build without fused multiply-add. Default false. */
  readonly deterministic?: boolean | undefined;
  /** A memory that threads share. Default: when there is more than one thread and the runtime allows it. */
  readonly shared?: boolean | undefined;
  /** Limit of the memory in bytes, at least 128 KiB and 5 MiB per thread. Default and maximum: 4 GiB minus 64 KiB. */
  readonly maximumBytes?: number | undefined;
  /**
   * The `WebAssembly.Module` of `@deepgrain/tensor-gpu/kernels.wasm`, for runtimes that compile no bytes but load such files,
   * as Cloudflare Workers do. It has no fused multiply-add and one thread. Default: kernels that the package holds.
   */
  readonly module?: object | undefined;
}

export interface RuntimeOptions extends WasmOptions {
  /** How long to wait for a helper's last chunk, in milliseconds, before the helper counts as lost. Default 10 000. */
  readonly patienceMs?: number | undefined;
}

/** Memory, heap and threads: the basis of kernel wrappers and the backend. */
export interface WasmRuntime {
  /** The caller's thread and the helpers; fewer once helpers have failed. */
  readonly threads: number;
  readonly relaxed: boolean;
  readonly shared: boolean;
  readonly linear: LinearMemory;
  readonly heap: Heap;
  readonly recorder: Recorder;
  readonly launcher: Launcher;
  /** Starts the helper threads if they have not been started, and returns how many are running. */
  helpersReady(): number;
  /** Starts them and waits until each is running or has failed. */
  awaitHelpers(): Promise<void>;
  dispose(): Promise<void>;
}

/** An upper bound on the size of a thread's work area. */
const WORK_AREA_BYTES = 5 * 2 ** 20;

interface Settings extends Compilation {
  readonly threads: number;
  readonly maximumBytes: number;
}

/** The usual number of threads, or as many as the memory has work areas for. */
function fittingThreads(maximumBytes: number): number {
  const areas = Math.trunc((maximumBytes - SCRATCH_ADDRESS) / WORK_AREA_BYTES);
  return Math.max(1, Math.min(usualThreads(), areas)) || 1;
}

function settle(
  where: string,
  {
    module,
    maximumBytes = MAXIMUM_PAGES * PAGE_BYTES,
    threads = nodeMajor() > 0 || canShareMemory() ? fittingThreads(maximumBytes) : 1,
    shared = threads > 1,
    relaxed = true,
    deterministic = false,
    ...rest
  }: WasmOptions,
): Settings {
  refuseUnknown(where, rest);
  if (module !== undefined && !isModule(module))
    fail(
      "ERR_ARGUMENT",
      `tensor-gpu/createWasmBackend: module must be a WebAssembly.Module, got ${showValue(module)}`,
    );
  assertThreads("wasm: threads", threads);
  const canShare = shared && canShareMemory() && !module;
  const least = SCRATCH_ADDRESS + threads * WORK_AREA_BYTES;
  assertWhole("createWasmBackend", "maximumBytes", maximumBytes, {
    least,
    most: Number.MAX_SAFE_INTEGER,
  });
  const wantsRelaxed = relaxed && !deterministic && !module;
  return {
    threads: canShare ? threads : 1,
    shared: canShare,
    relaxed: wantsRelaxed && hasRelaxedSimd(),
    maximumBytes,
    module,
  };
}

const choicesOf = (exports: Record<string, unknown>) => {
  const { packsB, operandOf } = exports as unknown as ProductChoices;
  return { packsB, operandOf };
};

/**
 * Compiles the kernels, lays out the memory and prepares (but does not start) the threads.
 *
 * @throws {TensorError} `ERR_BACKEND` as `compilePart`, `ERR_RANGE` for a bad option, `ERR_MEMORY` when no memory can be reserved
 */
export function createWasmRuntime(
  options: RuntimeOptions = {},
  where = "createWasmBackend",
): WasmRuntime {
  const { patienceMs, ...wanted } = options;
  const { threads, maximumBytes, ...compilation } = settle(where, wanted);
  const { relaxed, shared } = compilation;
  const first = firstModule(compilation);
  const work = 16 * 2 ** 20;
  const linear = createLinearMemory({
    initialBytes: Math.min(maximumBytes, SCRATCH_ADDRESS + threads * WORK_AREA_BYTES + work),
    maximumBytes,
    shared,
  });
  const { memory } = linear;
  const programs = createPrograms(first, memory, SCRATCH_ADDRESS, compilation);
  const scratchBytes = (programs.exports.scratchBytes as () => number)();
  const scratch = Array.from({ length: threads }, (_, i) => SCRATCH_ADDRESS + i * scratchBytes);
  const recorder = createRecorder(
    linear,
    createHeap(linear, SCRATCH_ADDRESS + threads * scratchBytes),
  );
  const pools = createPools(programs, memory, scratch.slice(1), patienceMs);
  const launcher = createLauncher(linear, recorder, {
    programs,
    threads,
    choices: choicesOf(programs.exports),
    get pool() {
      return pools.pool;
    },
    need(part) {
      if (programs.add(part)) pools.renew();
    },
  });
  return {
    get threads() {
      return 1 + (pools.pool?.helpers ?? 0);
    },
    relaxed,
    shared,
    linear,
    heap: recorder.heap,
    recorder,
    launcher,
    helpersReady: () => pools.pool?.ready() ?? 0,
    async awaitHelpers() {
      while (pools.pool && pools.pool.ready() < pools.pool.helpers)
        await new Promise<void>((go) => later(go, 1));
    },
    async dispose() {
      await pools.pool?.dispose();
    },
  };
}
