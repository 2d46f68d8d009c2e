import type { QuickJSSyncVariant, QuickJSWASMModule } from "quickjs-emscripten-core";
import { type Ask, type MemoryWatch, programMemory } from "./program-memory";

/** An instance of QuickJS, for one program. */
export interface Engine {
  readonly quickjs: QuickJSWASMModule;
  /** From here on memory is the program's: see {@link programMemory}. */
  watchMemory(watch: MemoryWatch): void;
}

/** `emscripten_resize_heap` among the imports of version 0.32.0. */
const RESIZE = "k";

/** The compiled engine with its `malloc`. */
type Loaded = { _malloc(bytes: number): number };

/** Notes the module that is compiled while `load` runs. */
async function compiledBy(load: () => Promise<unknown>): Promise<WebAssembly.Module> {
  let compiled: WebAssembly.Module | undefined;
  const { instantiate, instantiateStreaming } = WebAssembly;
  const noting = (own: (...args: never[]) => Promise<unknown>) =>
    (async (...args: never[]) => {
      const result = (await own.apply(WebAssembly, args)) as { module?: WebAssembly.Module };
      compiled ??= result.module;
      return result;
    }) as never;
  WebAssembly.instantiate = noting(instantiate as never);
  if (instantiateStreaming !== undefined)
    WebAssembly.instantiateStreaming = noting(instantiateStreaming as never);
  try {
    await load();
  } finally {
    WebAssembly.instantiate = instantiate;
    if (instantiateStreaming !== undefined) WebAssembly.instantiateStreaming = instantiateStreaming;
  }
  if (compiled === undefined) throw new Error("QuickJS compiled no WebAssembly");
  return compiled;
}

/** Makes instances of QuickJS from one compiled module. @throws {Error} where it is not installed, or in another version */
export async function engineMaker(): Promise<(memoryBytes: number) => Promise<Engine>> {
  const [core, variant] = await Promise.all([
    import("quickjs-emscripten-core"),
    import("@jitl/quickjs-wasmfile-release-sync"),
  ]);
  const base = variant.default as QuickJSSyncVariant;
  const compiled = await compiledBy(() => core.newQuickJSWASMModuleFromVariant(base));

  async function make(memoryBytes: number): Promise<Engine> {
    const { memory, watched, begin } = programMemory(memoryBytes);
    const limited = core.newVariant(base, {
      wasmMemory: memory,
      emscriptenModule: {
        async instantiateWasm(imports, done) {
          const own = imports.a as Record<string, unknown>;
          const instance = await WebAssembly.instantiate(compiled, {
            a: { ...own, [RESIZE]: watched(own[RESIZE] as Ask) } as WebAssembly.ModuleImports,
          });
          done(instance);
          return instance.exports;
        },
      },
    });
    const load = (await limited.importModuleLoader()) as unknown as () => Promise<Loaded>;
    const loaded = await load();
    const quickjs = await core.newQuickJSWASMModuleFromVariant({
      ...limited,
      importModuleLoader: async () => (async () => loaded) as never,
    });
    return { quickjs, watchMemory: (watch) => begin(loaded._malloc, watch) };
  }

  const tried = await make(1);
  tried.watchMemory({ grows: () => {}, refuses: () => {} });
  return make;
}
