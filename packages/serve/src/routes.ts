import { Hono } from "hono/tiny";
import { chatCompletions } from "./endpoints/chat";
import { completions } from "./endpoints/completions";
import type { RequestContext, Service } from "./endpoints/context";
import { embeddings } from "./endpoints/embeddings";
import { type Answered, metrics } from "./endpoints/metrics";
import { listModels, showModel } from "./endpoints/models";
import { errorResponse, refuse } from "./http/refusal";
import { refusalOf } from "./http/refusal-of";

type Answer = (context: RequestContext, name: string) => Response | Promise<Response>;

/** The paths that are answered, each by one method. */
export const routes = {
  "/health": "GET",
  "/metrics": "GET",
  "/v1/models": "GET",
  "/v1/models/:name{.+}": "GET",
  "/v1/chat/completions": "POST",
  "/v1/completions": "POST",
  "/v1/embeddings": "POST",
} as const;

/** The path of a request as metrics name it, so that no client can make up new ones. */
export function routeOf(path: string): string {
  if (path in routes && !path.includes(":")) return path;
  return path.startsWith("/v1/models/") ? "/v1/models/{id}" : "other";
}

/** Sends requests to their endpoints. */
export function createRoutes(
  service: Service,
  answered: Answered,
): (context: RequestContext) => Promise<Response> {
  const answers: Record<keyof typeof routes, Answer> = {
    "/health": () => Response.json({ status: "ok" }),
    "/metrics": () => metrics(service, answered),
    "/v1/models": () => listModels(service),
    "/v1/models/:name{.+}": (_, name) => showModel(service, name),
    "/v1/chat/completions": (context) => chatCompletions(service, context),
    "/v1/completions": (context) => completions(service, context),
    "/v1/embeddings": (context) => embeddings(service, context),
  };
  const app = new Hono<{ Bindings: { context: RequestContext } }>();
  for (const [path, method] of Object.entries(routes)) {
    const answer = answers[path as keyof typeof routes];
    app.on(method, path, ({ env, req }) => answer(env.context, req.param("name") ?? ""));
    app.all(path, () => {
      const response = errorResponse({
        status: 405,
        message: `Only ${method} is answered here.`,
        param: null,
        code: "method_not_allowed",
      });
      response.headers.set("allow", method);
      return response;
    });
  }
  app.all("/v1/responses", () =>
    refuse(404, "The responses API is not served here; use /v1/chat/completions.", {
      code: "not_found",
    }),
  );
  app.notFound(() => refuse(404, "There is nothing at this path.", { code: "not_found" }));
  app.onError((error) => errorResponse(refusalOf(error)));
  return async (context) => app.fetch(context.request, { context });
}
