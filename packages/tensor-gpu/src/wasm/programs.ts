import { TensorError } from "../errors";
import { core } from "./generated/core";
import { compilePart } from "./module";
import type { Part } from "./part";
import type { Kernel } from "./thread-pool";
import { instantiate, type WasmMemory, type WasmModule, webAssembly } from "./web-assembly";

export interface KernelEntry {
  readonly name: string;
  readonly call: Kernel;
  /** Place among the exports of all modules. */
  readonly index: number;
}

/** The compiled parts of the kernels, and their instances on this thread. */
export interface Programs {
  readonly modules: readonly WasmModule[];
  /** Exports of `core` that are no kernels. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** @throws {TensorError} `ERR_BACKEND` where none has the name */
  kernel(name: string): KernelEntry;
  /** Compiles a part, unless it is there. Returns whether it was not. @throws {TensorError} as `compilePart` */
  add(part: Part): boolean;
}

/** How parts are compiled. */
export interface Compilation {
  readonly relaxed: boolean;
  readonly shared: boolean;
  /** All kernels, where the runtime has compiled them. */
  readonly module: WasmModule | undefined;
}

/** The part that every process needs, or all kernels. @throws {TensorError} as `compilePart` */
export const firstModule = (options: Compilation): WasmModule =>
  options.module ?? compilePart(core, options);

/**
 * @param first as `firstModule` returns it
 * @param scratch address of this thread's work area
 */
export function createPrograms(
  first: WasmModule,
  memory: WasmMemory,
  scratch: number,
  options: Compilation,
): Programs {
  const modules: WasmModule[] = [];
  const kernels = new Map<string, KernelEntry>();
  let count = 0;
  const open = (added: WasmModule) => {
    const exports = instantiate(added, memory);
    (exports.setScratch as (address: number) => void)(scratch);
    for (const { name } of webAssembly!.Module.exports(added))
      kernels.set(name, { name, call: exports[name] as Kernel, index: count++ });
    modules.push(added);
    return exports;
  };
  const parts = new Set<Part>([core]);
  const exports = open(first);
  return {
    modules,
    exports,
    kernel(name) {
      const kernel = kernels.get(name);
      if (kernel) return kernel;
      throw new TensorError("ERR_BACKEND", `wasm: no kernel ${name}`, { fields: { name } });
    },
    add(part) {
      if (options.module || parts.has(part)) return false;
      open(compilePart(part, options));
      parts.add(part);
      return true;
    },
  };
}
