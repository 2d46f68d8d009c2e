import type { OpenModel } from "../served-model";
import type { Service } from "./context";
import { modelNamed } from "./open-body";

const modelBody = (service: Service, { name }: OpenModel) => ({
  id: name,
  object: "model",
  created: service.created,
  owned_by: "deepgrain",
});

/** `GET /v1/models`. */
export const listModels = (service: Service): Response =>
  Response.json({
    object: "list",
    data: [...service.models.values()].map((model) => modelBody(service, model)),
  });

/** `GET /v1/models/{id}`. @throws {ServeError} `ERR_REQUEST`, status 404 */
export const showModel = (service: Service, name: string): Response =>
  Response.json(modelBody(service, modelNamed(service, name)));
