import { TensorError } from "../errors";
import { bytesFromBase64, nodeMajor, nodeModule } from "../host";
import { inflate } from "./inflate";
import type { Build, Part } from "./part";
import { unfused } from "./unfuse";
import { type WasmModule, webAssembly } from "./web-assembly";

// (func (param v128 v128 v128) (result v128) (f32x4.relaxed_madd ...))
const probe = [
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b,
  0x01, 0x7b, 0x03, 0x02, 0x01, 0x00, 0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20,
  0x02, 0xfd, 0x85, 0x02, 0x0b,
];
// A function that makes a 128-bit constant and drops it.
const plainProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26,
  11,
];

const validates = (bytes: number[]) => webAssembly?.validate(new Uint8Array(bytes)) ?? false;

/** Whether the runtime has WebAssembly with SIMD; it may still forbid to compile bytes. */
export const hasSimd = (): boolean => validates(plainProbe);

/** Whether fused multiply-add can be compiled. Node 20 has it behind a flag, which this function sets for the process. */
export function hasRelaxedSimd(): boolean {
  if (validates(probe)) return true;
  if (nodeMajor() !== 20) return false;
  const v8 = nodeModule<{ setFlagsFromString(flags: string): void }>("node:v8");
  v8?.setFlagsFromString("--experimental-wasm-relaxed-simd");
  return validates(probe);
}

// The import's name with its length, its kind (memory) and its flags (has a maximum, shared).
const memoryImport = [6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3];

/** Clears the shared bit of the memory import: the same code then runs on unshared memory. */
function unshare(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, i) => memoryImport.every((byte, j) => bytes[i + j] === byte));
  bytes[at + memoryImport.length - 1] = 1;
}

interface Zlib {
  inflateRawSync(data: Uint8Array): Uint8Array;
}

/** The binary of a part; Node's own decompression is the fastest on the first call. */
function binaryOf({ base64, size }: Part): Uint8Array {
  const data = bytesFromBase64(base64);
  return nodeModule<Zlib>("node:zlib")?.inflateRawSync(data) ?? inflate(data, size);
}

function refusal(cause: unknown): TensorError {
  const message = hasSimd()
    ? "wasm: this runtime forbids compiling WebAssembly from bytes; in a page, allow script-src 'wasm-unsafe-eval', elsewhere import \"@deepgrain/tensor-gpu/kernels.wasm\" as a module and call setBackend(createWasmBackend({ module }))"
    : "wasm: this runtime has no WebAssembly with SIMD; call setBackend(createJsBackend())";
  return new TensorError("ERR_BACKEND", message, { cause });
}

/**
 * Compiles a part of the kernels, synchronously: the binary is small enough for a browser's main thread.
 *
 * @throws {TensorError} `ERR_BACKEND` where there is no WebAssembly SIMD, or bytes may not be compiled; the message says
 *   what to do
 */
export function compilePart(part: Part, build: Build): WasmModule {
  try {
    if (!webAssembly) throw new TypeError("there is no WebAssembly");
    const { Module } = webAssembly;
    const compile = (bytes: Uint8Array) => {
      if (!build.shared) unshare(bytes);
      return new Module(bytes);
    };
    const binary = binaryOf(part);
    if (part.compile) return part.compile(binary, build, { compile, unfused });
    return compile(build.relaxed ? binary : unfused(binary));
  } catch (cause) {
    throw refusal(cause);
  }
}
