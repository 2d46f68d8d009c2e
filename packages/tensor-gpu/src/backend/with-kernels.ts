/**
 * @file Kernels that a backend binds when an operator first needs them, so that a bundle holds only those of its operators.
 * An operator whose kernels are not among those of every bundle names their family; backends that have all kernels from the
 * start take no notice.
 */
import type { Backend } from "./backend";
import type { Kernels } from "./kernels";
import type { PageShortcuts, Shortcuts } from "./shortcuts";

type AllShortcuts = Shortcuts & PageShortcuts;

/**
 * The backend, with a family of kernels among its `kernels`.
 *
 * @param name one of the family's kernels
 * @param family makes them for WebAssembly
 */
export function withKernels<Name extends keyof Kernels>(
  backend: Backend,
  name: Name,
  family: (place: never) => Pick<Kernels, Name>,
): Backend {
  const { kernels, bind } = backend;
  if (bind && !(name in kernels)) Object.assign(kernels, bind(family));
  return backend;
}

/** The backend, with a family of fused operations among its `shortcuts`; see `withKernels`. */
export function withShortcuts<Name extends keyof AllShortcuts>(
  backend: Backend,
  name: Name,
  family: (place: never) => Pick<AllShortcuts, Name>,
): Backend {
  const { shortcuts, bind } = backend;
  if (bind && shortcuts && !(name in shortcuts)) Object.assign(shortcuts, bind(family));
  return backend;
}
