/**
 * Milliseconds to wait according to a `Retry-After` header (seconds or a date), or `retry-after-ms` where a server
 * sends it.
 * @returns undefined without such a header
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  const exact = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * The pause before a retry: between half and all of `baseMs · 2^attempt`, at most `maxMs`.
 * @param attempt 0 after the first failure
 */
export const backoffDelayMs = (
  attempt: number,
  baseMs: number,
  maxMs: number,
  random: () => number,
): number => Math.min(maxMs, baseMs * 2 ** attempt) * (0.5 + random() / 2);
