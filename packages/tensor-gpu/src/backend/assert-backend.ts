import { fail } from "../errors";
import { showValue } from "../tensor/sizes";
import type { Backend } from "./backend";

/** An object with kernels and memory. @throws {TensorError} `ERR_ARGUMENT` */
export function assertBackend(op: string, value: unknown): asserts value is Backend {
  const backend = value as Partial<Backend> | null | undefined;
  if (typeof backend?.kernels === "object" && typeof backend.allocate === "function") return;
  fail("ERR_ARGUMENT", `tensor-gpu/${op}: expected a backend, got ${showValue(value)}`, { op });
}
