/**
 * @file The relaxed dot products of bytes where they are right. In V8 before 11.4 or later (Node 20) the baseline compiler may
 * overwrite the sum that products are added to; the optimising compiler does not. Other runtimes are asked.
 */
import { nodeMajor, nodeModule } from "../host";
import type { Build, CompileTools } from "./part";
import type { Replacements } from "./unfuse";
import type { WasmMemory, WasmModule } from "./web-assembly";

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const EXTEND_LOW = [0xfd, 0x87, 1];
const EXTEND_HIGH = [0xfd, 0x88, 1];
const DOT = [0xfd, 0xba, 1];
const NARROW = [0xfd, 0x85, 1];
const ADD_PAIRS = [0xfd, 0x7e];
const ADD = [0xfd, 0xae, 1];

/** Eight sums of two products of the bytes in two variables. */
const twos = (a: number[], b: number[]) => {
  const half = (extend: number[]) => [
    ...[LOCAL_GET, ...a, ...extend, LOCAL_GET, ...b, ...extend],
    ...DOT,
  ];
  return [...half(EXTEND_LOW), ...half(EXTEND_HIGH), ...NARROW];
};

/**
 * `i16x8.relaxed_dot_i8x16_i7x16_s` and `i32x4.relaxed_dot_i8x16_i7x16_add_s` as `dotTwos` and `dotBytes` in `assembly/math.as` have
 * them without relaxed instructions.
 */
const DOTS: Replacements = {
  146: (a, b) => [LOCAL_SET, ...b, LOCAL_SET, ...a, ...twos(a, b)],
  147: (a, b, c) => [
    ...[LOCAL_SET, ...c, LOCAL_SET, ...b, LOCAL_SET, ...a],
    ...[...twos(a, b), ...ADD_PAIRS],
    ...[LOCAL_GET, ...c, ...ADD],
  ],
};

/** Node whose baseline compiler has the fault, and whose optimising compiler can be told to compile a module at once. */
const FAULTY_NODE = 20;

interface V8 {
  setFlagsFromString(flags: string): void;
}

/** Runs with the optimising compiler alone where the baseline compiler is known to be wrong. */
function optimised<T>(run: () => T): T {
  const v8 = nodeMajor() === FAULTY_NODE ? nodeModule<V8>("node:v8") : undefined;
  v8?.setFlagsFromString("--no-liftoff");
  v8?.setFlagsFromString("--no-wasm-lazy-compilation");
  try {
    return run();
  } finally {
    v8?.setFlagsFromString("--liftoff");
    v8?.setFlagsFromString("--wasm-lazy-compilation");
  }
}

interface Wasm {
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  Instance: new (
    module: WasmModule,
    imports: { env: { memory: WasmMemory; abort(): void } },
  ) => { exports: { sampleDots(n: number): number } };
}

/** Whether the module's own sample of nested dot products is right; see `assembly/block-dots.as`. */
function isExact(module: WasmModule, { shared }: Build): boolean {
  const { Memory, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
  const memory = new Memory({ initial: 2, maximum: 2, shared });
  const { sampleDots } = new Instance(module, { env: { memory, abort() {} } }).exports;
  return [3, -7].every((n) => sampleDots(n) === 78 * n + 20);
}

/** Compiles kernels with dot products of bytes, by relaxed instructions where these are right. The results are the same. */
export function compileExact(binary: Uint8Array, build: Build, tools: CompileTools): WasmModule {
  const { compile, unfused } = tools;
  if (!build.relaxed) return compile(unfused(unfused(binary), DOTS));
  const module = optimised(() => compile(binary));
  return isExact(module, build) ? module : compile(unfused(binary, DOTS));
}
