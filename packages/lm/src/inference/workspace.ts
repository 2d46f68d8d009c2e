import { keep, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";

/** Tensors for steps with one number of rows. They are created on first use and reused in every layer and step. */
export class Workspace {
  private readonly buffers = new Map<string, Tensor>();

  constructor(readonly rows: number) {}

  /** A tensor [rows, …shape] under a name. Its contents are those of its last use. */
  get(name: string, ...shape: readonly number[]): Tensor {
    let buffer = this.buffers.get(name);
    if (!buffer) {
      buffer = keep(zeros([this.rows, ...shape]));
      this.buffers.set(name, buffer);
    }
    return buffer;
  }

  /** int32 [length] under a name, created once. */
  ints(name: string, length: number): Tensor {
    let buffer = this.buffers.get(name);
    if (!buffer) {
      buffer = keep(zeros([length], { dtype: "int32" }));
      this.buffers.set(name, buffer);
    }
    return buffer;
  }

  /** The same memory with another shape, created once. */
  view(name: string, of: Tensor, shape: readonly number[]): Tensor {
    let view = this.buffers.get(name);
    if (!view) {
      view = keep(of.reshape(shape));
      this.buffers.set(name, view);
    }
    return view;
  }

  /** Rows first … first + count − 1 of a tensor of this workspace, created once. */
  part(name: string, of: Tensor, first: number, count: number): Tensor {
    let part = this.buffers.get(name);
    if (!part) {
      part = keep(of.narrow(0, first, count));
      this.buffers.set(name, part);
    }
    return part;
  }

  /** A tensor under a name, created once; intermediate tensors are freed. */
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
