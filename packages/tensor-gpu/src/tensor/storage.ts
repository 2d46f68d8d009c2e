import type { Backend } from "../backend/backend";
import { countAllocated, countFreed, type OpUsage } from "../backend/live-bytes";
import { ELEMENT_BYTES, type Handle } from "../backend/view";
import { assertRecorded, noteWritten } from "./open-recording";

interface Block {
  backend: Backend;
  handle: Handle;
  byteLength: number;
  usage: OpUsage;
}

function freeBlock({ backend, handle, byteLength, usage }: Block): void {
  countFreed(usage, byteLength);
  backend.free(handle, byteLength);
}

/** A safety net that frees blocks whose owners were forgotten. Finalizers never run inside a synchronous loop. */
const forgotten = new FinalizationRegistry<Block>(freeBlock);
const NET_FROM_BYTES = 65_536;

/** A reference-counted block of memory; views of one tensor share it. */
export class Storage {
  readonly handle: Handle;
  /** How often it was overwritten in place. Backward compares it with what it was when an operator saved the tensor. */
  version = 0;
  private references = 1;
  private readonly block: Block;
  private netted: boolean;

  /** @throws {TensorError} `ERR_MEMORY` when the backend has no room */
  constructor(
    readonly backend: Backend,
    readonly byteLength: number,
    op: string,
    inScope: boolean,
  ) {
    assertRecorded(backend);
    this.handle = backend.allocate(byteLength);
    const usage = countAllocated(op, byteLength);
    this.block = { backend, handle: this.handle, byteLength, usage };
    this.netted = !inScope || byteLength >= NET_FROM_BYTES;
    if (this.netted) forgotten.register(this, this.block, this);
  }

  /** True when exactly one tensor holds this block, so that it may be written in place. */
  get isUnshared(): boolean {
    return this.references === 1;
  }

  /** Called by whatever overwrites elements that an operator may have saved. */
  noteWrite(): void {
    this.version++;
    noteWritten(this);
  }

  /** Lets the garbage collector free the block if its owners are forgotten: for tensors that outlive the scope they were made in. */
  net(): void {
    if (this.netted || this.references === 0) return;
    this.netted = true;
    forgotten.register(this, this.block, this);
  }

  retain(): this {
    this.references++;
    return this;
  }

  release(): void {
    if (--this.references > 0) return;
    if (this.netted) forgotten.unregister(this);
    freeBlock(this.block);
  }
}

export const bytesFor = (size: number): number => size * ELEMENT_BYTES;
