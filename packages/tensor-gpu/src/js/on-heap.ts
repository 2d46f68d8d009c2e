import type { Kernels } from "../backend/kernels";
import type { Shortcuts } from "../backend/shortcuts";
import type { Heap } from "./array-heap";

type Contract = Kernels & Shortcuts;

/** Kernels and shortcuts before they know their memory: those of the contract with the heap as first argument. */
export type OnHeap = {
  [Name in keyof Contract]: (
    heap: Heap,
    ...args: Parameters<Contract[Name]>
  ) => ReturnType<Contract[Name]>;
};
