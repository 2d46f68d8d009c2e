/** @file The ledger of live tensor memory, by the operation that allocated it. */

import { optionsOf, refuseUnknown } from "../errors";

/** Live bytes of one kind of operation. */
export interface OpUsage {
  bytes: number;
  storages: number;
}

/** Current live memory: bytes and storages in total, and by the operation that allocated them. */
export interface MemoryReport {
  bytes: number;
  storages: number;
  byOp: Record<string, OpUsage>;
}

const usage = new Map<string, OpUsage>();
let live = 0;
let peak = 0;

function usageOf(op: string): OpUsage {
  let entry = usage.get(op);
  if (!entry) {
    entry = { bytes: 0, storages: 0 };
    usage.set(op, entry);
  }
  return entry;
}

/** Counts a new block of memory. Returns the entry from which `countFreed` subtracts it. */
export function countAllocated(op: string, byteLength: number): OpUsage {
  const entry = usageOf(op);
  entry.bytes += byteLength;
  entry.storages++;
  live += byteLength;
  peak = Math.max(peak, live);
  return entry;
}

/** Subtracts a block from the entry that `countAllocated` returned for it. */
export function countFreed(entry: OpUsage, byteLength: number): void {
  entry.bytes -= byteLength;
  entry.storages--;
  live -= byteLength;
}

/** Live tensor memory, all backends together: `{ bytes, storages, byOp }`. */
export function memory(): MemoryReport {
  const report: MemoryReport = { bytes: 0, storages: 0, byOp: {} };
  for (const [op, { bytes, storages }] of usage) {
    if (storages === 0) continue;
    report.bytes += bytes;
    report.storages += storages;
    report.byOp[op] = { bytes, storages };
  }
  return report;
}

/**
 * The most bytes of tensors that were alive at one time, all backends together.
 * @param options.reset count from now on: the next call tells the peak since this one. Default false
 * @returns bytes since the last reset, or since the start
 */
export function peakMemory(options: { reset?: boolean | undefined } = {}): number {
  const { reset = false, ...rest } = optionsOf("peakMemory", options);
  refuseUnknown("peakMemory", rest);
  const reached = peak;
  if (reset) peak = live;
  return reached;
}
