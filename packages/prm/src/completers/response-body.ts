import { PrmError } from "../errors";
import { orAbort } from "./wait";

const largestBody = 64 * 2 ** 20;

/** The error for an answer that cannot be read, with an excerpt of it. */
export const unreadableResponse = (what: string, text: string): PrmError =>
  new PrmError("ERR_RESPONSE", `${what}: ${JSON.stringify(text.slice(0, 200))}`, {
    fields: { excerpt: text.slice(0, 200) },
  });

/**
 * The parts of a body as they arrive; `deadline` is called for each.
 * @throws {PrmError} `ERR_RESPONSE` for a body over 64 MiB
 */
export async function* bodyChunks(
  response: Response,
  signal: AbortSignal,
  deadline: () => void,
): AsyncGenerator<Uint8Array, void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await orAbort(reader.read(), signal);
      if (done) return;
      deadline();
      size += value.length;
      if (size > largestBody) throw unreadableResponse("the answer exceeds 64 MiB", "");
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // A broken connection has nothing to cancel.
  }
}

/** The body as JSON. @throws {PrmError} `ERR_RESPONSE` where it is not JSON, or over 64 MiB */
export async function readJson(response: Response, signal: AbortSignal): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of bodyChunks(response, signal, () => undefined))
    text += decoder.decode(chunk, { stream: true });
  try {
    return JSON.parse(text);
  } catch {
    throw unreadableResponse("the answer is no JSON", text);
  }
}
