import { embeddingFields } from "../fields/embedding-fields";
import { type Embedding, embedText } from "../generation/embed-text";
import { refuseField } from "../http/refusal";
import type { RequestContext, Service } from "./context";
import { openBody } from "./open-body";

/** Most tokens of all texts together, as in the API. */
const mostTokens = 300_000;

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
  const { encoder, name } = model;
  if (!encoder)
    return refuseField("model", `The model ${JSON.stringify(name)} makes no embeddings.`);
  const { texts, format, dimensions, paths } = embeddingFields(fields);
  const size = encoder.config.hiddenSize;
  if (dimensions !== undefined && dimensions !== size)
    refuseField("dimensions", `dimensions must be ${size} for this model, got ${dimensions}.`);
  const found: Embedding[] = [];
  let tokens = 0;
  for (const [i, text] of texts.entries()) {
    context.signal.throwIfAborted();
    const one = await embedText({ ...model, encoder }, text, paths[i]!, context.signal);
    tokens += one.tokens;
    if (tokens > mostTokens)
      refuseField("input", `input must have at most ${mostTokens} tokens in all texts together.`);
    found.push(one);
  }
  const data = found.map(({ vector }, index) => ({
    object: "embedding",
    index,
    embedding: format === "base64" ? base64Of(vector) : Array.from(vector),
  }));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return Response.json({ object: "list", data, model: name, usage });
}
