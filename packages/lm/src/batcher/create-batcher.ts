import { nextTurn } from "@deepgrain/support";
import { having, LmError, optionsOf, refuseUnknown, whole } from "../errors";
import { batchLimits } from "../inference/admission";
import type { BatchCounts, BatchTokenEvent } from "../inference/batch-events";
import type { BatchOptions } from "../inference/batch-options";
import { GenerationBatch } from "../inference/generation-batch";
import type { CausalLM } from "../model/causal-lm";
import { batchRequest } from "./batch-request";
import type { Batcher, BatcherNumbers, BatcherRequest, BatcherStream } from "./batcher";
import { EventQueue } from "./event-queue";

/** Options of {@link createBatcher}. */
export interface BatcherOptions extends BatchOptions {
  /** Maximum number of requests that wait; further ones are refused. Default 64. */
  queue?: number | undefined;
}

const NAMES: readonly (keyof BatcherOptions)[] = [
  "queue",
  "maxSequences",
  "cacheTokens",
  "promptTokensPerStep",
  "pageTokens",
  "prefixCache",
];

const nothing: BatchCounts = { steps: 0, promptTokens: 0, cachedTokens: 0, newTokens: 0 };

/** Lets signals and messages arrive, and callers add requests: each may take two turns of its own before it asks again. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await nextTurn();
}

/** A batcher in this thread. */
class LocalBatcher implements Batcher {
  private batch: GenerationBatch | null = null;
  private readonly streams = new Map<number, EventQueue>();
  /** Requests, or continuations of them, that are cancelled before the next step. */
  private leaving: [request: number, sample: number | undefined][] = [];
  private work: Promise<void> | null = null;
  private isClosed = false;
  private readonly limits: ReturnType<typeof batchLimits>;
  /** Totals of batches that are gone. */
  private past = nothing;
  private requests = 0;
  private refused = 0;

  constructor(
    private readonly model: CausalLM,
    private readonly options: BatchOptions,
    private readonly queue: number,
  ) {
    whole("createBatcher", "queue", queue, { min: 0 });
    whole("createBatcher", "promptTokensPerStep", options.promptTokensPerStep, { min: 1 });
    this.limits = batchLimits(model, options);
  }

  generate(request: BatcherRequest): BatcherStream {
    let number = -1;
    const samples = Number.isSafeInteger(request?.samples) ? request.samples! : 1;
    const leave = (sample?: number) => void this.leaving.push([number, sample]);
    const stream = new EventQueue(samples, leave, request?.signal);
    try {
      number = this.accept(request, stream);
    } catch (error) {
      stream.fail(error);
    }
    return stream;
  }

