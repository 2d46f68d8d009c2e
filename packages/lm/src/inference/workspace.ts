import { keep, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";

/** Tensors for the steps of one number of rows, made when first asked for and used again in every layer and step. */
export class Workspace {
  private readonly buffers = new Map<string, Tensor>();

  constructor(readonly rows: number) {}

  /** A tensor [rows, …shape] under a name, contents left over from its last use. */
  get(name: string, ...shape: readonly number[]): Tensor {
    let buffer = this.buffers.get(name);
    if (!buffer) {
      buffer = keep(zeros([this.rows, ...shape]));
      this.buffers.set(name, buffer);
    }
    return buffer;
  }

  /** int32 [length] under a name, made once. */
  ints(name: string, length: number): Tensor {
    let buffer = this.buffers.get(name);
    if (!buffer) {
      buffer = keep(zeros([length], { dtype: "int32" }));
      this.buffers.set(name, buffer);
    }
    return buffer;
  }

  /** The same memory under another shape, made once. */
  view(name: string, of: Tensor, shape: readonly number[]): Tensor {
    let view = this.buffers.get(name);
    if (!view) {
      view = keep(of.reshape(shape));
      this.buffers.set(name, view);
    }
    return view;
  }

  /** Rows first … first + count − 1 of a tensor of this workspace, made once. */
  part(name: string, of: Tensor, first: number, count: number): Tensor {
    let part = this.buffers.get(name);
    if (!part) {
      part = keep(of.narrow(0, first, count));
      this.buffers.set(name, part);
    }
    return part;
  }

  /** A tensor under a name, made once; what is made on the way is freed. */
  made(name: string, make: () => Tensor): Tensor {
    let tensor = this.buffers.get(name);
    if (!tensor) {
      tensor = keep(tidy(make));
      this.buffers.set(name, tensor);
    }
    return tensor;
  }

  dispose(): void {
    for (const buffer of this.buffers.values()) buffer.dispose();
    this.buffers.clear();
  }
}
