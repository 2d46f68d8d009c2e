/** @file The backends by name, and the choice of the one on which new tensors are made. */
import { assertBackend } from "./backend/assert-backend";
import type { Backend } from "./backend/backend";
import { provideDefaultBackend, setCurrentBackend } from "./backend/current";
import { TensorError } from "./errors";
import { environmentVariable } from "./host";
import { createWasmBackend } from "./wasm";
import { hasSimd } from "./wasm/module";

/** Advice for a backend name that nothing is registered for. */
const advice = {
  wasm: "",
  js: "bundles for browsers have js only by setBackend(createJsBackend())",
  blas: "the blas backend needs Node",
  gpu: "await useGPU() first",
  webgpu: "await useWebGpu() first",
};

const makers = new Map<string, () => Backend>([["wasm", () => createWasmBackend()]]);

const made = new Map<string, Backend>();

/** Lets `setBackend` know a backend by name. */
export function provideBackend(name: string, make: () => Backend): void {
  makers.set(name, make);
}

/** @throws {TensorError} `ERR_BACKEND` for a name that nothing stands for, with what to do */
function makeBackend(name: string): Backend {
  const make = makers.get(name);
  if (make) return make();
  const problem = Object.hasOwn(advice, name)
    ? advice[name as keyof typeof advice]
    : `unknown backend "${name}", expected one of ${Object.keys(advice).join(", ")}`;
  throw new TensorError("ERR_BACKEND", `tensor-gpu/setBackend: ${problem}`, {
    fields: { backend: name },
  });
}

/**
 * Makes `backend` the home of new tensors: `"wasm"` (the default wherever WebAssembly SIMD exists), `"js"` (plain loops,
 * for reference), `"blas"` (matrix products by a native library, see `createBlasBackend`), `"gpu"` and `"webgpu"`
 * (those that `useGPU` and `useWebGpu` opened last), or a `Backend` made by hand. Existing tensors stay where they are. In a
 * bundle for browsers `"js"` is an error that asks for `setBackend(createJsBackend())`, so that other bundles do not hold it.
 *
 * @returns the backend now in use
 * @throws {TensorError} `ERR_BACKEND` for an unknown name, and for one that cannot run here; `ERR_ARGUMENT`
 */
export function setBackend(backend: string | Backend): Backend {
  if (typeof backend !== "string") {
    assertBackend("setBackend", backend);
    if (backend.name.endsWith("gpu")) made.set(backend.name, backend);
    setCurrentBackend(backend);
    return backend;
  }
  const found = made.get(backend) ?? makeBackend(backend);
  made.set(backend, found);
  setCurrentBackend(found);
  return found;
}

/**
 * Makes the backend that nobody chose the home of new tensors: the one that `DEEPGRAIN_BACKEND` names, else `wasm`, else
 * `js` where there is no WebAssembly SIMD.
 *
 * @throws {TensorError} as `getBackend`
 */
export function setDefaultBackend(): Backend {
  const name = environmentVariable("DEEPGRAIN_BACKEND");
  return setBackend(name ?? (hasSimd() ? "wasm" : "js"));
}

provideDefaultBackend(setDefaultBackend);
