import { TensorError } from "../errors";
import { nodeModule } from "../host";

/** The part of koffi in use. */
export interface Koffi {
  readonly version: string;
  load(path: string): KoffiLibrary;
}

export interface KoffiLibrary {
  /** @throws when the library has no such symbol */
  func(name: string, result: string, parameters: string[]): (...values: unknown[]) => unknown;
}

type Require = (id: string) => unknown;

interface ModuleOfNode {
  createRequire(from: string): Require;
}

/** Older versions crash the process when they are given shared memory. */
const OLDEST_MAJOR = 3;

function checkVersion(koffi: Koffi): Koffi {
  const { version } = koffi;
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return koffi;
  throw new TensorError(
    "ERR_BACKEND",
    `tensor-gpu/blas: needs koffi ${OLDEST_MAJOR} or later, found ${version}; update it with \`npm i koffi@latest\``,
    { fields: { version } },
  );
}

/**
 * Loads koffi, resolved from this package and then from the working directory. It is not imported before the first
 * call, so bundles for browsers do not contain it.
 *
 * @throws {TensorError} `ERR_BACKEND` outside Node and where koffi is not installed or too old
 */
export function loadKoffi(
  modules: ModuleOfNode | null = nodeModule<ModuleOfNode>("node:module") ?? null,
): Koffi {
  if (!modules) {
    throw new TensorError(
      "ERR_BACKEND",
      "tensor-gpu/blas: native libraries need Node, Deno or Bun; use the wasm backend here",
    );
  }
  const { process } = globalThis as unknown as { process: { cwd(): string } };
  let cause: unknown;
  let found: Koffi | undefined;
  for (const from of [import.meta.url, `${process.cwd()}/`]) {
    try {
      found ??= modules.createRequire(from)("koffi") as Koffi;
    } catch (error) {
      cause ??= error;
    }
  }
  if (found) return checkVersion(found);
  throw new TensorError(
    "ERR_BACKEND",
    "tensor-gpu/blas: the package koffi, which calls the BLAS library, cannot be loaded; install it with `npm i koffi`",
    { cause },
  );
}
