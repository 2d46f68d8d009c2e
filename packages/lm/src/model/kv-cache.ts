import { copy_, noGrad, type Tensor, zeros } from "@deepgrain/tensor-gpu";
import { LmError, whole } from "../errors";

/**
 * The cache of one attention layer: named buffers [batch, heads, capacity, size], so that a head's keys are contiguous.
 */
export type LayerCache = Map<string, Tensor>;

/**
 * Keys and values (or latents) of the tokens read so far, so that each new token costs one step. Memory for `capacity`
 * tokens is reserved at once. Call `dispose()` when done.
 */
export class KvCache {
  /** Tokens read so far. */
  length = 0;
  private readonly layers: LayerCache[] = [];

  constructor(
    readonly batch: number,
    readonly capacity: number,
  ) {
    whole("KvCache", "batch", batch, { min: 1 });
    whole("KvCache", "capacity", capacity, { min: 0 });
  }

  /**
   * Stores `x` [batch, seq, heads, size] after the tokens read so far.
   * @returns all tokens so far, a view [batch, length + seq, heads, size]
   * @throws {LmError} `ERR_RANGE` when the cache is full
   */
  append(layer: number, name: string, x: Tensor): Tensor {
    const [batch, seq, heads, size] = x.shape as [number, number, number, number];
    const end = this.length + seq;
    if (end > this.capacity)
      throw new LmError(
        "ERR_RANGE",
        `lm/KvCache: room for ${this.capacity} tokens, ${end} needed`,
        { fields: { capacity: this.capacity, needed: end } },
      );
    const buffer = this.buffer(layer, name, [batch, heads, this.capacity, size]);
    const target = buffer.narrow(2, this.length, seq).transpose(1, 2);
    noGrad(() => copy_(target, x));
    return buffer.narrow(2, 0, end).transpose(1, 2);
  }

  /** Counts tokens as read; called once per forward pass, after every layer has appended. */
  advance(seq: number): void {
    this.length += seq;
  }

  /** Bytes reserved. */
  get sizeBytes(): number {
    return this.layers.reduce(
      (sum, layer) => sum + [...layer.values()].reduce((n, t) => n + t.size * 4, 0),
      0,
    );
  }

  dispose(): void {
    for (const layer of this.layers) for (const tensor of layer.values()) tensor.dispose();
    this.layers.length = 0;
  }

  private buffer(layer: number, name: string, shape: readonly number[]): Tensor {
    this.layers[layer] ??= new Map();
    const buffers = this.layers[layer];
    let buffer = buffers.get(name);
    if (!buffer) {
      buffer = zeros(shape);
      buffer.isKept = true;
      buffers.set(name, buffer);
    }
    return buffer;
  }
}
