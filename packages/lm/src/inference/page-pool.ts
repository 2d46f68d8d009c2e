import { copy_, keep, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { LmError } from "../errors";

/**
 * The shape of one layer's cache per token: the number of key heads and their widths. If valueSize is null, the value is
 * part of its key.
 */
export interface LayerShape {
  keyHeads: number;
  keySize: number;
  valueSize: number | null;
}

/** Pages of one layer. */
export interface LayerPages {
  /** [pages, keyHeads, pageTokens, keySize] */
  keys: Tensor;
  values: Tensor | null;
}

export interface PagePoolOptions {
  /** Tokens per page, a multiple of 4. */
  pageTokens: number;
  /** Maximum number of pages. */
  mostPages: number;
}

/**
 * Pages of keys and values for many sequences. Sequences with a common prefix share pages; a sequence must get its own
 * copy of a shared page before it writes to it. Memory grows as pages are requested, and `dispose()` frees it.
 */
export class PagePool {
  readonly pageTokens: number;
  readonly mostPages: number;
  private layers: LayerPages[] = [];
  private readonly users: number[] = [];
  private readonly free: number[] = [];

  constructor(
    private readonly shapes: readonly LayerShape[],
    { pageTokens, mostPages }: PagePoolOptions,
  ) {
    this.pageTokens = pageTokens;
    this.mostPages = mostPages;
  }

  /** Pages in use. */
  get usedPages(): number {
    return this.users.length - this.free.length;
  }

  /** Bytes reserved. */
  get sizeBytes(): number {
    const sizes = this.layers.map(({ keys, values }) => keys.size + (values?.size ?? 0));
    return 4 * sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The pages of a layer. This is a different object after the pool has grown. */
  layer(index: number): LayerPages {
    return this.layers[index]!;
  }

  /** Makes sure that so many pages can be taken, in one go. @throws {LmError} `ERR_RANGE` when fewer are left */
  reserve(count: number): void {
    const missing = count - this.free.length;
    if (missing > 0) this.grow(missing);
  }

  /** A new page with one user. @throws {LmError} `ERR_RANGE` when none is left */
  take(): number {
    this.reserve(1);
    const page = this.free.pop()!;
    this.users[page] = 1;
    return page;
  }

  /** Adds a user to a page. */
  share(page: number): void {
    this.users[page]!++;
  }

  /** Removes a user from a page. */
  release(page: number): void {
    if (--this.users[page]! === 0) this.free.push(page);
  }

  /** The page itself if it has one user, else a private copy for the caller. */
  own(page: number): number {
    if (this.users[page] === 1) return page;
    const copy = this.take();
    tidy(() => {
      for (const { keys, values } of this.layers)
        for (const pages of [keys, values])
          if (pages) copy_(pages.select(0, copy), pages.select(0, page));
    });
    this.release(page);
    return copy;
  }

  dispose(): void {
    for (const { keys, values } of this.layers) for (const x of [keys, values]) x?.dispose();
    this.layers = [];
  }

  private grow(least: number): void {
    const before = this.users.length;
    const after = Math.min(this.mostPages, Math.max(2, 2 * before, before + least));
    if (after < before + least)
      throw new LmError("ERR_RANGE", `lm/PagePool: all ${before} pages are in use`, {
        fields: { pages: before },
      });
    this.layers = this.shapes.map(({ keyHeads, keySize, valueSize }, index) => {
      const old = this.layers[index];
      const make = (width: number, from: Tensor | null | undefined) => {
        const pages = keep(zeros([after, keyHeads, this.pageTokens, width]));
        if (from) tidy(() => void copy_(pages.narrow(0, 0, before), from));
        from?.dispose();
        return pages;
      };
      return {
        keys: make(keySize, old?.keys),
        values: valueSize === null ? null : make(valueSize, old?.values),
      };
    });
    for (let page = after - 1; page >= before; page--) {
      this.users[page] = 0;
      this.free.push(page);
    }
  }
}
