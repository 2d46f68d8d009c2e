import type { Batcher, BatcherRequest, BatcherStream } from "../batcher/batcher";
import { EventQueue } from "../batcher/event-queue";
import { having, LmError } from "../errors";
import { compileJsonSchema } from "./json-schema";
import type { JsonSchema } from "./parse-schema";
import type { SpellingTokenizer } from "./token-bytes";

/** The stream of a request whose schema is still to be compiled: events pass through it once it is. */
function streamAfter(
  { samples = 1, signal }: BatcherRequest,
  begin: (signal: AbortSignal) => Promise<BatcherStream>,
): BatcherStream {
  const gone = new AbortController();
  const stopped: number[] = [];
  let inner: BatcherStream | undefined;
  const leave = (sample?: number) => {
    if (sample === undefined) {
      gone.abort();
      void inner?.return();
    } else if (inner) inner.stop(sample);
    else stopped.push(sample);
  };
  const outer = new EventQueue(samples, leave, signal);
  const forward = async () => {
    inner = await begin(gone.signal);
    if (outer.isEnded) await inner.return();
    for (const sample of stopped) inner.stop(sample);
    for await (const event of inner) outer.push(event);
  };
  forward().catch((error) => outer.fail(error));
  return outer;
}

/**
 * A batcher whose requests may have a `jsonSchema`: put it where the model runs, so that requests can come from other threads.
 * Schemas are compiled in slices, between which the other requests go on. Closing it closes the batcher.
 */
export function schemaBatcher(batcher: Batcher, tokenizer: SpellingTokenizer): Batcher {
  having("schemaBatcher", "batcher", batcher, "generate");
  having("schemaBatcher", "tokenizer", tokenizer, "encode", "decode", "idToToken");
  return {
    generate(request) {
      const { jsonSchema, ...others } = request;
      if (jsonSchema === undefined) return batcher.generate(request);
      return streamAfter(request, async (signal) => {
        if (others.constraint)
          throw new LmError(
            "ERR_ARGUMENT",
            "lm/schemaBatcher: give either constraint or jsonSchema",
          );
        const schema = jsonSchema as JsonSchema;
        const constraint = await compileJsonSchema(schema, tokenizer, { signal });
        signal.throwIfAborted(); // it may have been left in the last slice
        return batcher.generate({ ...others, constraint });
      });
    },
    numbers: () => batcher.numbers(),
    close: () => batcher.close(),
  };
}
