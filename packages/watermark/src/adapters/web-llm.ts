import type { Processor } from "../core/processor";
import { functionOf, WatermarkError } from "../errors";

/** WebLLM's `LogitProcessor`. */
export interface WebLlmLogitProcessor {
  processLogits: (logits: Float32Array) => Float32Array;
  processSampledToken: (token: number) => void;
  resetState: () => void;
}

/**
 * Adapts a mark to WebLLM: `new MLCEngine({ logitProcessorRegistry: new Map([[modelId, processor]]) })`.
 * WebLLM does not report the prompt's ids, so the context starts with the first sampled token. Call the
 * engine's `resetChat` between texts.
 *
 * @param processor created with `promptLength: 0`, or without it
 * @throws {WatermarkError} `ERR_ASYNC_PROXY` when the proxy is asynchronous: WebLLM does not wait
 * @see `LogitProcessor` in @mlc-ai/web-llm 0.2.86
 */
export function forWebLlm(processor: Processor): WebLlmLogitProcessor {
  functionOf("forWebLlm", "processor", processor);
  if (processor.isAsync?.())
    throw new WatermarkError(
      "ERR_ASYNC_PROXY",
      "forWebLlm: WebLLM does not await processors; use a synchronous proxy",
    );
  const ids: number[] = [];
  return {
    processLogits: (logits) => processor(ids, logits),
    processSampledToken: (token) => {
      ids.push(token);
    },
    resetState: () => {
      ids.length = 0;
      processor.reset();
    },
  };
}
