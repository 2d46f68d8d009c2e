import { TensorError } from "../errors";
import { blasOnPlatform } from "./library-names";
import type { Koffi, KoffiLibrary } from "./load-koffi";
import { withShortWaits } from "./with-short-waits";

type Native = (...values: unknown[]) => unknown;

/** The routines of a BLAS library in use, with 32-bit integers for sizes. */
export interface BlasLibrary {
  /** The name under which it was loaded. */
  readonly path: string;
  readonly sgemm: Native;
  /** Present in MKL, and in OpenBLAS from 0.3.30 on. */
  readonly sgemmBatchStrided: Native | undefined;
  /** Whether small products, by kernels for their processor, pack nothing. */
  readonly hasDirectKernels: boolean;
  /** Does nothing where the library has no such call, as in Accelerate. */
  setThreads(threads: number): void;
}

const MATRIX = ["void *", "int"];
const HEAD = ["int", "int", "int", "int", "int", "int", "float"];
const SGEMM = [...HEAD, ...MATRIX, ...MATRIX, "float", ...MATRIX];
const STRIDED = ["void *", "int", "int"];
const SGEMM_BATCH = [...HEAD, ...STRIDED, ...STRIDED, "float", ...STRIDED, "int"];

/** A function of the library or of one that it depends on; undefined if there is none with this name. */
function symbol(library: KoffiLibrary, name: string, parameters: string[], result = "void") {
  try {
    return library.func(name, result, parameters);
  } catch {
    return undefined;
  }
}

/**
 * The number of threads is one for the whole process, so it is only set when it changes. OpenMP builds of OpenBLAS
 * use OpenMP's number instead of their own.
 */
function threadSetter(library: KoffiLibrary): (threads: number) => void {
  const setters = ["openblas_set_num_threads", "omp_set_num_threads", "MKL_Set_Num_Threads"].map(
    (name) => symbol(library, name, ["int"]),
  );
  let last = 0;
  return (threads) => {
    if (threads === last) return;
    last = threads;
    for (const set of setters) set?.(threads);
  };
}

/** Cores for which OpenBLAS has kernels that read small matrices in place; all have vectors of 16 floats. */
const DIRECT_CORES = ["skylakex", "cooperlake", "sapphirerapids"];
/** The patch level of OpenBLAS 0.3 that brought them. */
const DIRECT_SINCE = 18;

function hasDirectKernels(library: KoffiLibrary): boolean {
  const core = symbol(library, "openblas_get_corename", [], "str")?.();
  const config = symbol(library, "openblas_get_config", [], "str")?.(); // "OpenBLAS 0.3.29 …"
  const [, major, minor, patch] = /OpenBLAS (\d+)\.(\d+)\.(\d+)/.exec(String(config)) ?? [];
  const version = (Number(major) * 1000 + Number(minor)) * 1000 + Number(patch);
  return DIRECT_CORES.includes(String(core).toLowerCase()) && version >= 3000 + DIRECT_SINCE;
}

const LOAD_NOW = 2;

/**
 * Opens the library a second time, so that it stays loaded when koffi closes it at the end of the process. Its
 * threads may still be waiting for work then, and would continue in unloaded code.
 */
function keepLoaded(
  koffi: Pick<Koffi, "load">,
  library: KoffiLibrary,
  path: string,
  platform: string,
): void {
  if (platform === "win32") {
    symbol(koffi.load("kernel32.dll"), "LoadLibraryA", ["str"], "void *")?.(path);
  } else {
    symbol(library, "dlopen", ["str", "int"], "void *")?.(path, LOAD_NOW);
  }
}

function bind(library: KoffiLibrary, path: string): BlasLibrary | undefined {
  const sgemm = symbol(library, "cblas_sgemm", SGEMM);
  if (!sgemm) return undefined;
  return {
    path,
    sgemm,
    sgemmBatchStrided: symbol(library, "cblas_sgemm_batch_strided", SGEMM_BATCH),
    hasDirectKernels: hasDirectKernels(library),
    setThreads: threadSetter(library),
  };
}

const opened = new Map<string, BlasLibrary>();

/**
 * Opens the first BLAS library that loads and has `cblas_sgemm`. If a library is named, only that one is tried.
 *
 * @param options.library file name or path; default: the platform's usual names in order
 * @param options.platform as `process.platform` has it
 * @throws {TensorError} `ERR_BACKEND` when there is none, with the names that were tried and how to install one
 */
export function openBlas(
  koffi: Pick<Koffi, "load">,
  { library, platform }: { library: string | undefined; platform: string },
): BlasLibrary {
  const { names, install } = blasOnPlatform(platform);
  const tried = library === undefined ? names : [library];
  const reasons: string[] = [];
  for (const path of tried) {
    const known = opened.get(path);
    if (known) return known;
    try {
      const native = withShortWaits(() => koffi.load(path));
      const found = bind(native, path);
      if (found) {
        keepLoaded(koffi, native, path, platform);
        opened.set(path, found);
        return found;
      }
      reasons.push(`${path}: no cblas_sgemm in it`);
    } catch (error) {
      reasons.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const advice =
    `Install OpenBLAS with ${install}` +
    `${library === undefined ? ", or name the library's file in DEEPGRAIN_BLAS" : ""}.`;
  throw new TensorError(
    "ERR_BACKEND",
    `tensor-gpu/blas: no BLAS library could be loaded (tried ${tried.join(", ")}). ${advice}`,
    { fields: { tried, reasons } },
  );
}
