import { fail, TensorError } from "../errors";
import { core } from "./generated/core";
import { compilePart } from "./module";
import type { Part } from "./part";
import type { Kernel } from "./thread-pool";
import { instantiate, type WasmMemory, type WasmModule, webAssembly } from "./web-assembly";

export interface KernelEntry {
  readonly name: string;
  /** How its arguments lie in memory: a letter per field. */
  readonly layout: string;
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

/** The exports of a new instance. @throws {TensorError} `ERR_BACKEND` for a module of something else */
function instantiateOn(memory: WasmMemory, scratch: number, module: WasmModule) {
  try {
    const exports = instantiate(module, memory);
    (exports.setScratch as (address: number) => void)(scratch);
    return exports;
  } catch (cause) {
    throw new TensorError(
      "ERR_BACKEND",
      "tensor-gpu/createWasmBackend: the module must be that of kernels.wasm of this version of the package",
      { cause },
    );
  }
}

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
  const open = (module: WasmModule) => {
    const exports = instantiateOn(memory, scratch, module);
    const names = webAssembly!.Module.exports(module).map(({ name }) => name);
    const first = count;
    count += names.length;
    modules.push(module);
    return { exports, names, first };
  };
  const opened = open(first);
  const parts = new Set<Part>();
  const enter = (part: Part, { exports, names, first }: typeof opened) => {
    parts.add(part);
    part.kernels.split(" ").forEach((word, i) => {
      const [name = "", layout = ""] = word.split(":");
      const place = options.module ? names.indexOf(name) : i;
      const call = exports[names[place]!] as Kernel;
      kernels.set(name, { name, layout, call, index: first + place });
    });
  };
  enter(core, opened);
  return {
    modules,
    exports: opened.exports,
    kernel(name) {
      const kernel = kernels.get(name);
      if (kernel) return kernel;
      fail("ERR_BACKEND", `wasm: no kernel ${name}`, { name });
    },
    add(part) {
      if (parts.has(part)) return false;
      enter(part, options.module ? opened : open(compilePart(part, options)));
      return !options.module;
    },
  };
}
