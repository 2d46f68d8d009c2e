import type { Cell } from "./cell";

/** Numbers on the host. */
export type Numbers = Float32Array | Int32Array;

/**
 * One tensor's memory. Its numbers are on the device, or in an array of the host, or the same in both; whoever writes
 * one drops the other. Neither means undefined contents.
 */
export interface Block {
  readonly length: number;
  cell: Cell | undefined;
  host: Numbers | undefined;
}
