import { LmError } from "@deepgrain/lm";
import { ServeError } from "../errors";
import type { Refusal } from "./refusal";

const refusal = (
  status: number,
  message: string,
  more: Partial<Omit<Refusal, "status" | "message">> = {},
): Refusal => ({ status, message, param: null, code: null, ...more });

const internal = refusal(500, "The server had an error while it processed the request.");

/** The refusal for an error of the batcher or the prompt encoder; undefined for errors that are the server's own. */
function ofBatcher(error: LmErrorLike): Refusal | undefined {
  const { code, fields } = error;
  if (code === "ERR_BUSY")
    return refusal(429, "The queue is full; try again later.", {
      code: "rate_limit_exceeded",
      retryAfter: 1,
    });
  if (code === "ERR_SHAPE") return refusal(400, "The prompt has no tokens.", { param: "prompt" });
  if ("eosTokenIds" in fields)
    return refusal(400, "This model has no token that ends an answer, which a schema needs.", {
      param: "response_format",
    });
  if (code !== "ERR_RANGE") return undefined;
  if ("leastTokens" in fields)
    return refusal(
      400,
      `This model's maximum context length is ${fields.maxTokens} tokens, but there are at least ${fields.leastTokens} in the prompt.`,
      { code: "context_length_exceeded" },
    );
  if ("maxPositionEmbeddings" in fields)
    return contextRefusal(
      Number(fields.length),
      Number(fields.maxNewTokens),
      Number(fields.maxPositionEmbeddings),
    );
  if ("needed" in fields)
    return refusal(
      400,
      `The shortest answer that follows the schema has ${fields.needed} tokens, but the answer may have ${fields.maxNewTokens}.`,
      { param: "response_format", code: "max_tokens_too_small" },
    );
  if ("mostPages" in fields)
    return refusal(
      400,
      "The request needs more memory than this server has for one: ask for fewer tokens or choices.",
      {
        code: "request_too_large",
      },
    );
  return undefined;
}

type LmErrorLike = { readonly code: string; readonly fields: Readonly<Record<string, unknown>> };

/** The API's words for a prompt and an answer that the context cannot hold. */
export const contextRefusal = (prompt: number, answer: number, context: number): Refusal =>
  refusal(
    400,
    `This model's maximum context length is ${context} tokens, but ${prompt + answer} were requested (${prompt} in the prompt, ${answer} for the answer).`,
    { param: null, code: "context_length_exceeded" },
  );

/** The refusal that a client gets for an error. The text of an inner error stays inside. */
export function refusalOf(error: unknown): Refusal {
  if (ServeError.isInstance(error) && error.code === "ERR_REQUEST")
    return error.fields as unknown as Refusal;
  if (LmError.isInstance(error)) return ofBatcher(error) ?? internal;
  return internal;
}