  numbers(): Promise<BatcherNumbers> {
    const { batch, limits } = this;
    const { used = 0, kept = 0 } = batch?.pages ?? {};
    return Promise.resolve({
      running: batch?.runningSequences ?? 0,
      waiting: batch?.waitingSequences ?? 0,
      requests: this.requests,
      refused: this.refused,
      ...this.counts(),
      usedPages: used,
      keptPages: kept,
      mostPages: limits.mostPages + limits.keptPages,
      pageTokens: limits.pageTokens,
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const [number, stream] of this.streams) {
      this.leaving.push([number, undefined]);
      stream.fail(new LmError("ERR_STATE", "lm/createBatcher: the batcher was closed"));
    }
    await this.work;
    this.discard();
  }

  /** @returns the request's number in the batch */
  private accept(request: BatcherRequest, stream: EventQueue): number {
    if (this.isClosed) throw new LmError("ERR_STATE", "lm/createBatcher: the batcher is closed");
    const { batch: wanted, scorePrompt, signal } = batchRequest(request, this.model, this.limits);
    signal?.throwIfAborted();
    const batch = this.batch ?? new GenerationBatch(this.model, this.options);
    this.batch = batch;
    const endAll = () => {
      for (let sample = 0; sample < wanted.samples; sample++)
        stream.push({ type: "end", sample, reason: "length" });
    };
    const number = batch.add({
      ...wanted,
      onError: (error) => stream.fail(error),
      onPrompt: scorePrompt
        ? (scores) => {
            stream.push({ type: "prompt", scores });
            if (wanted.maxNewTokens === 0) endAll();
          }
        : undefined,
    });
    if (batch.waitingRequests > this.queue) this.refuse(batch, number);
    this.requests++;
    if (wanted.maxNewTokens === 0 && !scorePrompt) endAll();
    else this.streams.set(number, stream);
    this.work ??= this.run(batch);
    return number;
  }

  private refuse(batch: GenerationBatch, number: number): never {
    batch.cancel(number);
    this.refused++;
    throw new LmError("ERR_BUSY", `lm/createBatcher: ${this.queue} requests are waiting already`, {
      fields: { queue: this.queue },
    });
  }

  /** Steps until nothing runs or waits. */
  private async run(batch: GenerationBatch): Promise<void> {
    try {
      for (;;) {
        await turns();
        for (const [request, sample] of this.leaving.splice(0)) batch.cancel(request, sample);
        if (batch.isIdle) break;
        this.deliver(await batch.step());
      }
      if (this.limits.keptPages === 0) this.discard();
    } catch (error) {
      for (const stream of this.streams.values()) stream.fail(error);
      this.discard();
    } finally {
      this.forgetEnded();
      this.work = null;
    }
  }

  private deliver(events: readonly BatchTokenEvent[]): void {
    for (const { request, sample, id, stopped, score } of events) {
      const stream = this.streams.get(request);
      stream?.push({ type: "token", sample, id, score, stopped });
      if (stopped) stream?.push({ type: "end", sample, reason: stopped });
    }
    this.forgetEnded();
  }

  private forgetEnded(): void {
    for (const [number, stream] of this.streams) if (stream.isEnded) this.streams.delete(number);
  }

  private counts(): BatchCounts {
    const { past } = this;
    const now = this.batch?.counts ?? nothing;
    return {
      steps: past.steps + now.steps,
      promptTokens: past.promptTokens + now.promptTokens,
      cachedTokens: past.cachedTokens + now.cachedTokens,
      newTokens: past.newTokens + now.newTokens,
    };
  }

  /** Frees the batch. */
  private discard(): void {
    this.past = this.counts();
    this.batch?.dispose();
    this.batch = null;
    this.leaving = [];
  }
}

/**
 * One batch that many callers share: their requests join and leave while it runs. Its memory is freed while there are no
 * requests, unless there is a prefix cache.
 *
 * A request's continuation depends on its seed, not on other requests, except that sums over few rows are computed in
 * another order than sums over many: where the two best logits are nearly equal, or a draw lies next to the border of two
 * tokens, another token may follow.
 *
 * @param options.prefixCache tokens of prompts that are kept for requests which begin in the same way (default 0: none);
 *   the model's weights must then stay as they are
 * @param options.pageTokens default 128; with a prefix cache 32, as only whole pages are shared
 * @param options.promptTokensPerStep default 256: while a long prompt is read in pieces, others get a token per piece
 * @throws {LmError} `ERR_RANGE` for options out of range
 */
export function createBatcher(model: CausalLM, options: BatcherOptions = {}): Batcher {
  const {
    queue = 64,
    maxSequences = 16,
    cacheTokens,
    promptTokensPerStep = 256,
    prefixCache = 0,
    pageTokens = prefixCache > 0 ? 32 : 128,
    ...rest
  } = optionsOf("createBatcher", options);
  refuseUnknown("createBatcher", rest, NAMES);
  having("createBatcher", "model", model, "config", "forward");
  const own = { maxSequences, cacheTokens, promptTokensPerStep, pageTokens, prefixCache };
  return new LocalBatcher(model, own, queue);
}
