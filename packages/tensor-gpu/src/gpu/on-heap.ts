import type { Kernels } from "../backend/kernels";
import type { Heap } from "./cell-heap";

/** The kernels of the contract with the heap as an additional first argument. */
export type OnHeap = {
  [Name in keyof Kernels]: (
    heap: Heap,
    ...args: Parameters<Kernels[Name]>
  ) => ReturnType<Kernels[Name]>;
};
