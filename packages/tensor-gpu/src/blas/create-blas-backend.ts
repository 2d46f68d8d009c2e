import type { Backend } from "../backend/backend";
import type { CompactKernels } from "../backend/compact-kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { environmentVariable, platformName } from "../host";
import { assertNumber } from "../tensor/sizes";
import { assembleKernels } from "../wasm/assemble-kernels";
import { backendOnRuntime } from "../wasm/backend";
import { batchNormShortcuts } from "../wasm/kernels/batch-norm";
import { pageShortcuts } from "../wasm/kernels/pages";
import { createWasmRuntime } from "../wasm/runtime";
import { blasKernels } from "./blas-kernels";
import { createFewRows } from "./few-rows";
import { blasLinears } from "./linears";
import { loadKoffi } from "./load-koffi";
import { openBlas } from "./open-blas";

export interface BlasOptions {
  /** Threads for large kernels and for the library. Default as of `createWasmBackend`. */
  readonly threads?: number | undefined;
  /** File name or path of the BLAS library. Default: `DEEPGRAIN_BLAS`, else the platform's usual places. */
  readonly library?: string | undefined;
  /** Limit of the memory in bytes. Default and maximum: 4 GiB minus 64 KiB. */
  readonly maximumBytes?: number | undefined;
  /**
   * Multiply-adds (rows · columns · depth) from which a product goes to the library, 1 or less for all. Default: where
   * OpenBLAS was measured to be faster, which depends on the shape, on the batch and on `threads`.
   */
  readonly minimumWork?: number | undefined;
}

/** Rows of x up to which whole numbers are faster than widening a weight for the library. */
const WHOLE_ROWS = 12;

/** Compact weights of few rows of x by our kernels; the others are widened. */
function fewRowsOnly(compact: CompactKernels): CompactKernels {
  return {
    ...compact,
    dots: (out, x, rows, accumulate) =>
      (rows.format === "bfloat16" || x.shape[0]! <= WHOLE_ROWS) &&
      compact.dots(out, x, rows, accumulate),
  };
}

/** A backend that also reports which library it uses. */
export interface BlasBackend extends Backend {
  readonly library: string;
}

/**
 * The WebAssembly backend with matrix products by a native BLAS library (OpenBLAS, MKL, Accelerate), which works
 * directly on the same memory. Products too small to gain from it stay on WebAssembly. Needs the optional package
 * koffi. The library's number of threads is one for the whole process; Accelerate sets its own.
 *
 * @throws {TensorError} `ERR_BACKEND` when koffi or the library is missing (the message says how to install it),
 *   `ERR_RANGE` for a bad number of threads
 */
export function createBlasBackend(options: BlasOptions = {}): BlasBackend {
  const {
    library: wanted = environmentVariable("DEEPGRAIN_BLAS"),
    minimumWork,
    threads,
    maximumBytes,
    ...rest
  } = optionsOf("createBlasBackend", options);
  refuseUnknown("createBlasBackend", rest);
  const library = openBlas(loadKoffi(), { library: wanted, platform: platformName() });
  if (minimumWork !== undefined) assertNumber("createBlasBackend", "minimumWork", minimumWork);
  const runtime = createWasmRuntime({ threads, maximumBytes });
  const wasm = assembleKernels(runtime.launcher);
  const kernels = { ...wasm, ...blasKernels(runtime, library, wasm, minimumWork) };
  // Convolutions are left to columns and the library's products, which are faster.
  const { launcher } = runtime;
  const shortcuts = {
    ...batchNormShortcuts(launcher),
    ...pageShortcuts(launcher),
    ...blasLinears(launcher, createFewRows(runtime, library, wasm.copy, minimumWork)),
  };
  const backend = backendOnRuntime("blas", runtime, kernels, shortcuts);
  const compact = fewRowsOnly(backend.compact!);
  return Object.assign(backend, { library: library.path, compact });
}
