import type { Kernels } from "../backend/kernels";
import type { Shortcuts } from "../backend/shortcuts";
import type { Heap } from "./array-heap";

type Contract = Kernels & Shortcuts;

/** The kernels and shortcuts of the contract with the heap as an additional first argument. */
export type OnHeap = {
  [Name in keyof Contract]: (
    heap: Heap,
    ...args: Parameters<Contract[Name]>
  ) => ReturnType<Contract[Name]>;
};
