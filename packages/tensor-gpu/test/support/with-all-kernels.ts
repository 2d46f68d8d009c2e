import type { Backend } from "../../src/backend/backend";
import { assembleKernels } from "../../src/wasm/assemble-kernels";
import { assembleShortcuts } from "../../src/wasm/assemble-shortcuts";

/** The backend with all its kernels and fused operations, also those that would come with the operators that need them. */
export function withAllKernels<Some extends Backend>(backend: Some): Some {
  const { kernels, shortcuts, bind } = backend;
  if (bind) {
    Object.assign(kernels, bind(assembleKernels));
    Object.assign(shortcuts ?? {}, bind(assembleShortcuts));
  }
  return backend;
}
