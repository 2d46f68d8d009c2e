import { PrmError } from "../errors";
import { parsePeerJson } from "./parse-json";
import { orAbort } from "./wait";

const largestBody = 64 * 2 ** 20;
/** Bytes of an error's answer that are read, decompressed ones. */
const largestError = 4096;

/**
 * The error for an answer that cannot be read, with an excerpt of it.
 * @param isHostile the request is not tried again
 */
export const unreadableResponse = (what: string, text: string, isHostile = false): PrmError =>
  new PrmError("ERR_RESPONSE", `${what}: ${JSON.stringify(text.slice(0, 200))}`, {
    fields: { excerpt: text.slice(0, 200), isHostile },
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
      if (size > largestBody) throw unreadableResponse("the answer exceeds 64 MiB", "", true);
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // A broken connection has nothing to cancel.
  }
}

/** At most 4 KiB of an error's answer as text; what follows is not read. Empty where the connection breaks. */
export async function readErrorText(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  try {
    for await (const chunk of bodyChunks(response, signal, () => undefined)) {
      text += decoder.decode(chunk.subarray(0, largestError - size), { stream: true });
      size += chunk.length;
      if (size >= largestError) break;
    }
  } catch {
    // What came before is the answer.
  }
  return text;
}

/** The body as JSON. @throws {PrmError} `ERR_RESPONSE` where it is not JSON, too deeply nested, or over 64 MiB */
export async function readJson(response: Response, signal: AbortSignal): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of bodyChunks(response, signal, () => undefined))
    text += decoder.decode(chunk, { stream: true });
  return parsePeerJson(text, (why) => {
    throw unreadableResponse(`the answer is ${why}`, text, why !== "no JSON");
  });
}
