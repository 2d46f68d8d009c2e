import { fail, LmError, whole } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import type { BatchOptions } from "./batch-options";
import type { CheckedRequest } from "./sequence";

/** How much a batch can hold. */
export interface BatchLimits {
  maxSequences: number;
  /** Tokens per page. */
  pageTokens: number;
  /** Pages of sequences. */
  mostPages: number;
  /** Further pages that are kept for later requests. */
  keptPages: number;
}

/** @throws {LmError} `ERR_RANGE` for options out of range */
export function batchLimits(
  model: CausalLM,
  { maxSequences = 16, cacheTokens, pageTokens = 128, prefixCache = 0 }: BatchOptions,
): BatchLimits {
  const where = "GenerationBatch";
  whole(where, "maxSequences", maxSequences, { min: 1 });
  whole(where, "pageTokens", pageTokens, { min: 1 });
  if (cacheTokens !== undefined) whole(where, "cacheTokens", cacheTokens, { min: 1 });
  whole(where, "prefixCache", prefixCache, { min: 0 });
  if (pageTokens % 4 !== 0)
    fail("ERR_RANGE", `${where}: pageTokens must be a multiple of 4, got ${pageTokens}`, {
      pageTokens,
    });
  const mostTokens = maxSequences * (model.config.maxPositionEmbeddings + pageTokens);
  return {
    maxSequences,
    pageTokens,
    mostPages: Math.ceil((cacheTokens ?? mostTokens) / pageTokens),
    keptPages: Math.floor(prefixCache / pageTokens),
  };
}

/** Requests in the order of their arrival, and the pages reserved for those that were let in. */
export class Admission {
  private waiting: CheckedRequest[] = [];
  private readonly reserved = new Map<number, number>();

  /** @param pagesOf the largest number of pages that a request may need */
  constructor(
    private readonly limits: BatchLimits,
    private readonly pagesOf: (request: CheckedRequest) => number,
  ) {}

  /** Requests that wait. */
  get queue(): readonly CheckedRequest[] {
    return this.waiting;
  }

  /** @throws {LmError} `ERR_RANGE` for a request that never fits */
  add(request: CheckedRequest): void {
    const { maxSequences, mostPages } = this.limits;
    const { samples } = request;
    const pages = this.pagesOf(request);
    if (samples > maxSequences || pages > mostPages)
      throw new LmError(
        "ERR_RANGE",
        `lm/GenerationBatch: the request needs ${samples} sequences and ${pages} pages, the batch has ${maxSequences} and ${mostPages}`,
        { fields: { samples, pages, maxSequences, mostPages } },
      );
    if (request.maxNewTokens > 0 || request.onPrompt) this.waiting.push(request);
  }

  /** Removes requests of which no continuation is wanted any more. */
  prune(): void {
    this.waiting = this.waiting.filter(({ wanted }) => wanted.size > 0);
  }

  /**
   * Takes requests from the queue while sequences and pages allow.
   * @param running number of sequences that run
   */
  take(running: number): CheckedRequest[] {
    const taken: CheckedRequest[] = [];
    let sequences = running;
    let pages = [...this.reserved.values()].reduce((sum, count) => sum + count, 0);
    for (const request of this.waiting) {
      const need = this.pagesOf(request);
      sequences += request.wanted.size;
      pages += need;
      if (sequences > this.limits.maxSequences || pages > this.limits.mostPages) break;
      this.reserved.set(request.number, need);
      taken.push(request);
    }
    this.waiting = this.waiting.slice(taken.length);
    return taken;
  }

  /** Gives back the pages of all requests but these. */
  keepOnly(alive: ReadonlySet<number>): void {
    for (const number of this.reserved.keys()) if (!alive.has(number)) this.reserved.delete(number);
  }

  /** Forgets all. */
  clear(): void {
    this.waiting = [];
    this.reserved.clear();
  }
}
