import { optionsOf, refuseUnknown, whole } from "../errors";
import type { CausalLM } from "../model/causal-lm";
import { Admission, batchLimits } from "./admission";
import type { BatchCounts, BatchTokenEvent } from "./batch-events";
import type { BatchOptions } from "./batch-options";
import { isPlain, nextToken, scorePrompt } from "./next-token";
import { passesOf, type Reading } from "./passes";
import { PrefixCache } from "./prefix-cache";
import { PreparedModel } from "./prepared-model";
import { promptPieces } from "./prompt-pieces";
import {
  type BatchRequest,
  type CheckedRequest,
  checkRequest,
  fork,
  newSequence,
  pagesFor,
  prefixGroup,
  type Sequence,
} from "./sequence";
import { stepTokens } from "./step-tokens";

/**
 * Continues many prompts of different lengths in one batch (continuous batching). Each step is one model pass over one
 * new token per running continuation and over a part of the prompts that join. When a continuation ends, a waiting one
 * takes its place. Samples of one prompt share its keys and values. Call `dispose()` when done.
 */
export class GenerationBatch {
  private readonly prepared: PreparedModel;
  private readonly admission: Admission;
  /** Sequences whose prompts are not read to the end. */
  private reading: Sequence[] = [];
  private running: Sequence[] = [];
  private readonly prefixes: PrefixCache | null;
  private readonly done: BatchCounts = { steps: 0, promptTokens: 0, cachedTokens: 0, newTokens: 0 };
  private requests = 0;
  private readonly promptTokens: number;

  /** @throws {LmError} `ERR_RANGE` for options out of range */
  constructor(
    private readonly model: CausalLM,
    options: BatchOptions = {},
  ) {
    const {
      maxSequences,
      cacheTokens,
      promptTokensPerStep = 2048,
      pageTokens,
      prefixCache,
      ...rest
    } = optionsOf("GenerationBatch", options);
    refuseUnknown("GenerationBatch", rest);
    this.promptTokens = whole("GenerationBatch", "promptTokensPerStep", promptTokensPerStep, {
      min: 1,
    });
    const limits = batchLimits(model, { maxSequences, cacheTokens, pageTokens, prefixCache });
    const { pageTokens: size, keptPages } = limits;
    const mostPages = limits.mostPages + keptPages;
    this.prepared = new PreparedModel(model, { pageTokens: size, mostPages });
    this.prefixes = keptPages > 0 ? new PrefixCache(this.prepared.pool, keptPages) : null;
    this.admission = new Admission(limits, (request) => pagesFor(request, size, model.config));
  }

  /** Number of continuations that run, or whose prompt is being read. */
  get runningSequences(): number {
    return this.reading.reduce(
      (sum, { request }) => sum + request.wanted.size,
      this.running.length,
    );
  }

  /** Number of waiting requests. */
  get waitingRequests(): number {
    return this.admission.queue.length;
  }

  /** Number of continuations that waiting requests ask for. */
  get waitingSequences(): number {
    return this.admission.queue.reduce((sum, { wanted }) => sum + wanted.size, 0);
  }

  /** True when nothing runs or waits. */
  get isIdle(): boolean {
    return this.running.length + this.reading.length + this.waitingRequests === 0;
  }

  /** Bytes reserved for keys and values. */
  get cacheBytes(): number {
    return this.prepared.pool.sizeBytes;
  }

  /** Pages of keys and values: in use, of these kept for later requests, and how many there may be. */
  get pages(): { used: number; kept: number; most: number } {
    const { usedPages, mostPages } = this.prepared.pool;
    return { used: usedPages, kept: this.prefixes?.pages ?? 0, most: mostPages };
  }

  /** Totals so far. */
  get counts(): BatchCounts {
    return { ...this.done };
  }

  /**
   * Adds a prompt; it joins as soon as there is room.
   * @returns the request's number, by which events name it
   * @throws {LmError} `ERR_SHAPE` for an empty prompt; `ERR_RANGE` for ids and options out of range, for lengths beyond
   *   the model's positions, or for a request that can never fit into this batch
   */
  add(request: BatchRequest): number {
    const checked = checkRequest(request, this.requests, this.model);
    this.admission.add(checked);
    this.requests++;
    this.admit();
    return checked.number;
  }

  /**
   * Cancels a request, or one of its continuations; it produces no further events. Does nothing if it has ended. Call it
   * between steps.
   */
  cancel(request: number, sample?: number): void {
    const isMeant = (other: CheckedRequest) => other.number === request;
    const joined = [...this.reading, ...this.running].map((own) => own.request);
    const wanted = [...this.admission.queue, ...joined].find(isMeant)?.wanted;
    if (!wanted) return;
    if (sample === undefined) wanted.clear();
    else wanted.delete(sample);
    this.admission.prune();
    this.leave([
      ...this.reading.filter((own) => own.request.wanted.size === 0),
      ...this.running.filter((own) => isMeant(own.request) && !wanted.has(own.sample)),
    ]);
  }

  /**
   * A token for every continuation that runs, or whose prompt was read to its end: one pass, or more with LongRoPE. Empty
   * when idle, and while only parts of prompts are read.
   */
  async step(): Promise<BatchTokenEvent[]> {
    if (this.prefixes) for (const sequence of this.reading) this.adopt(sequence, this.prefixes);
    const pieces = promptPieces(this.reading, this.promptTokens);
    const passes = passesOf(this.model.config, this.running, pieces);
    const events: BatchTokenEvent[] = [];
    for (const pass of passes) for (const event of await this.pass(pass)) events.push(event);
    this.leave(this.running.filter(({ stopped }) => stopped));
    if (passes.length > 0) this.done.steps++;
    this.done.newTokens += events.length;
    return events;
  }

