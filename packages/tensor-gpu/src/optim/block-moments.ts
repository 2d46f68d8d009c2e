import type { CodedNumbers } from "../backend/compact-kernels";
import { compactKernels } from "../tensor/compact-tensor";
import { allocate, type Tensor } from "../tensor/tensor";
import { stateBuffer } from "./optimizer";

/** Numbers that share a scale. @see Dettmers et al. 2022, section 2.1 */
const BLOCK = 2048;
/** How many numbers are widened at a time; a multiple of the block size. */
const PIECE = 512 * BLOCK;

/**
 * The 256 numbers of dynamic quantisation, ascending: a fraction of i + 1 bits (or i of numbers with a sign) in (0.1, 1) times
 * 10^(i − 6) for i = 0 … 6, so that small numbers keep their magnitude and large ones their digits. 0 and 1 are included.
 * @see Dettmers et al. 2022, section 1.3 and appendix F
 */
export function dynamicCodes(isSigned: boolean): Float32Array {
  const numbers = [0, 1];
  for (let i = 0; i < 7; i++) {
    const count = 2 ** (isSigned ? i : i + 1);
    for (let step = 0; step < count; step++) {
      const fraction = 0.1 + (0.9 * (step + 0.5)) / count;
      const number = fraction * 10 ** (i - 6);
      numbers.push(number);
      if (isSigned) numbers.push(-number);
    }
  }
  return Float32Array.from(numbers).sort();
}

/** The state of one parameter as bytes with a scale per block. */
interface Coded extends CodedNumbers {
  codes: Tensor;
  scales: Tensor;
}

/**
 * An optimiser state with one number per parameter element, stored as bytes in blocks of 2,048, each with a scale.
 * @see Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"
 */
export class BlockMoments {
  private readonly table: Tensor;
  private readonly coded: readonly Coded[];

  /** @param isSigned false for numbers never below 0. They are never rounded to 0 either, since they are denominators */
  constructor(
    private readonly parameters: readonly Tensor[],
    private readonly isSigned: boolean,
  ) {
    const like = parameters[0]!;
    compactKernels(like.storage.backend);
    this.table = stateBuffer(256, like);
    this.table.set(dynamicCodes(isSigned));
    this.coded = parameters.map(({ size }) => ({
      codes: allocate("optimizer", [Math.ceil(size / 4)], "int32", like.storage.backend),
      scales: stateBuffer(Math.ceil(size / BLOCK), like),
      table: this.table,
      block: BLOCK,
    }));
    for (const { codes } of this.coded) codes.set(new Int32Array(codes.size));
  }

  get byteLength(): number {
    const tensors = this.coded.flatMap(({ codes, scales }) => [codes, scales]);
    return [this.table, ...tensors].reduce((sum, { storage }) => sum + storage.byteLength, 0);
  }

  /** First element and length of the pieces in which a parameter is processed. */
  *pieces(parameter: number): Generator<[first: number, size: number]> {
    const { size } = this.parameters[parameter]!;
    for (let first = 0; first < size; first += PIECE) yield [first, Math.min(PIECE, size - first)];
  }

  /** Writes a piece of a parameter's state to `out`, [size]. */
  read(parameter: number, first: number, out: Tensor): void {
    this.kernels().expandCodes(out, this.part(parameter, first, out.size));
  }

  /** Stores a piece of a parameter's state. */
  write(parameter: number, first: number, x: Tensor): void {
    this.kernels().chooseCodes(this.part(parameter, first, x.size), x, !this.isSigned);
  }

  /** All numbers, flat, in the order of the parameters. */
  async data(): Promise<Float32Array> {
    const parts: Float32Array[] = [];
    for (const parameter of this.parameters.keys())
      for (const [first, size] of this.pieces(parameter)) {
        const wide = this.wide(size);
        this.read(parameter, first, wide);
        parts.push((await wide.data()) as Float32Array);
        wide.dispose();
      }
    const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /** Overwrites all numbers. */
  set(data: ArrayLike<number>): void {
    const numbers = Float32Array.from(data);
    let at = 0;
    for (const parameter of this.parameters.keys())
      for (const [first, size] of this.pieces(parameter)) {
        const wide = this.wide(size);
        wide.set(numbers.subarray(at, at + size));
        this.write(parameter, first, wide);
        wide.dispose();
        at += size;
      }
  }

  dispose(): void {
    this.table.dispose();
    for (const { codes, scales } of this.coded) for (const each of [codes, scales]) each.dispose();
  }

  private kernels() {
    return compactKernels(this.table.storage.backend);
  }

  private wide(size: number): Tensor {
    return allocate("moments", [size], "float32", this.table.storage.backend);
  }

  private part(parameter: number, first: number, size: number): CodedNumbers {
    const { codes, scales, ...rest } = this.coded[parameter]!;
    const cut = (x: Tensor, from: number, count: number) => ({
      storage: x.storage,
      offset: from,
      shape: [count],
      strides: [1],
      dtype: x.dtype,
      size: count,
    });
    return {
      ...rest,
      codes: cut(codes, first / 4, Math.ceil(size / 4)),
      scales: cut(scales, first / BLOCK, Math.ceil(size / BLOCK)),
    };
  }
}
