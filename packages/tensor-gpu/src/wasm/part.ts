import type { unfused } from "./unfuse";
import type { WasmModule } from "./web-assembly";

/** Whether there is fused multiply-add, and whether threads share the memory. */
export interface Build {
  readonly relaxed: boolean;
  readonly shared: boolean;
}

/** Functions of modules that every bundle holds; they are given to what compiles, so that these stay together. */
export interface CompileTools {
  readonly compile: (bytes: Uint8Array) => WasmModule;
  readonly unfused: typeof unfused;
}

/** A part of the kernels as it is stored. Operators that need a part name it, so that a bundle holds no other. */
export interface Part {
  /** Bytes of the binary. */
  readonly size: number;
  /**
   * Names of its exports in order, with a blank in between. That of a kernel is followed by a colon and the layout of its
   * arguments, a letter per field as in `arguments.ts`; in the binary it has a shorter name.
   */
  readonly kernels: string;
  /** The binary, deflated. */
  readonly base64: string;
  /** Compiles the binary, where more is to be done than leaving out fused multiply-add. */
  readonly compile?: (binary: Uint8Array, build: Build, tools: CompileTools) => WasmModule;
}
