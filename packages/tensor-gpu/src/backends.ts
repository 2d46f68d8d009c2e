/** @file The backends by name, and the choice of the one on which new tensors are made. */
import { assertBackend } from "./backend/assert-backend";
import type { Backend } from "./backend/backend";
import { provideDefaultBackend, setCurrentBackend } from "./backend/current";
import { createBlasBackend } from "./blas";
import { TensorError } from "./errors";
import { environmentVariable } from "./host";
import { createJsBackend } from "./js";
import { createWasmBackend } from "./wasm";
import { webAssembly } from "./wasm/web-assembly";

const makers: Record<string, () => Backend> = {
  wasm: () => createWasmBackend(),
  js: () => createJsBackend(),
  blas: () => createBlasBackend(),
  gpu: () => {
    throw new TensorError(
      "ERR_BACKEND",
      "tensor-gpu/setBackend: a GPU opens asynchronously; call `await useGPU()` first, after which the name gpu stands for it",
      { fields: { backend: "gpu" } },
    );
  },
};

const made = new Map<string, Backend>();

function supportsSimd(): boolean {
  // A module with one function that makes a 128-bit constant and drops it.
  const probe = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26,
    11,
  ];
  return webAssembly?.validate(new Uint8Array(probe)) ?? false;
}

/**
 * Makes `backend` the home of new tensors: `"wasm"` (the default wherever WebAssembly SIMD exists), `"js"` (plain loops,
 * for reference), `"blas"` (matrix products by a native library, see `createBlasBackend`), `"gpu"` (the one that `useGPU`
 * opened last), or a `Backend` made by hand. Existing tensors stay where they are.
 *
 * @returns the backend now in use
 * @throws {TensorError} `ERR_BACKEND` for an unknown name, and for one that cannot run here; `ERR_ARGUMENT`
 */
export function setBackend(backend: string | Backend): Backend {
  if (typeof backend !== "string") {
    assertBackend("setBackend", backend);
    if (backend.name === "gpu") made.set("gpu", backend);
    setCurrentBackend(backend);
    return backend;
  }
  const make = Object.hasOwn(makers, backend) ? makers[backend] : undefined;
  if (!make)
    throw new TensorError(
      "ERR_BACKEND",
      `tensor-gpu/setBackend: unknown backend "${backend}", expected one of ${Object.keys(makers).join(", ")}`,
      { fields: { backend } },
    );
  const found = made.get(backend) ?? make();
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
  return setBackend(name ?? (supportsSimd() ? "wasm" : "js"));
}

provideDefaultBackend(setDefaultBackend);
