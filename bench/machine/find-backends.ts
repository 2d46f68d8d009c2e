import {
  type Backend,
  createBlasBackend,
  createGpuBackend,
  createJsBackend,
  createWasmBackend,
  TensorError,
} from "@deepgrain/tensor-gpu";
import type { BackendName } from "./backend-names";

/** A backend of this machine, or why it is not available. */
export interface FoundBackend {
  name: BackendName;
  isAvailable: boolean;
  /** The device that it runs on, or what is missing and how to install it. */
  detail: string;
  /** Whether it can use several threads. */
  isThreaded: boolean;
  create(threads: number): Backend | Promise<Backend>;
}

/** Default number of threads to try: as many as the engine has by itself. */
export async function defaultThreads(): Promise<number> {
  const backend = createWasmBackend();
  const { threads } = backend;
  await backend.dispose();
  return threads;
}

interface Kind {
  isThreaded: boolean;
  create(threads: number): Backend | Promise<Backend>;
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

/** @param allowSoftware also accept a software renderer */
const gpu = (allowSoftware: boolean): Kind => ({
  isThreaded: false,
  create: () => createGpuBackend({ allowSoftware }),
  describe: (backend) =>
    "renderer" in backend && "mode" in backend
      ? `${backend.mode} on ${backend.renderer}`
      : "a graphics processor",
});

const kinds: Record<Exclude<BackendName, "gpu">, Kind> = {
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

/**
 * Tries each backend on one thread, then releases it.
 * @param isAskedFor whether the user named them: only then is a software renderer accepted as a graphics processor
 */
export async function findBackends(
  names: readonly BackendName[],
  isAskedFor: boolean,
): Promise<FoundBackend[]> {
  const found: FoundBackend[] = [];
  for (const name of names) {
    const { isThreaded, create, describe } = name === "gpu" ? gpu(isAskedFor) : kinds[name];
    const common = { name, isThreaded, create };
    try {
      const backend = await create(1);
      found.push({ ...common, isAvailable: true, detail: describe(backend) });
      await backend.dispose();
    } catch (error) {
      if (!TensorError.isInstance(error)) throw error;
      found.push({ ...common, isAvailable: false, detail: error.message });
    }
  }
  return found;
}
