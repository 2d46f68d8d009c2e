import type { BatcherOptions } from "@deepgrain/lm";
import { shown } from "@deepgrain/support";
import { type DoorName, defaultDoors, doorNames } from "./doors/doors";
import type { RequestContext, Service } from "./endpoints/context";
import { fail, optionsOf, refuseUnknown, whole } from "./errors";
import { type AdmissionOptions, admission } from "./http/admission";
import { errorResponse, refuse } from "./http/refusal";
import { refusalOf } from "./http/refusal-of";
import { type RequestRecord, requestContexts } from "./request-contexts";
import { createRoutes, routeOf } from "./routes";
import { type OpenModel, openModel, type ServedModel } from "./served-model";

/** Options of {@link createHandler}. */
export interface HandlerOptions extends AdmissionOptions {
  /** Settings of the batchers that are made for models; as many prompts are encoded at a time as one runs and lets wait. */
  batcher?: BatcherOptions | undefined;
  /** Most new tokens per choice. Default: as many as the context holds. */
  maxNewTokens?: number | undefined;
  /** Most choices per prompt, `n`. Default 8. */
  maxN?: number | undefined;
  /** Most bytes of a request's body. Default 8 MiB. */
  maxBodyBytes?: number | undefined;
  /** New bytes of a stream that wait for a slow reader; beyond them its request is cancelled. Default 1 MiB. */
  streamBufferBytes?: number | undefined;
  /** The APIs that are answered: `"openai"`, `"responses"`, `"infill"`, `"ollama"`. Default: `["openai", "infill"]`. */
  doors?: readonly DoorName[] | undefined;
  /** Is called once for each request, when its answer has ended. */
  onRequest?: ((record: RequestRecord) => void) | undefined;
}

/** Answers requests as the APIs of its doors do. */
export interface Handler {
  (request: Request): Promise<Response>;
  /** Refuses new requests with 503. Resolves when those that run have ended. */
  drain(): Promise<void>;
  /** Cancels what runs, and closes the batchers that the handler made. Models stay as they are. */
  close(): Promise<void>;
}

const NAMES: readonly (keyof HandlerOptions)[] = [
  "keys",
  "allowHosts",
  "allowOrigins",
  "batcher",
  "maxNewTokens",
  "maxN",
  "maxBodyBytes",
  "streamBufferBytes",
  "doors",
  "onRequest",
];

/** @throws {ServeError} `ERR_ARGUMENT` for a list without doors and for one that does not exist */
function checkDoors(doors: readonly DoorName[]): readonly DoorName[] {
  const known = `createHandler: doors must be a list of ${doorNames.join(", ")}`;
  if (!Array.isArray(doors) || doors.length === 0)
    fail("ERR_ARGUMENT", `${known}, got ${shown(doors)}`);
  const unknown = doors.find((name) => !doorNames.includes(name));
  if (unknown !== undefined || doors.includes(undefined as never))
    fail("ERR_ARGUMENT", `${known}, got ${shown(unknown)}`);
  return doors;
}

/** Opens each model once, however many names it has. */
function openModels(
  served: Readonly<Record<string, ServedModel>>,
  options: BatcherOptions,
): Map<string, OpenModel> {
  const opened = new Map<ServedModel, OpenModel>();
  const models = new Map<string, OpenModel>();
  for (const [name, one] of Object.entries(optionsOf("createHandler", served))) {
    const open = opened.get(one) ?? openModel(name, one, options);
    opened.set(one, open);
    models.set(name, { ...open, name });
  }
  return models;
}

/**
 * Serves models to every client of OpenAI's API: chat, completions (with `suffix` and `echo`), embeddings, models, health and
 * metrics; plain or as server-sent events; where `doors` opens them to those of other APIs, too. It runs wherever there is
 * `fetch`: Node, Deno, Bun, workers, a service worker.
 *
 * @param served models by the names that clients use; a model may stand under several
 * @param options.keys without any, everybody who reaches the handler is answered
 * @throws {ServeError} `ERR_ARGUMENT` for a model without what it needs and for options and doors that do not exist, `ERR_RANGE`
 * @see https://platform.openai.com/docs/api-reference
 */
export function createHandler(
  served: Readonly<Record<string, ServedModel>>,
  options: HandlerOptions = {},
): Handler {
  const {
    keys,
    allowHosts,
    allowOrigins,
    batcher = {},
    maxNewTokens = Number.POSITIVE_INFINITY,
    maxN = 8,
    maxBodyBytes = 2 ** 23,
    streamBufferBytes = 2 ** 20,
    doors = defaultDoors,
    onRequest = () => undefined,
    ...rest
  } = optionsOf("createHandler", options);
  refuseUnknown("createHandler", rest, NAMES);
  if (keys?.some((key) => typeof key !== "string" || !/^\S+$/.test(key)))
    fail("ERR_ARGUMENT", "createHandler: keys must be texts without spaces");
  if (maxNewTokens !== Number.POSITIVE_INFINITY)
    whole("createHandler", "maxNewTokens", maxNewTokens, { min: 1 });
  const service: Service = {
    models: openModels(served, batcher),
    created: Math.floor(Date.now() / 1000),
    maxNewTokens,
    maxN: whole("createHandler", "maxN", maxN, { min: 1 }),
    maxBodyBytes: whole("createHandler", "maxBodyBytes", maxBodyBytes, { min: 1 }),
    streamBufferBytes: whole("createHandler", "streamBufferBytes", streamBufferBytes, { min: 1 }),
  };
  const guard = admission({ keys, allowHosts, allowOrigins });
  const answered = new Map<string, number>();
  const contexts = requestContexts((record) => {
    const labels = `route="${routeOf(record.path)}",status="${record.status}"`;
    answered.set(labels, (answered.get(labels) ?? 0) + 1);
    onRequest(record);
  });
  const routes = createRoutes(service, checkDoors(doors), answered);

  async function respond(context: RequestContext, path: string): Promise<Response> {
    const { request } = context;
    guard.checkPlace(request);
    if (request.method === "OPTIONS") return new Response(null, { status: 204 });
    if (contexts.isDraining && path !== "/metrics")
      refuse(503, "The server is shutting down.", { code: "shutting_down", retryAfter: 1 });
    if (path !== "/health") context.prefixKey = await guard.checkKey(request);
    return routes.answer(context);
  }

  async function handler(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const context = contexts.begin(request, pathname);
    const response = await respond(context, pathname).catch(async (error: unknown) => {
      const refusal = refusalOf(error);
      return errorResponse(refusal, await routes.errorBody(pathname, refusal));
    });
    guard.open(request, response.headers);
    context.status = response.status;
    if (!context.isStreamed) context.end();
    return response;
  }

  async function close(): Promise<void> {
    contexts.cancelAll();
    const own = [...service.models.values()].filter(({ isOwnBatcher }) => isOwnBatcher);
    for (const batcher of new Set(own.map((model) => model.batcher))) await batcher?.close();
  }

  return Object.assign(handler, { drain: contexts.drain, close });
}
