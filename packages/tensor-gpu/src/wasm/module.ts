import { TensorError } from "../errors";
import { bytesFromBase64, nodeMajor, nodeModule } from "../host";
import { base64 as plainBinary } from "./generated/plain";
import { base64 as relaxedBinary } from "./generated/relaxed";
import { type WasmModule, webAssembly } from "./web-assembly";

// (func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd ...))
const probe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b,
  0x01, 0x7b, 0x03, 0x02, 0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20,
  0x02, 0xfd, 0x85, 0x02, 0x0b,
]);

/** Whether fused multiply-add can be compiled. Node 20 has it behind a flag, which this function sets for the process. */
export function hasRelaxedSimd(): boolean {
  if (!webAssembly) return false;
  if (webAssembly.validate(probe)) return true;
  if (nodeMajor() !== 20) return false;
  const v8 = nodeModule<{ setFlagsFromString(flags: string): void }>("node:v8");
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return webAssembly.validate(probe);
}

// The import's name with its length, its kind (memory) and its flags (has a maximum, shared).
const memoryImport = [6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3];

/** Clears the shared bit of the memory import: the same code then runs on unshared memory. */
function unshare(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, i) => memoryImport.every((byte, j) => bytes[i + j] === byte));
  bytes[at + memoryImport.length - 1] = 1;
}

/**
 * Compiles the kernels, synchronously: the binary is small enough for a browser's main thread.
 *
 * @param options.relaxed the build with fused multiply-add
 * @param options.shared for a memory that threads share
 * @throws {TensorError} `ERR_BACKEND` where WebAssembly or its SIMD is missing
 */
export function compileKernels(options: { relaxed: boolean; shared: boolean }): WasmModule {
  const bytes = bytesFromBase64(options.relaxed ? relaxedBinary : plainBinary);
  if (!options.shared) unshare(bytes);
  try {
    if (!webAssembly) throw new TypeError("there is no WebAssembly");
    return new webAssembly.Module(bytes);
  } catch (cause) {
    throw new TensorError(
      "ERR_BACKEND",
      "wasm: this runtime cannot compile WebAssembly with SIMD; use the js backend",
      { cause },
    );
  }
}
