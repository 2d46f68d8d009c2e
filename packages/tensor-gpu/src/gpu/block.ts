import type { Cell } from "./cell";

/** Numbers on the host. */
export type Numbers = Float32Array | Int32Array;

/**
 * One tensor's memory. Its numbers are on the device, in an array of the host, or in both; writing to one discards
 * the other. If both are missing, the contents are undefined.
 */
export interface Block {
  readonly length: number;
  cell: Cell | undefined;
  host: Numbers | undefined;
}
