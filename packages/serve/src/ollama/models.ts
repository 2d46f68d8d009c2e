import { LmError, longestText } from "@deepgrain/lm";
import type { RequestContext, Service } from "../endpoints/context";
import type { OpenModel } from "../served-model";
import { openOllamaRequest } from "./open-request";

const detailsOf = (service: Service, { dtype }: OpenModel) => ({
  modified_at: new Date(1000 * service.created).toISOString(),
  details: { quantization_level: dtype },
});

/** `GET /api/tags`. What Ollama knows of a model's file, such as its size and its digest, is left out. */
export const tags = (service: Service): Response =>
  Response.json({
    models: Array.from(service.models.values(), (model) => ({
      name: model.name,
      model: model.name,
      ...detailsOf(service, model),
    })),
  });

/** Whether a model's template takes tools, and writes calls in a form that is read. */
async function takesTools({ tokenizer, toolFormat }: OpenModel): Promise<boolean> {
  const { openTools } = await import("@deepgrain/lm/tools");
  try {
    await openTools(tokenizer, { tools: [], toolChoice: "none", toolFormat });
    return true;
  } catch (error) {
    if (LmError.isInstance(error)) return false;
    throw error;
  }
}

/** `POST /api/show`. @throws {ServeError} `ERR_REQUEST` */
export async function show(service: Service, context: RequestContext): Promise<Response> {
  const { fields, model } = await openOllamaRequest(service, context);
  fields.ignore(["verbose"]);
  fields.end();
  const { batcher, encoder, fimIds, contextLength } = model;
  const capabilities = [
    ...(batcher ? ["completion"] : []),
    ...(batcher && (await takesTools(model)) ? ["tools"] : []),
    ...(batcher && fimIds ? ["insert"] : []),
    ...(encoder ? ["embedding"] : []),
  ];
  const sizes = encoder
    ? {
        "transformer.context_length": batcher ? contextLength : longestText(encoder),
        "transformer.embedding_length": encoder.config.hiddenSize,
      }
    : { "transformer.context_length": contextLength };
  const model_info = { "general.architecture": "transformer", ...sizes };
  return Response.json({ ...detailsOf(service, model), model_info, capabilities });
}
