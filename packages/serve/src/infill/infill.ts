import type { Door } from "../doors/door";
import { answer } from "../endpoints/answer";
import type { RequestContext, Service } from "../endpoints/context";
import { drawnSeed } from "../endpoints/envelope";
import { fimPromptIds } from "../endpoints/fim-prompt-ids";
import { newTokensFor } from "../endpoints/new-tokens";
import { assertWrites, modelNamed } from "../endpoints/open-body";
import { type Fields, fieldsOf } from "../fields/fields";
import type { Work } from "../generation/choices";
import { readJson } from "../http/read-json";
import { refuseField } from "../http/refusal";
import type { OpenModel } from "../served-model";
import { infillFields } from "./infill-fields";
import { infillErrorBody, infillForm } from "./infill-form";

/**
 * The model of a request: the one that it names, else the only one that fills in the middle. Names of one model count once.
 * @throws {ServeError} `ERR_REQUEST`, status 404 for a name of none; 400 where a name is needed
 */
function modelOf(service: Service, fields: Fields): OpenModel {
  const name = fields.text("model");
  if (name !== undefined && name !== "") return modelNamed(service, name);
  const all = [...service.models.values()];
  const able = all.filter(({ fimIds }) => fimIds !== undefined);
  const [first] = able;
  if (first && able.every(({ batcher }) => batcher === first.batcher)) return first;
  if (all.length === 1) return all[0]!;
  const why = first ? "several models fill in the middle" : "no model fills in the middle";
  return refuseField("model", `model is missing, and ${why}.`);
}

/** `POST /infill`. @throws {ServeError} `ERR_REQUEST` @throws {LmError} as `Batcher.generate` */
async function answerInfill(service: Service, context: RequestContext): Promise<Response> {
  const fields = fieldsOf(await readJson(context.request, service.maxBodyBytes));
  const model = modelOf(service, fields);
  assertWrites(model);
  const request = infillFields(fields, service);
  const { prefix, suffix, files, begun, maxTokens: asked } = request;
  const named = { model: "model", text: "input_prefix" };
  const hole = { prefix, suffix, files, begun };
  const prompt = await fimPromptIds(model, hole, named, context.signal);
  const limits = { asked, longest: prompt.length, fallback: Infinity, field: "n_predict" };
  const work: Work = {
    prompts: [prompt],
    samples: request.samples,
    maxNewTokens: newTokensFor(service, model, limits),
    sampling: request.sampling,
    seed: request.seed ?? drawnSeed(),
    stop: request.stop,
    stopIds: model.fimIds ?? [],
    logprobs: undefined,
    scorePrompt: false,
    constraint: undefined,
    prefixKey: context.prefixKey,
    signal: context.signal,
  };
  const form = infillForm(model, request, prompt.length);
  return answer(service, context, model, { work, stream: request.stream, form });
}

/** llama.cpp's `/infill`, which editors ask for the middle of a text. */
export const infill = {
  answers: { "/infill": answerInfill },
  errorBody: infillErrorBody,
} satisfies Door;
