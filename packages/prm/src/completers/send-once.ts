import { PrmError } from "../errors";
import { type EndpointRequest, isWithin } from "./endpoint";
import { readErrorText } from "./response-body";
import { retryAfterMs } from "./retry-delay";
import type { Reservation, TokenLedger } from "./token-ledger";
import { orAbort } from "./wait";

/** Why an attempt failed, and whether and when to try again. */
export class AttemptFailure {
  constructor(
    readonly error: PrmError,
    readonly isPassing: boolean,
    readonly afterMs?: number,
    /** A 429 that says when to come again: no failure, but a place in a queue. */
    readonly isBusy = false,
  ) {}
}

/** The state that all attempts of an endpoint share. */
export interface Sender {
  readonly root: string;
  readonly key: string | undefined;
  readonly send: typeof fetch;
  readonly timeoutMs: number;
  readonly ledger: TokenLedger;
}

const isPassingStatus = (status: number) =>
  status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;

const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH"]);

/** Why connections fail, in plain words. */
const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
  EHOSTUNREACH: "the host cannot be reached",
};

/** The cause that fetch wraps: the code of a failed connection if there is one, and the innermost reason. */
function connectionFault(error: unknown): { code: string | undefined; reason: string } {
  let reason = String(error);
  for (let each = error, depth = 0; each && depth < 5; depth++) {
    const { code, cause, message } = each as Record<"code" | "cause" | "message", unknown>;
    if (typeof message === "string" && message !== "") reason = message;
    if (typeof code === "string") return { code, reason: connectionFaults[code] ?? reason };
    each = cause;
  }
  return { code: undefined, reason };
}

async function refused(response: Response, signal: AbortSignal): Promise<AttemptFailure> {
  const { status } = response;
  const excerpt = (await readErrorText(response, signal)).slice(0, 200).replace(/\s+/g, " ");
  const error = new PrmError("ERR_HTTP", `status ${status}: ${excerpt}`, {
    fields: { status, body: excerpt },
  });
  const afterMs = retryAfterMs(response.headers);
  const isBusy = status === 429 && afterMs !== undefined;
  return new AttemptFailure(error, isPassingStatus(status), afterMs, isBusy);
}

function asFailure(error: unknown): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  if (PrmError.isInstance(error)) return new AttemptFailure(error, error.fields.isHostile !== true);
  const { code, reason } = connectionFault(error);
  const message = `${reason}${code ? ` (${code})` : ""}`;
  return new AttemptFailure(
    new PrmError("ERR_NETWORK", message, { fields: { code }, cause: error }),
    true,
  );
}

/** A time limit that restarts at each call of `restart`. */
function timeLimit(ms: number) {
  const controller = new AbortController();
  const error = () => new PrmError("ERR_TIMEOUT", `no answer within ${ms} ms`, { fields: { ms } });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(error()), ms);
  };
  restart();
  return {
    signal: controller.signal,
    restart,
    end() {
      clearTimeout(timer);
      controller.abort(); // Frees the connection of an answer that was not read completely.
    },
  };
}

async function exchange<T>(
  sender: Sender,
  request: EndpointRequest<T>,
  reservation: Reservation,
): Promise<T> {
  const { root, key, send, timeoutMs } = sender;
  const limit = timeLimit(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, limit.signal]) : limit.signal;
  try {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (key) headers.authorization = `Bearer ${key}`;
    const init = { method: "POST", headers, body: JSON.stringify(request.body), signal };
    const response = await orAbort(send(`${root}${request.path}`, init), signal);
    if (!response.ok) throw await refused(response, signal);
    const { value, usage } = await orAbort(request.read(response, signal, limit.restart), signal);
    if (isWithin(usage, request.bound))
      reservation.settle(usage.promptTokens, usage.completionTokens);
    else reservation.settleUnknown();
    return value;
  } finally {
    limit.end();
  }
}

/**
 * One attempt of a request, with its time limit and its share of the budget.
 * @throws {AttemptFailure} or `PrmError` `ERR_BUDGET` before anything is sent, or the caller's abort reason
 */
export async function sendOnce<T>(sender: Sender, request: EndpointRequest<T>): Promise<T> {
  const { promptTokens, completionTokens } = request.bound;
  const reservation = sender.ledger.reserve(promptTokens, completionTokens);
  try {
    return await exchange(sender, request, reservation);
  } catch (error) {
    const wasRefused = error instanceof AttemptFailure;
    if (wasRefused || neverSent.has(connectionFault(error).code ?? "")) reservation.release();
    else reservation.settleUnknown();
    if (request.signal?.aborted) throw request.signal.reason;
    throw asFailure(error);
  }
}