  /** Frees the cache. Requests that have not ended are forgotten. */
  dispose(): void {
    this.admission.clear();
    this.reading = [];
    this.running = [];
    this.prepared.dispose();
  }

  private async pass(readings: readonly Reading[]): Promise<BatchTokenEvent[]> {
    for (const { sequence, count } of readings)
      if (sequence.stored + count > sequence.all.length) this.forget(sequence);
    const isFresh = ({ sequence }: Reading) => sequence.stored === 0;
    const ordered = [...readings.filter((own) => !isFresh(own)), ...readings.filter(isFresh)];
    const onlyBest = ordered.every(isPlain);
    const tokens = stepTokens(this.prepared.pool, ordered);
    const step = this.prepared.step({ ...tokens, onlyBest });
    const isSampled = ordered.some(({ sampled }) => sampled > 0);
    const best = onlyBest && isSampled ? step.best() : null;
    const logits = best || !isSampled ? null : await step.read();
    const width = this.model.config.vocabSize;
    const events: BatchTokenEvent[] = [];
    let first = 0;
    for (const reading of ordered) {
      const rowAt = (row: number): number | Float32Array =>
        best?.[first + row] ?? logits!.subarray((first + row) * width, (first + row + 1) * width);
      for (const event of await this.advance(reading, rowAt)) events.push(event);
      first += reading.sampled;
    }
    return events;
  }

  /** @param rowAt logits of each sampled row, or the token that was taken from them */
  private async advance(
    { sequence, count, sampled }: Reading,
    rowAt: (row: number) => number | Float32Array,
  ): Promise<BatchTokenEvent[]> {
    const { request, all, stored } = sequence;
    if (this.running.includes(sequence)) return this.attempt(sequence, rowAt(0));
    this.done.promptTokens += count;
    if (request.onPrompt)
      scorePrompt(
        sequence,
        Array.from({ length: sampled }, (_, row) => rowAt(row) as Float32Array),
      );
    if (stored < all.length) return [];
    request.onPrompt?.(sequence.scores);
    this.keep(sequence);
    this.reading = this.reading.filter((other) => other !== sequence);
    return this.start(sequence, rowAt(sampled - 1));
  }

  /** The first tokens of all samples, once the prompt is read. */
  private async start(first: Sequence, found: number | Float32Array): Promise<BatchTokenEvent[]> {
    const { request } = first;
    if (request.maxNewTokens === 0) {
      this.running.push(first);
      this.leave([first]);
      return [];
    }
    const samples = [...request.wanted].map((sample, i) =>
      i === 0 ? Object.assign(first, { sample }) : fork(first, sample, this.prepared.pool),
    );
    this.running.push(...samples);
    const events: BatchTokenEvent[] = [];
    for (const sequence of samples) {
      // Each sample of a prompt edits its own copy of the logits.
      const own = typeof found === "number" ? found : found.slice();
      for (const event of await this.attempt(sequence, own)) events.push(event);
    }
    return events;
  }

  /** The next token of a sequence; none if its request fails, which is then told. */
  private async attempt(
    sequence: Sequence,
    found: number | Float32Array,
  ): Promise<BatchTokenEvent[]> {
    const { request } = sequence;
    if (request.wanted.size === 0) return [];
    try {
      return [await nextToken(sequence, found)];
    } catch (error) {
      if (!request.onError) throw error;
      request.onError(error);
      this.cancel(request.number);
      return [];
    }
  }

  /** Takes requests from the queue while there is room. */
  private admit(): void {
    for (const request of this.admission.take(this.runningSequences))
      this.reading.push(newSequence(request));
  }

  /** Begins a sequence with the pages that are kept of its prompt; the last token is read in any case. */
  private adopt(sequence: Sequence, prefixes: PrefixCache): void {
    const { all, stored, request } = sequence;
    const group = prefixGroup(request, all.length, this.model.config);
    if (stored > 0 || request.onPrompt || group === null) return;
    sequence.pages = prefixes.find(group, all, all.length - 1);
    sequence.stored = sequence.pages.length * this.prepared.pool.pageTokens;
    this.done.cachedTokens += sequence.stored;
  }

  private keep({ request, all, pages, stored }: Sequence): void {
    const group = prefixGroup(request, stored, this.model.config);
    if (group !== null) this.prefixes?.keep(group, all, pages, stored);
  }

  /** Gives up a sequence's keys and values, so that it is read again. */
  private forget(sequence: Sequence): void {
    for (const page of sequence.pages) this.prepared.pool.release(page);
    sequence.pages = [];
    sequence.stored = 0;
  }

  private leave(ended: readonly Sequence[]): void {
    if (ended.length === 0) return;
    const gone = new Set(ended);
    const stays = (sequence: Sequence) => !gone.has(sequence);
    for (const sequence of this.running) if (gone.has(sequence)) this.keep(sequence);
    this.running = this.running.filter(stays);
    this.reading = this.reading.filter(stays);
    for (const sequence of ended) this.forget(sequence);
    const left = [...this.running, ...this.reading].map(({ request }) => request.number);
    this.admission.keepOnly(new Set(left));
    this.admit();
  }
}
