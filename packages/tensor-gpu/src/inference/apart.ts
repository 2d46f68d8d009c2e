/** @file Which memory operators may write: none that they also read, except where their documentation says so. */
import { TensorError } from "../errors";
import type { Tensor } from "../tensor/tensor";

/** The first and the last element of a tensor that has some. */
function reach({ shape, strides, offset }: Tensor): [first: number, last: number] {
  let first = offset;
  let last = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    const step = (shape[axis]! - 1) * strides[axis]!;
    if (step < 0) first += step;
    else last += step;
  }
  return [first, last];
}

/** The places of all elements. */
function places({ shape, strides, offset }: Tensor): number[] {
  let all = [offset];
  for (let axis = 0; axis < shape.length; axis++)
    all = all.flatMap((at) =>
      Array.from({ length: shape[axis]! }, (_, i) => at + i * strides[axis]!),
    );
  return all;
}

/** Whether two tensors have an element in common. */
function overlap(a: Tensor, b: Tensor): boolean {
  if (a.storage !== b.storage || a.size === 0 || b.size === 0) return false;
  const [firstA, lastA] = reach(a);
  const [firstB, lastB] = reach(b);
  if (lastA < firstB || lastB < firstA) return false;
  if (a.isContiguous && b.isContiguous) return true;
  const ofB = new Set(places(b)); // columns of one matrix reach into each other without sharing an element
  return places(a).some((place) => ofB.has(place));
}

const shared = (op: string, names: string, rule: string): TensorError =>
  new TensorError("ERR_ARGUMENT", `tensor-gpu/${op}: ${names} must not share memory${rule}`, {
    fields: { op },
  });

/** @param names of both, as `out and x` @throws {TensorError} `ERR_ARGUMENT` where `written` and `read` share an element */
export function assertApart(op: string, names: string, written: Tensor, read: Tensor | null): void {
  if (read && written.storage === read.storage && overlap(written, read))
    throw shared(op, names, "");
}

/**
 * For operators that read each element before they write it.
 * @throws {TensorError} `ERR_ARGUMENT` where the two share elements without being the same
 */
export function assertApartOrSame(op: string, names: string, written: Tensor, read: Tensor): void {
  if (written.storage !== read.storage || !overlap(written, read)) return;
  const isSame =
    written.offset === read.offset &&
    written.size === read.size &&
    written.isContiguous &&
    read.isContiguous;
  if (!isSame) throw shared(op, names, " unless they are the same elements");
}

/** @throws {TensorError} `ERR_ARGUMENT` for a tensor, such as an expanded one, with two elements at one place */
export function assertDistinct(op: string, name: string, x: Tensor): void {
  if (x.size === 0 || x.isContiguous) return;
  const axes = [...x.shape.keys()].filter((axis) => x.shape[axis]! > 1);
  axes.sort((a, b) => Math.abs(x.strides[a]!) - Math.abs(x.strides[b]!));
  let extent = 0;
  for (const axis of axes) {
    const step = Math.abs(x.strides[axis]!);
    if (step <= extent)
      throw new TensorError(
        "ERR_ARGUMENT",
        `tensor-gpu/${op}: ${name} holds several elements at one place and cannot be written`,
        { fields: { op, shape: x.shape, strides: x.strides } },
      );
    extent += step * (x.shape[axis]! - 1);
  }
}
