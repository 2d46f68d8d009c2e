import { duplicateKey } from "./duplicate-key";
import { refuse } from "./refusal";

const tooLarge = (limit: number) =>
  refuse(413, `The body may have at most ${limit} bytes.`, { code: "request_too_large" });

/** The bytes of a body, read no further than the limit. @throws {ServeError} `ERR_REQUEST`, status 413 or 400 */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch(() => refuse(400, "The body was cut off."));
    if (done) break;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => undefined);
      tooLarge(limit);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * The body of a request as parsed JSON.
 *
 * @param limit most bytes, both announced and read
 * @throws {ServeError} `ERR_REQUEST`: 415 for another type than JSON, 413 for a larger body, 400 for bytes that are no UTF-8,
 *   for a text that is no JSON, and for an object that has a key twice
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    refuse(415, `Content-Type must be application/json, got ${type ?? "none"}.`);
  const bytes = await readBytes(request, limit);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse(400, "The body is not UTF-8.");
  }
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(400, `The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined)
    refuse(400, `The body has the key ${JSON.stringify(twice.slice(0, 60))} twice.`);
  return value;
}
