/** @file The backend on which new tensors are made. `backends.ts` knows the backends by name and supplies the default. */
import { fail } from "../errors";
import type { Backend } from "./backend";

let current: Backend | undefined;
let makeDefault: (() => Backend) | undefined;

/** Makes `backend` the one on which new tensors are created. */
export function setCurrentBackend(backend: Backend): void {
  current = backend;
}

/** Supplies the backend that `getBackend` creates when none was chosen. */
export function provideDefaultBackend(make: () => Backend): void {
  makeDefault = make;
}

/**
 * The backend on which new tensors are made. Before the first `setBackend` it is the one that the environment variable
 * `DEEPGRAIN_BACKEND` names (`wasm`, `js` or `blas`), and without one the default.
 *
 * @throws {TensorError} `ERR_BACKEND` when the variable holds an unknown name or one that cannot run here
 */
export function getBackend(): Backend {
  if (current) return current;
  if (!makeDefault) fail("ERR_BACKEND", "tensor-gpu/getBackend: no backend is registered");
  return makeDefault();
}
