import { availableParallelism } from "node:os";
import {
  type Backend,
  createBlasBackend,
  createJsBackend,
  createWasmBackend,
  TensorError,
} from "@deepgrain/tensor-gpu";

export const backendNames = ["wasm", "wasm-plain", "blas", "js"] as const;

export type BackendName = (typeof backendNames)[number];

/** A back end of this machine, or why there is none. */
export interface FoundBackend {
  name: BackendName;
  isAvailable: boolean;
  /** What it runs on, or what is missing and how to install it. */
  detail: string;
  /** Most threads it makes use of. */
  threads: number;
  create(threads: number): Backend;
}

/** How many threads are tried when nothing is said. */
export const defaultThreads = (): number => Math.min(availableParallelism(), 4);

interface Kind {
  isThreaded: boolean;
  create(threads: number): Backend;
  describe(backend: Backend): string;
}

const wasm = (relaxed: boolean): Kind => ({
  isThreaded: relaxed,
  create: (threads) => createWasmBackend(relaxed ? { threads } : { threads, relaxed }),
  describe: (backend) =>
    "relaxed" in backend && backend.relaxed
      ? "WebAssembly, relaxed SIMD (fused multiply-add)"
      : "WebAssembly, plain SIMD",
});

const kinds: Record<BackendName, Kind> = {
  wasm: wasm(true),
  "wasm-plain": wasm(false),
  blas: {
    isThreaded: true,
    create: (threads) => createBlasBackend({ threads }),
    describe: (backend) =>
      `WebAssembly, matrix products by ${"library" in backend ? backend.library : "a native library"}`,
  },
  js: { isThreaded: false, create: () => createJsBackend(), describe: () => "plain loops" },
};

/** Tries each back end on one thread, then lets go of it. */
export async function findBackends(
  names: readonly BackendName[],
  threads: number,
): Promise<FoundBackend[]> {
  const found: FoundBackend[] = [];
  for (const name of names) {
    const { isThreaded, create, describe } = kinds[name];
    const common = { name, threads: isThreaded ? threads : 1, create };
    try {
      const backend = create(1);
      found.push({ ...common, isAvailable: true, detail: describe(backend) });
      await backend.dispose();
    } catch (error) {
      if (!TensorError.isInstance(error)) throw error;
      found.push({ ...common, isAvailable: false, detail: error.message });
    }
  }
  return found;
}
