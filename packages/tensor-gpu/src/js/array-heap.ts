import { outOfMemory } from "../backend/out-of-memory";
import type { DType, Handle, View } from "../backend/view";
import { TensorError } from "../errors";
import { assertByteLength } from "../tensor/sizes";
import { converterTo } from "./convert";
import { elementOffsets, isContiguous } from "./strides";

type Numbers = Float32Array | Int32Array;

interface Block {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
}

/** The memory of the plain-JavaScript backend: a table of blocks. A handle is an index into the table. */
export interface Heap {
  allocate(byteLength: number): Handle;
  free(handle: Handle): void;
  clear(): void;
  /** The elements of a contiguous view, in place. */
  numbers(view: View): Numbers;
  floats(view: View): Float32Array;
  ints(view: View): Int32Array;
  /** The elements of any view in row-major order. A copy unless the view is contiguous, so use it for reading only. */
  packed(view: View): Numbers;
  /** Bytes of a block, in place. */
  bytes(handle: Handle, byteOffset: number, byteLength: number): Uint8Array;
  /** The whole block behind a view, to be indexed by `elementOffsets`. */
  block(view: View): Numbers;
}

const isFloat = (dtype: DType) => dtype === "float32";

export function createHeap(): Heap {
  const blocks: (Block | undefined)[] = [];
  const vacant: Handle[] = [];

  const find = (view: Pick<View, "storage">): Block => {
    const block = blocks[view.storage.handle];
    if (block === undefined)
      throw new TensorError("ERR_DISPOSED", "js backend: this memory was freed", {
        fields: {
          handle: view.storage.handle,
        },
      });
    return block;
  };
  const floats = (view: View) => part(find(view).float32, view);
  const ints = (view: View) => part(find(view).int32, view);
  const numbers = (view: View) => (isFloat(view.dtype) ? floats(view) : ints(view));
  const block = (view: View) => (isFloat(view.dtype) ? find(view).float32 : find(view).int32);

  return {
    allocate(byteLength) {
      assertByteLength("js", byteLength);
      const block = createBlock(byteLength); // Allocated first, so that a failure does not use up a handle.
      const handle = vacant.pop() ?? blocks.length;
      blocks[handle] = block;
      return handle;
    },
    free(handle) {
      if (blocks[handle] === undefined) return;
      blocks[handle] = undefined;
      vacant.push(handle);
    },
    clear() {
      blocks.length = 0;
      vacant.length = 0;
    },
    numbers,
    floats,
    ints,
    packed: (view) => (isContiguous(view) ? numbers(view) : pack(block(view), view)),
    bytes(handle, byteOffset, byteLength) {
      const { float32 } = find({ storage: { handle } });
      return new Uint8Array(float32.buffer, byteOffset, byteLength);
    },
    block,
  };
}

function createBlock(byteLength: number): Block {
  try {
    const buffer = new ArrayBuffer(byteLength);
    return { float32: new Float32Array(buffer), int32: new Int32Array(buffer) };
  } catch (cause) {
    throw outOfMemory("js", byteLength, "the runtime refuses an array of this size", {}, cause);
  }
}

const part = <T extends Numbers>(array: T, view: View) =>
  array.subarray(view.offset, view.offset + view.size) as T;

function pack(block: Numbers, view: View): Numbers {
  const offsets = elementOffsets(view);
  const out = isFloat(view.dtype) ? new Float32Array(view.size) : new Int32Array(view.size);
  for (let i = 0; i < out.length; i++) out[i] = block[offsets[i]!]!;
  return out;
}

/** Fills a contiguous view from numbers of any kind. */
export function upload(heap: Heap, view: View, data: ArrayLike<number>): void {
  const out = heap.numbers(view);
  const convert = converterTo(view.dtype);
  for (let i = 0; i < out.length; i++) out[i] = convert(data[i]!);
}
