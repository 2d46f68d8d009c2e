import { type Fields, fieldsOf } from "../fields/fields";
import { readJson } from "../http/read-json";
import { refuse, refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import type { RequestContext, Service } from "./context";

/** The model of a name. @throws {ServeError} `ERR_REQUEST`, status 404 */
export const modelNamed = ({ models }: Service, name: string): OpenModel =>
  models.get(name) ??
  refuse(404, `The model ${JSON.stringify(name.slice(0, 100))} does not exist.`, {
    param: "model",
    code: "model_not_found",
  });

/**
 * The fields of a request's body, and the model that they name.
 * @throws {ServeError} `ERR_REQUEST`: as `readJson`; 400 without `model`, 404 for an unknown one
 */
export async function openBody(
  service: Service,
  { request }: RequestContext,
): Promise<{ fields: Fields; model: OpenModel }> {
  const fields = fieldsOf(await readJson(request, service.maxBodyBytes));
  const name = fields.text("model") ?? refuseField("model", "model is missing.");
  return { fields, model: modelNamed(service, name) };
}

/** A model that writes. @throws {ServeError} `ERR_REQUEST`, status 400, for an encoder alone */
export function assertWrites(model: OpenModel): void {
  if (!model.batcher)
    refuseField("model", `The model ${JSON.stringify(model.name)} makes embeddings only.`);
}
