import type { TextUsage } from "@deepgrain/lm";
import type { OpenModel } from "../served-model";

/** The fields that every chunk of an answer has. */
export interface Envelope {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
}

/** A new answer's envelope. @param prefix of its id */
export function newEnvelope(prefix: string, object: string, model: OpenModel): Envelope {
  return {
    id: `${prefix}-${crypto.randomUUID().replaceAll("-", "")}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: model.name,
    system_fingerprint: model.fingerprint,
  };
}

/** A seed for requests that bring none. */
export const drawnSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

/** The API's form of what was read and written. */
export const usageBody = ({ promptTokens, completionTokens }: TextUsage) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

/** The last chunks of a stream: what was read and written, where that was asked for. */
export const usageChunks = (envelope: Envelope, usage: TextUsage, isAsked: boolean): object[] =>
  isAsked ? [{ ...envelope, choices: [], usage: usageBody(usage) }] : [];
