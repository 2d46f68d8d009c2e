import { ServeError } from "../errors";

/** Why a request is refused, in the words of the API. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** The field that is wrong, such as `messages[0].content`; null where it is none. */
  readonly param: string | null;
  /** A word that programs compare, such as `model_not_found`. */
  readonly code: string | null;
  /** Whole seconds after which the same request may succeed. */
  readonly retryAfter?: number | undefined;
  /** The method that is answered, where another was asked for. */
  readonly allow?: string | undefined;
}

/** The API's names for kinds of errors. */
function typeOf(status: number): string {
  if (status === 429) return "rate_limit_error";
  if (status === 403) return "permission_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** Refuses the request. @throws {ServeError} `ERR_REQUEST` with the {@link Refusal} in its fields */
export function refuse(
  status: number,
  message: string,
  {
    param = null,
    code = null,
    retryAfter,
    allow,
  }: Partial<Omit<Refusal, "status" | "message">> = {},
): never {
  const refusal: Refusal = { status, message, param, code, retryAfter, allow };
  throw new ServeError("ERR_REQUEST", message, { fields: { ...refusal } });
}

/** Refuses a field. @param param its path, such as `stop[1]` @throws {ServeError} `ERR_REQUEST`, status 400 */
export const refuseField = (param: string, message: string, code: string | null = null): never =>
  refuse(400, message, { param, code });

/** Refuses a request because too many are under way. @throws {ServeError} `ERR_REQUEST`, status 429 */
export const refuseBusy = (): never =>
  refuse(429, "The queue is full; try again later.", {
    code: "rate_limit_exceeded",
    retryAfter: 1,
  });

/** The body that OpenAI's API gives an error. */
export const errorBody = ({ status, message, param, code }: Refusal) => ({
  error: { message, type: typeOf(status), param, code },
});

/** The answer to a refused request. @param body the error as its door gives it */
export function errorResponse(refusal: Refusal, body: object): Response {
  const headers = new Headers({ "content-type": "application/json" });
  if (refusal.retryAfter !== undefined) headers.set("retry-after", `${refusal.retryAfter}`);
  if (refusal.status === 401) headers.set("www-authenticate", "Bearer");
  if (refusal.allow !== undefined) headers.set("allow", refusal.allow);
  return new Response(JSON.stringify(body), { status: refusal.status, headers });
}
