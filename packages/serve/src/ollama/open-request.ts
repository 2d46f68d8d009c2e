import type { RequestContext, Service } from "../endpoints/context";
import { modelNamed } from "../endpoints/open-body";
import { type Fields, fieldsOf } from "../fields/fields";
import { readJson } from "../http/read-json";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";

/**
 * The fields of a request's body, and the model that they name; `:latest` behind a name means nothing.
 * @throws {ServeError} `ERR_REQUEST`: as `readJson`; 400 without `model`, 404 for an unknown one
 */
export async function openOllamaRequest(
  service: Service,
  { request }: RequestContext,
): Promise<{ fields: Fields; model: OpenModel }> {
  const fields = fieldsOf(await readJson(request, service.maxBodyBytes));
  const name = fields.text("model") ?? refuseField("model", "model is missing.");
  const own = service.models.has(name) ? name : name.replace(/:latest$/, "");
  return { fields, model: modelNamed(service, own) };
}
