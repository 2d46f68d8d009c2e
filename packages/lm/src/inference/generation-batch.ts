import { LmError, optionsOf, refuseUnknown } from "../errors";
import { sampleToken, scoreTokens, type TokenScore } from "../generation/sample-token";
import { greedy } from "../generation/sampling";
import type { StopReason } from "../generation/stopping";
import type { CausalLM } from "../model/causal-lm";
import { type Pass, passesOf } from "./passes";
import { PreparedModel } from "./prepared-model";
import {
  type BatchRequest,
  type CheckedRequest,
  checkRequest,
  fork,
  pagesFor,
  type Sequence,
} from "./sequence";
import { stepTokens } from "./step-tokens";

/** Options of {@link GenerationBatch}. */
export interface BatchOptions {
  /** Maximum number of concurrent continuations; others wait. Default 16. */
  maxSequences?: number | undefined;
  /** Maximum number of tokens in the key/value cache, over all sequences. Default: limited by memory only. */
  cacheTokens?: number | undefined;
  /** Maximum number of prompt tokens per step; a longer prompt gets a step of its own. Default 2048. */
  promptTokensPerStep?: number | undefined;
  /** Tokens per page of the cache, a multiple of 4. Default 128. */
  pageTokens?: number | undefined;
}

/** One new token. */
export interface BatchTokenEvent {
  type: "token";
  /** The request number that `add` returned. */
  request: number;
  /** Which of the request's continuations, from 0. */
  sample: number;
  id: number;
  /** Tokens of this continuation so far, this one included. */
  count: number;
  /** Why the continuation ended with this token; undefined if it continues. */
  stopped: StopReason | undefined;
  /** Present if `logProbabilities` was requested. */
  score?: TokenScore | undefined;
}

/** Whether decoding is greedy and nothing else needs the logits. */
const isPlain = ({ request }: Sequence): boolean =>
  (request.sampler === undefined || request.sampler === greedy) &&
  request.processors.length === 0 &&
  request.logProbabilities === undefined;

/** Each sample of a prompt edits its own copy of the logits. */
const copied = (found: number | Float32Array) =>
  typeof found === "number" ? found : found.slice();

const newTokens = ({ all, request }: Sequence) => all.length - request.prompt.length;

/**
 * Continues many prompts of different lengths in one batch (continuous batching). Each step is one model pass over one
 * new token per running continuation and over the prompts that join. When a continuation ends, a waiting one takes its
 * place. Samples of one prompt share its keys and values. Call `dispose()` when done.
 */
export class GenerationBatch {
  private readonly prepared: PreparedModel;
  private readonly waiting: CheckedRequest[] = [];
  private running: Sequence[] = [];
  private readonly reserved = new Map<number, number>();
  private requests = 0;
  private readonly maxSequences: number;
  private readonly mostPages: number;
  private readonly promptTokens: number;

  /** @throws {LmError} `ERR_RANGE` for options out of range */
  constructor(
    private readonly model: CausalLM,
    options: BatchOptions = {},
  ) {
    const {
      maxSequences = 16,
      cacheTokens,
      promptTokensPerStep = 2048,
      pageTokens = 128,
      ...rest
    } = optionsOf("GenerationBatch", options);
    refuseUnknown("GenerationBatch", rest);
    const mostTokens = maxSequences * (model.config.maxPositionEmbeddings + pageTokens);
    const counts = { maxSequences, cacheTokens: cacheTokens ?? 1, promptTokensPerStep, pageTokens };
    for (const [name, value] of Object.entries(counts))
      if (!Number.isSafeInteger(value) || value < 1 || (name === "pageTokens" && value % 4 !== 0))
        throw new LmError(
          "ERR_RANGE",
          `lm/GenerationBatch: ${name} must be a whole number of at least 1${name === "pageTokens" ? " and a multiple of 4" : ""}, got ${value}`,
          { fields: { [name]: value } },
        );
    this.maxSequences = maxSequences;
    this.promptTokens = promptTokensPerStep;
    this.mostPages = Math.ceil((cacheTokens ?? mostTokens) / pageTokens);
    this.prepared = new PreparedModel(model, { pageTokens, mostPages: this.mostPages });
  }

  /** Number of running continuations. */
  get runningSequences(): number {
    return this.running.length;
  }

  /** Number of waiting requests. */
  get waitingRequests(): number {
    return this.waiting.length;
  }

  /** True when nothing runs or waits. */
  get isIdle(): boolean {
    return this.running.length === 0 && this.waiting.length === 0;
  }

  /** Bytes reserved for keys and values. */
  get cacheBytes(): number {
    return this.prepared.pool.sizeBytes;
  }

  /**
   * Adds a prompt to the queue; it joins as soon as there is room.
   * @returns the request's number, by which events name it
   * @throws {LmError} `ERR_SHAPE` for an empty prompt; `ERR_RANGE` for ids and options out of range, for lengths beyond
   *   the model's positions, or for a request that can never fit into this batch
   */
  add(request: BatchRequest): number {
    const checked = checkRequest(request, this.requests, this.model);
    const pages = this.pagesOf(checked);
    if (checked.samples > this.maxSequences || pages > this.mostPages)
      throw new LmError(
        "ERR_RANGE",
        `lm/GenerationBatch: the request needs ${checked.samples} sequences and ${pages} pages, the batch has ${this.maxSequences} and ${this.mostPages}`,
        {
          fields: {
            samples: checked.samples,
            pages,
            maxSequences: this.maxSequences,
            mostPages: this.mostPages,
          },
        },
      );
    this.requests++;
    if (checked.maxNewTokens > 0) this.waiting.push(checked);
    return checked.number;
  }

