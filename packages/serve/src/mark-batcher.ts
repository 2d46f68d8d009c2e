import {
  type AsyncLogitsProcessor,
  type Batcher,
  type BatcherEvent,
  type BatcherRequest,
  type BatcherStream,
  createProcessors,
  createRandom,
  greedy,
  multinomial,
} from "@deepgrain/lm";
import { having } from "./errors";
import { sideBySide } from "./generation/side-by-side";

/** The part of a watermark that is used; `createWatermark` of `@deepgrain/watermark` makes one. */
export interface Watermark {
  /** Marks one text, one call per token. */
  createProcessor(options: { promptLength: number }): AsyncLogitsProcessor;
  readonly profile: { readonly scheme: string };
}

/**
 * The request of one sample. The mark comes after the penalties, the temperature and everything else, right before a token is
 * drawn.
 */
function markedRequest(
  request: BatcherRequest,
  sample: number,
  watermark: Watermark,
): BatcherRequest {
  const {
    prompt,
    maxNewTokens,
    samples: _,
    temperature = 0,
    seed = 0,
    eosTokenId,
    stopIds,
    logProbabilities,
    scorePrompt,
    prefixKey,
    constraint,
    jsonSchema,
    toolRules,
    logitsProcessors,
    sampler: __,
    stoppingCriteria,
    signal,
    ...rules
  } = request;
  const doSample = temperature !== 0;
  const processors = createProcessors(
    { ...rules, logitsProcessors, doSample, temperature: doSample ? temperature : undefined },
    { promptLength: prompt.length, eosTokenIds: [eosTokenId ?? []].flat() },
  );
  const random = createRandom([seed, sample]).next;
  const mark = watermark.createProcessor({ promptLength: prompt.length });
  return {
    prompt,
    maxNewTokens,
    eosTokenId,
    stopIds,
    logProbabilities,
    scorePrompt: scorePrompt && sample === 0,
    prefixKey,
    constraint,
    jsonSchema,
    toolRules,
    logitsProcessors: [...processors, mark],
    sampler: doSample ? (logits) => multinomial(logits, random) : greedy,
    stoppingCriteria,
    signal,
  };
}

/** The events of several streams, each the continuation of its own number. */
function joined(streams: readonly BatcherStream[]): BatcherStream {
  const numbered = async function* (stream: BatcherStream, sample: number) {
    for await (const event of stream)
      yield event.type === "prompt" ? event : ({ ...event, sample } satisfies BatcherEvent);
  };
  const events = sideBySide(streams.map((stream, sample) => () => numbered(stream, sample)));
  return {
    next: () => events.next(),
    stop: (sample) => void streams[sample]?.return(),
    async return() {
      for (const stream of streams) await stream.return();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * A batcher that marks all its texts. Continuations of one prompt are requests of their own, as a mark keeps its place
 * in one text. Put it where the batcher is: a mark is a function, which no message carries.
 */
export function markBatcher(batcher: Batcher, watermark: Watermark): Batcher {
  having("markBatcher", "batcher", batcher, "generate", "numbers", "close");
  return {
    generate(request) {
      const { samples = 1 } = request;
      const streams = Array.from({ length: samples }, (_, sample) =>
        batcher.generate(markedRequest(request, sample, watermark)),
      );
      return streams.length === 1 ? streams[0]! : joined(streams);
    },
    numbers: () => batcher.numbers(),
    close: () => batcher.close(),
  };
}
