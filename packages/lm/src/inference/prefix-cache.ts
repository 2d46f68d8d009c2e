import type { PagePool } from "./page-pool";

/** A whole page of keys and values that is kept after its sequence has ended. */
interface KeptPage {
  page: number;
  /** The key of the page itself, by which later pages name it. */
  name: string;
}

/**
 * Pages of prompts and continuations that later sequences with the same beginning share. A page is found by its tokens and
 * all that stand before them. The page that was used least recently goes first.
 */
export class PrefixCache {
  /** In the order of use. A page is used after those that follow it, so that the first one has none that follow. */
  private readonly kept = new Map<string, KeptPage>();
  private named = 0;

  /** @param mostPages how many pages are kept @param pool where they are */
  constructor(
    private readonly pool: PagePool,
    private readonly mostPages: number,
  ) {}

  /** Pages kept. */
  get pages(): number {
    return this.kept.size;
  }

  /**
   * The pages of the longest beginning of `ids` that is kept, each with one more user.
   * @param group only sequences of one group share pages
   * @param most how many tokens at most
   */
  find(group: string, ids: readonly number[], most: number): number[] {
    const path = this.path(group, ids, most);
    for (const { page } of path) this.pool.share(page);
    this.use(group, ids, path);
    return path.map(({ page }) => page);
  }

  /**
   * Keeps the whole pages of a sequence.
   * @param pages its pages in order @param stored how many of its tokens are in them
   */
  keep(group: string, ids: readonly number[], pages: readonly number[], stored: number): void {
    const { pageTokens } = this.pool;
    const whole = Math.min(Math.floor(stored / pageTokens), this.mostPages);
    const path = this.path(group, ids, whole * pageTokens);
    for (let at = path.length; at < whole; at++) {
      const page = pages[at]!;
      this.pool.share(page);
      const kept = { page, name: `${this.named++}` };
      this.kept.set(this.keyOf(path.at(-1)?.name ?? group, ids, at), kept);
      path.push(kept);
    }
    this.use(group, ids, path);
    while (this.kept.size > this.mostPages) {
      const [key, { page }] = this.kept.entries().next().value!;
      this.kept.delete(key);
      this.pool.release(page);
    }
  }

  private path(group: string, ids: readonly number[], most: number): KeptPage[] {
    const path: KeptPage[] = [];
    for (let at = 0; (at + 1) * this.pool.pageTokens <= most; at++) {
      const found = this.kept.get(this.keyOf(path.at(-1)?.name ?? group, ids, at));
      if (!found) break;
      path.push(found);
    }
    return path;
  }

  /** Moves the pages of a path to the end, its last one first. */
  private use(group: string, ids: readonly number[], path: readonly KeptPage[]): void {
    for (let at = path.length - 1; at >= 0; at--) {
      const key = this.keyOf(path[at - 1]?.name ?? group, ids, at);
      this.kept.delete(key);
      this.kept.set(key, path[at]!);
    }
  }

  private keyOf(before: string, ids: readonly number[], at: number): string {
    const { pageTokens } = this.pool;
    return `${before}:${ids.slice(at * pageTokens, (at + 1) * pageTokens).join(",")}`;
  }
}
