import { PrmError, refuseUnknown, whole } from "../errors";
import { seededRandom } from "../random/seeds";
import type { Endpoint, EndpointOptions } from "./endpoint";
import { createRequestGate } from "./request-gate";
import { backoffDelayMs } from "./retry-delay";
import { AttemptFailure, type Sender, sendOnce } from "./send-once";
import { createTokenLedger } from "./token-ledger";
import { wait } from "./wait";

function keyOf(where: string, variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const key = globalThis.process?.env[variable];
  if (key) return key;
  throw new PrmError("ERR_MISSING", `${where}: the environment has no ${variable}`, {
    fields: { variable },
  });
}

function rootOf(where: string, baseUrl: string): string {
  if (typeof baseUrl === "string" && URL.canParse(baseUrl)) return baseUrl.replace(/\/+$/, "");
  throw new PrmError("ERR_ARGUMENT", `${where}: baseUrl must be a URL, got ${baseUrl}`, {
    fields: { baseUrl },
  });
}

/** The error of the last attempt, with the request's number and without the key. */
function finalError({ error }: AttemptFailure, sender: Sender, request: number, tries: number) {
  const { key } = sender;
  const safe = (value: unknown) =>
    key && typeof value === "string" ? value.replaceAll(key, "[key]") : value;
  const reason = safe(error.problem);
  const after = tries === 1 ? "" : ` (after ${tries} tries)`;
  const fields = Object.entries(error.fields).map(([name, value]) => [name, safe(value)]);
  return new PrmError(
    error.code,
    `httpEndpoint: request ${request} to ${sender.root}: ${reason}${after}`,
    {
      fields: { ...Object.fromEntries(fields), request, tries },
      cause: key ? undefined : error.cause, // It could contain the headers.
    },
  );
}

/**
 * An endpoint that accepts JSON: retries with backoff and jitter, `Retry-After`, time limits, token budget. An answer of
 * status 429 with `Retry-After` counts against `maxWaitMs`, every other failure against `retries`.
 *
 * @param where the function whose options these are, for errors about unknown ones
 * @param names of that function's options, for the hint "did you mean"
 * @throws {PrmError} `ERR_ARGUMENT` for an unknown option, `ERR_MISSING` where the environment lacks the key, `ERR_RANGE` for bad limits
 */
export function httpEndpoint(
  where: string,
  {
    baseUrl,
    apiKeyVariable,
    fetch: send = globalThis.fetch,
    retries = 5,
    timeoutMs = 120_000,
    backoffMs = 500,
    maxBackoffMs = 30_000,
    maxWaitMs = 600_000,
    gate = createRequestGate(),
    ledger = createTokenLedger(),
    random = seededRandom(1),
    ...rest
  }: EndpointOptions,
  names: readonly string[] = [],
): Endpoint {
  refuseUnknown(where, rest, names);
  whole(where, "retries", retries, { min: 0 });
  whole(where, "timeoutMs", timeoutMs, { min: 1 });
  whole(where, "maxWaitMs", maxWaitMs, { min: 0 });
  const root = rootOf(where, baseUrl);
  const sender: Sender = { root, key: keyOf(where, apiKeyVariable), send, timeoutMs, ledger };
  let requestCount = 0;

  /** Milliseconds until the next attempt. */
  const delayAfter = (failure: AttemptFailure, tries: number): number =>
    Math.max(backoffDelayMs(tries, backoffMs, maxBackoffMs, random), failure.afterMs ?? 0, 1);

  return {
    ledger,
    async post(request) {
      const number = ++requestCount;
      let [tries, failures, waitedMs] = [0, 0, 0];
      for (;;) {
        tries++;
        try {
          return await gate.run(() => sendOnce(sender, request), request.signal);
        } catch (failure) {
          if (!(failure instanceof AttemptFailure)) throw failure;
          const { afterMs, isPassing, isBusy } = failure;
          if (!isBusy) failures++;
          const delayMs = delayAfter(failure, Math.max(0, failures - 1));
          if (afterMs !== undefined) waitedMs += delayMs;
          if (!isPassing || failures > retries || waitedMs > maxWaitMs)
            throw finalError(failure, sender, number, tries);
          if (afterMs !== undefined) gate.pause(afterMs);
          await wait(delayMs, request.signal);
        }
      }
    },
  };
}
