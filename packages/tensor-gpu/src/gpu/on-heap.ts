import type { Kernels } from "../backend/kernels";
import type { Heap } from "./cell-heap";

/** Kernels before they know their memory: those of the contract with the heap as first argument. */
export type OnHeap = {
  [Name in keyof Kernels]: (
    heap: Heap,
    ...args: Parameters<Kernels[Name]>
  ) => ReturnType<Kernels[Name]>;
};
