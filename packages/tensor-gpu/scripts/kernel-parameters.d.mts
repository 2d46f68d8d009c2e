/** The text of `src/wasm/generated/kernels.ts`. */
export function kernelParameters(): string;
/** How the arguments of each kernel lie in memory, a letter per field, by name. */
export function kernelLayouts(): Map<string, string>;
