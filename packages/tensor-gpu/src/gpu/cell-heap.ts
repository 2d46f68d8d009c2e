import type { Backend } from "../backend/backend";
import type { Handle, View } from "../backend/view";
import { TensorError } from "../errors";
import { converterTo } from "../js/convert";
import type { Block, Numbers } from "./block";
import { type Cell, LARGEST_EXACT } from "./cell";
import type { Device } from "./device";
import { asFloats, asType, emptyArray, readers } from "./transfer";

/**
 * Blocks by handle. Results of kernels are on the device; numbers from the host are moved there once a kernel needs them.
 */
export interface Heap extends Pick<Backend, "allocate" | "upload" | "read" | "readSync"> {
  readonly device: Device;
  free(handle: Handle): void;
  block(view: View): Block;
  /** The block's numbers on the device; read-only. */
  cell(view: View): Cell;
  /** The block's numbers on the host, fetched if needed. `isWritten`: they are about to change. */
  host(view: View, isWritten: boolean): Numbers;
  /** Makes `cell` the block's contents. */
  replace(view: View, cell: Cell): void;
  clear(): void;
}

/** Up to this many float32 numbers from the host are also kept there, since reading them back would take longer. */
const KEPT_ON_HOST = 16_384;

/** Blocks by handle; handles of freed blocks are reused. */
function createBlocks() {
  const blocks: (Block | undefined)[] = [];
  const vacant: Handle[] = [];
  return {
    find(view: View): Block {
      const found = blocks[view.storage.handle];
      if (found) return found;
      throw new TensorError("ERR_DISPOSED", "gpu backend: this memory was freed", {
        fields: {
          handle: view.storage.handle,
        },
      });
    },
    add(byteLength: number): Handle {
      const length = byteLength / 4;
      if (length > LARGEST_EXACT)
        throw new TensorError(
          "ERR_MEMORY",
          `tensor-gpu/gpu: a tensor holds at most ${LARGEST_EXACT} elements (64 MiB) here, asked for ${length}`,
          { fields: { byteLength, limit: LARGEST_EXACT * 4 } },
        );
      const handle = vacant.pop() ?? blocks.length;
      blocks[handle] = { length, cell: undefined, host: undefined };
      return handle;
    },
    /** @returns the removed contents, which the caller must release */
    remove(handle: Handle): Block | undefined {
      const one = blocks[handle];
      if (!one) return undefined;
      blocks[handle] = undefined;
      vacant.push(handle);
      return one;
    },
    /** @returns as `remove`, for all blocks */
    removeAll(): Block[] {
      vacant.length = 0;
      return blocks.splice(0).filter((one) => one !== undefined);
    },
  };
}

function assertSync(device: Device): void {
  if (device.canReadSync) return;
  throw new TensorError(
    "ERR_BACKEND",
    "tensor-gpu/gpu: this operator needs numbers of the device at once, which mode webgpu cannot give; " +
      "use mode webgl2, or make its operands from numbers of the host",
  );
}

export function createHeap(device: Device): Heap {
  const blocks = createBlocks();
  const block = blocks.find;
  const drop = (one: Block) => {
    if (one.cell) device.release(one.cell);
    one.cell = undefined;
  };
  const cell = (view: View): Cell => {
    const one = block(view);
    one.cell ??= device.pack(asFloats(one.host ?? new Float32Array(one.length)));
    if (view.dtype === "float32" && one.length > KEPT_ON_HOST) one.host = undefined;
    return one.cell;
  };
  const host = (view: View, isWritten: boolean): Numbers => {
    const one = block(view);
    if (!one.host) {
      if (one.cell) assertSync(device);
      one.host = one.cell
        ? asType(device.readSync(one.cell, 0, one.length), view.dtype)
        : emptyArray(view.dtype, one.length);
    }
    const { host } = one;
    if (isWritten) drop(one);
    return host;
  };
  const reading = readers(device, block);

  return {
    device,
    allocate: blocks.add,
    free(handle) {
      const one = blocks.remove(handle);
      if (one) drop(one);
    },
    upload(view, data) {
      const one = block(view);
      const convert = converterTo(view.dtype);
      const isWhole = view.size === one.length;
      const target = isWhole ? emptyArray(view.dtype, one.length) : host(view, true);
      for (let i = 0; i < view.size; i++) target[view.offset + i] = convert(data[i]!);
      drop(one);
      one.host = target;
    },
    read: reading.read,
    get readSync() {
      return reading.readSync;
    },
    block,
    cell,
    host,
    replace(view, cell) {
      const one = block(view);
      drop(one);
      one.cell = cell;
      one.host = undefined;
    },
    clear() {
      for (const one of blocks.removeAll()) drop(one);
    },
  };
}
