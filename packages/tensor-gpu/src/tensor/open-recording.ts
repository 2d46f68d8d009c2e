import type { Backend } from "../backend/backend";
import { fail } from "../errors";
import type { Shape } from "./shape";

/** A leaf, as far as a recording needs it. */
interface Leaf {
  readonly grad: object | null;
  readonly shape: Shape;
}

/** A block of memory, as far as a recording needs it. */
export interface Written {
  noteWrite(): void;
}

/** The step that is being recorded. */
export interface OpenRecording {
  readonly backend: Backend;
  /** Those that its backward pass gave a gradient. */
  readonly leaves: Set<Leaf>;
  /** Blocks of memory that replays overwrite, as far as operators outside may have saved them. */
  readonly written: Set<Written>;
}

let open: OpenRecording | undefined;

/** Runs `fn` as what `recording` records. */
export function whileRecording<T>(recording: OpenRecording, fn: () => T): T {
  open = recording;
  try {
    return fn();
  } finally {
    open = undefined;
  }
}

/** @throws {TensorError} `ERR_BACKEND` while a step is recorded */
export function assertNoneOpen(what: string): void {
  if (open)
    fail("ERR_BACKEND", `recordStep: ${what} inside a recording cannot be replayed`, { what });
}

/** Called when a block of memory was overwritten in place. */
export function noteWritten(block: Written): void {
  open?.written.add(block);
}

/** @throws {TensorError} `ERR_BACKEND` where a recording would miss what happens on `backend` */
export function assertRecorded(backend: Backend): void {
  if (!open || open.backend === backend) return;
  fail(
    "ERR_BACKEND",
    `recordStep: tensors on ${backend.name} in a step that is recorded on ${open.backend.name} (the backend in use)`,
    { backend: backend.name },
  );
}

/** Called before a leaf receives a gradient. @throws {TensorError} `ERR_AUTOGRAD` where replays would add to an old one */
export function noteLeaf(leaf: Leaf): void {
  if (!open || open.leaves.has(leaf)) return;
  if (leaf.grad)
    fail(
      "ERR_AUTOGRAD",
      "recordStep: a leaf has a gradient already, to which every replay would add; call zeroGrad() first",
      { shape: leaf.shape },
    );
  open.leaves.add(leaf);
}