  /** Cancels a request; it produces no further events. Does nothing if the request has ended. */
  cancel(request: number): void {
    const at = this.waiting.findIndex(({ number }) => number === request);
    if (at >= 0) this.waiting.splice(at, 1);
    this.leave(this.running.filter((sequence) => sequence.request.number === request));
  }

  /** A token for every continuation that runs or joins: one pass, or more with LongRoPE. Empty when idle. */
  async step(): Promise<BatchTokenEvent[]> {
    const joining = this.admit(this.running.length);
    const events: BatchTokenEvent[] = [];
    for (const part of passesOf(this.model.config, this.running, joining))
      for (const event of await this.pass(part)) events.push(event);
    this.leave(this.running.filter(({ stopped }) => stopped));
    return events;
  }

  private async pass({ continued, joining, again }: Pass): Promise<BatchTokenEvent[]> {
    for (const sequence of again) this.forget(sequence);
    const fresh = [...again, ...joining];
    const onlyBest = [...continued, ...fresh].every(isPlain);
    const step = this.prepared.step({
      ...stepTokens(this.prepared.pool, continued, fresh),
      onlyBest,
    });
    const best = onlyBest ? step.best() : null;
    const logits = best ? null : await step.read();
    const width = this.model.config.vocabSize;
    const row = (index: number): number | Float32Array =>
      best?.[index] ?? logits!.subarray(index * width, (index + 1) * width);
    const events: BatchTokenEvent[] = [];
    const running = [...continued, ...again];
    for (const [i, sequence] of running.entries())
      events.push(await this.advance(sequence, row(i)));
    for (const [i, first] of joining.entries()) {
      const samples = [first];
      for (let sample = 1; sample < first.request.samples; sample++)
        samples.push(fork(first, sample, this.prepared.pool));
      this.running = [...this.running, ...samples];
      for (const sequence of samples)
        events.push(await this.advance(sequence, copied(row(running.length + i))));
    }
    return events;
  }

  /** Gives up a sequence's keys and values, so that it is read again. */
  private forget(sequence: Sequence): void {
    for (const page of sequence.pages) this.prepared.pool.release(page);
    sequence.pages = [];
    sequence.stored = 0;
  }

  /** Frees the cache. Requests that have not ended are forgotten. */
  dispose(): void {
    this.waiting.length = 0;
    this.running = [];
    this.prepared.dispose();
  }

  private pagesOf(request: CheckedRequest): number {
    return pagesFor(request, this.prepared.pool.pageTokens, this.model.config);
  }

  /** Takes requests from the queue while sequences, pages and this step's prompt tokens allow. */
  private admit(running: number): Sequence[] {
    const joining: Sequence[] = [];
    let [sequences, tokens] = [running, 0];
    let pages = [...this.reserved.values()].reduce((sum, count) => sum + count, 0);
    while (this.waiting.length > 0) {
      const request = this.waiting[0]!;
      const need = this.pagesOf(request);
      sequences += request.samples;
      tokens += request.prompt.length;
      pages += need;
      const isOverfull = sequences > this.maxSequences || pages > this.mostPages;
      if (isOverfull || (joining.length > 0 && tokens > this.promptTokens)) break;
      this.waiting.shift();
      this.reserved.set(request.number, need);
      joining.push({
        request,
        sample: 0,
        all: [...request.prompt],
        pages: [],
        stored: 0,
        stopped: undefined,
      });
    }
    return joining;
  }

  /** @param found logits of one row, or the token that was taken from them */
  private async advance(
    sequence: Sequence,
    found: number | Float32Array,
  ): Promise<BatchTokenEvent> {
    const { request, sample, all } = sequence;
    const { number, processors, sampler = greedy, stops, maxNewTokens, logProbabilities } = request;
    const score =
      typeof found === "number" || logProbabilities === undefined
        ? undefined
        : scoreTokens(found, logProbabilities);
    const id =
      typeof found === "number" ? found : await sampleToken(found, all, processors, sampler);
    all.push(id);
    for (const stop of stops) sequence.stopped ??= stop(all);
    const count = newTokens(sequence);
    if (count >= maxNewTokens) sequence.stopped ??= "length";
    const { stopped } = sequence;
    return {
      type: "token",
      request: number,
      sample,
      id,
      count,
      stopped,
      ...(score && { score: score(id) }),
    };
  }

  private leave(ended: readonly Sequence[]): void {
    if (ended.length === 0) return;
    const gone = new Set(ended);
    this.running = this.running.filter((sequence) => !gone.has(sequence));
    for (const { pages } of ended) for (const page of pages) this.prepared.pool.release(page);
    const alive = new Set(this.running.map(({ request }) => request.number));
    for (const number of this.reserved.keys()) if (!alive.has(number)) this.reserved.delete(number);
  }
}
