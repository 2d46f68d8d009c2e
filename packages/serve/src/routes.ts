import { Hono } from "hono/tiny";
import type { Answer } from "./doors/door";
import { type DoorName, doorNames, doorOf, doors } from "./doors/doors";
import type { RequestContext, Service } from "./endpoints/context";
import { type Answered, metrics } from "./endpoints/metrics";
import { errorBody, type Refusal, refuse } from "./http/refusal";

/** The paths of no door. */
const ownRoutes = { "/health": "GET", "/metrics": "GET" } as const;

/** All paths that are answered where each door is open. */
const routes: readonly (readonly [path: string, method: "GET" | "POST"])[] = [
  ownRoutes,
  ...doorNames.map((name) => doors[name].routes),
].flatMap((some) => Object.entries(some));

const known = new Set(routes.map(([path]) => path).filter((path) => !path.includes(":")));

/** The path of a request as metrics name it, so that no client can make up new ones. */
export function routeOf(path: string): string {
  if (known.has(path)) return path;
  return path.startsWith("/v1/models/") ? "/v1/models/{id}" : "other";
}

/** The paths of a handler. */
export interface Routes {
  /** Sends a request to its endpoint. @throws {ServeError} `ERR_REQUEST`, and what the endpoint throws */
  answer(context: RequestContext): Promise<Response>;
  /** The body of an error at a path, as its door gives it; as OpenAI's where the path has no open door. */
  errorBody(path: string, refusal: Refusal): Promise<object>;
}

/** Refuses a path of a door that is closed, telling how to open it. @throws {ServeError} `ERR_REQUEST`, status 404 */
const refuseClosed = (name: DoorName): never =>
  refuse(
    404,
    `${doors[name].api} is closed on this server. Name ${JSON.stringify(name)} in its doors: --doors of deepgrain serve, doors of createHandler.`,
    { code: "door_closed" },
  );

/** Refuses a path that is not answered. @throws {ServeError} `ERR_REQUEST`, status 404 */
function refusePath(path: string, isOpen: (name: DoorName) => boolean): never {
  if (/^\/v1\/messages(\/|$)/.test(path))
    refuse(404, "Anthropic's API, /v1/messages, is not offered.", { code: "not_found" });
  const name = doorOf(path);
  if (name !== undefined && !isOpen(name)) refuseClosed(name);
  return refuse(404, "There is nothing at this path.", { code: "not_found" });
}

/** Refuses another method. @throws {ServeError} `ERR_REQUEST`, status 405 */
const refuseMethod = (method: string): never =>
  refuse(405, `Only ${method} is answered here.`, { code: "method_not_allowed", allow: method });

/** @param open the doors that are answered */
export function createRoutes(
  service: Service,
  open: readonly DoorName[],
  answered: Answered,
): Routes {
  const isOpen = (name: DoorName) => open.includes(name);
  const own: Record<keyof typeof ownRoutes, Answer> = {
    "/health": () => Response.json({ status: "ok" }),
    "/metrics": () => metrics(service, answered),
  };
  const app = new Hono<{ Bindings: { context: RequestContext } }>();
  const add = (path: string, method: string, find: () => Promise<Answer>) => {
    app.on(method, path, async ({ env, req }) =>
      (await find())(service, env.context, req.param("name") ?? ""),
    );
    app.all(path, () => refuseMethod(method));
  };
  for (const path of ["/health", "/metrics"] as const)
    add(path, ownRoutes[path], async () => own[path]);
  for (const name of doorNames.filter(isOpen))
    for (const [path, method] of Object.entries(doors[name].routes))
      add(path, method, async () => (await doors[name].open()).answers[path as never]);
  app.notFound(({ req }) => refusePath(req.path, isOpen));
  app.onError((error) => {
    throw error;
  });
  return {
    answer: async (context) => app.fetch(context.request, { context }),
    async errorBody(path, refusal) {
      const name = doorOf(path);
      if (name === undefined || !isOpen(name)) return errorBody(refusal);
      return doors[name].open().then(
        (door) => door.errorBody(refusal),
        () => errorBody(refusal), // the error was that its module cannot be loaded
      );
    },
  };
}
