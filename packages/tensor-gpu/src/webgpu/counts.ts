/** The work of a backend since its counts were last asked for. */
export interface WebGpuCounts {
  dispatches: number;
  submits: number;
  /** Buffers created on the device. */
  buffers: number;
  /** Multiplications and additions of kernels, by their own statements. */
  flop: number;
  /** Bytes that kernels read and write, each operand counted once per time that the kernel fetches it. */
  bytesRead: number;
  bytesWritten: number;
}

/** The work of one launch, as a function of its shapes. Bytes of an operand that a tile reads again count again. */
export interface Work {
  readonly flop: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export const noCounts = (): WebGpuCounts => ({
  dispatches: 0,
  submits: 0,
  buffers: 0,
  flop: 0,
  bytesRead: 0,
  bytesWritten: 0,
});

/** Adds the work of one launch. */
export function addWork(counts: WebGpuCounts, { flop, bytesRead, bytesWritten }: Work): void {
  counts.flop += flop;
  counts.bytesRead += bytesRead;
  counts.bytesWritten += bytesWritten;
}
