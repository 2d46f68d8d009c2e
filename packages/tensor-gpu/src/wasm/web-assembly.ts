/**
 * @file The part of the WebAssembly interface in use, typed here because TypeScript's own types are part of its DOM
 * library.
 */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

interface WasmNamespace {
  Memory: new (descriptor: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Module: {
    new (bytes: Uint8Array): WasmModule;
    exports(module: WasmModule): { name: string; kind: string }[];
  };
  Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
  validate(bytes: Uint8Array): boolean;
}

/** The global `WebAssembly`, undefined in a runtime without it. */
export const webAssembly = (globalThis as unknown as { WebAssembly?: WasmNamespace | undefined })
  .WebAssembly;

/** Whether a value is a compiled module. */
export const isModule = (value: unknown): value is WasmModule =>
  webAssembly !== undefined && value instanceof webAssembly.Module;

/** The exports of a new instance on the given memory. */
export function instantiate(module: WasmModule, memory: WasmMemory): Record<string, unknown> {
  return new webAssembly!.Instance(module, { env: { memory, abort() {} } }).exports;
}
