import { embeddingFields } from "../fields/embedding-fields";
import { embedAll, encoderOf } from "../generation/embed-text";
import type { RequestContext, Service } from "./context";
import { openBody } from "./open-body";

/** The bytes of a vector, little endian, in base 64. */
function base64Of(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * vector.length));
  for (const [i, x] of vector.entries()) view.setFloat32(4 * i, x, true);
  return btoa(
    Array.from(new Uint8Array(view.buffer), (byte) => String.fromCharCode(byte)).join(""),
  );
}

/** `POST /v1/embeddings`. @throws {ServeError} `ERR_REQUEST` */
export async function embeddings(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openBody(service, context);
  const encoding = encoderOf(model);
  const request = embeddingFields(fields);
  const { vectors, tokens } = await embedAll(encoding, request, context.signal);
  const data = vectors.map((vector, index) => ({
    object: "embedding",
    index,
    embedding: request.format === "base64" ? base64Of(vector) : Array.from(vector),
  }));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return Response.json({ object: "list", data, model: model.name, usage });
}
