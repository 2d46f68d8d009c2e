import type { Handle, View } from "../backend/view";

/** The words that are uploaded for a view. */
export function wordsOf({ dtype, size }: View, data: ArrayLike<number>): Uint32Array {
  if (dtype === "bool") return Uint32Array.from({ length: size }, (_, i) => (data[i] ? 1 : 0));
  const typed = dtype === "float32" ? new Float32Array(size) : new Int32Array(size);
  typed.set(data);
  return new Uint32Array(typed.buffer);
}

interface Upload {
  readonly offset: number;
  readonly words: Int32Array;
}

/** Larger uploads are not kept on this side. */
const MOST_ELEMENTS = 2 ** 18;

/** Copies of int32 uploads, kept until their blocks are freed or written. */
export interface Uploads {
  add(view: View, words: Uint32Array): void;
  forget(handle: Handle): void;
  find(view: View): Int32Array | undefined;
}

export function createUploads(): Uploads {
  const kept = new Map<Handle, Upload>();
  return {
    add({ storage, dtype, offset, size }, words) {
      if (dtype === "int32" && size <= MOST_ELEMENTS)
        kept.set(storage.handle, { offset, words: new Int32Array(words.buffer) });
      else kept.delete(storage.handle);
    },
    forget: (handle) => void kept.delete(handle),
    find({ storage, offset, size }) {
      const upload = kept.get(storage.handle);
      const first = upload ? offset - upload.offset : -1;
      if (!upload || first < 0 || first + size > upload.words.length) return undefined;
      return upload.words.subarray(first, first + size);
    },
  };
}
