import type { RequestContext, Service } from "../endpoints/context";
import { type EmbeddingRequest, inputField } from "../fields/embedding-fields";
import type { Fields } from "../fields/fields";
import { embedAll, encoderOf } from "../generation/embed-text";
import { refuseField } from "../http/refusal";
import { openOllamaRequest } from "./open-request";
import { optionFields } from "./option-fields";
import { keepAliveField } from "./request-fields";

/**
 * Reads a request of `/api/embed`; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function ollamaEmbedFields(fields: Fields): Omit<EmbeddingRequest, "format"> {
  const input = inputField(fields);
  const dimensions = fields.whole("dimensions", { min: 1 });
  if (fields.boolean("truncate"))
    refuseField("truncate", "truncate: texts are not cut; one that is too long is refused.");
  optionFields(fields);
  keepAliveField(fields);
  fields.end();
  return { ...input, dimensions };
}

/** `POST /api/embed`. @throws {ServeError} `ERR_REQUEST` */
export async function embed(service: Service, context: RequestContext): Promise<Response> {
  const started = performance.now();
  const { fields, model } = await openOllamaRequest(service, context);
  const encoding = encoderOf(model);
  const { vectors, tokens } = await embedAll(encoding, ollamaEmbedFields(fields), context.signal);
  return Response.json({
    model: model.name,
    embeddings: vectors.map((vector) => Array.from(vector)),
    total_duration: Math.round(1e6 * (performance.now() - started)),
    load_duration: 0,
    prompt_eval_count: tokens,
  });
}
