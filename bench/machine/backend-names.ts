/** The backends that are measured. */
export const backendNames = ["wasm", "wasm-plain", "blas", "gpu", "js"] as const;

export type BackendName = (typeof backendNames)[number];
