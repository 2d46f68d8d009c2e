/** The text of `src/wasm/generated/kernels.ts`. */
export function kernelParameters(): string;
