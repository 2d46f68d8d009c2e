import { refuse, refuseField } from "../http/refusal";
import { contextRefusal } from "../http/refusal-of";
import type { OpenModel } from "../served-model";
import type { Service } from "./context";

/**
 * New tokens that each choice may have: those asked for, else those left in the context, at most the server's limit.
 *
 * @param longest tokens of the longest prompt
 * @param fallback where nothing is asked for; Infinity for as many as fit
 * @param field that asks, for errors
 * @throws {ServeError} `ERR_REQUEST`, status 400, for a prompt, or a prompt and an answer, beyond the context
 */
export function newTokensFor(
  { maxNewTokens: limit }: Service,
  { contextLength }: OpenModel,
  {
    asked,
    longest,
    fallback,
    field = "max_tokens",
  }: { asked: number | undefined; longest: number; fallback: number; field?: string },
): number {
  const left = contextLength - longest;
  if (asked !== undefined && asked > limit)
    refuseField(field, `${field} may be at most ${limit} on this server, got ${asked}.`);
  const least = asked ?? Math.min(fallback, 1);
  if (least > left) {
    const { status, message, ...more } = contextRefusal(longest, least, contextLength);
    refuse(status, message, more);
  }
  if (asked !== undefined) return asked;
  return fallback === Number.POSITIVE_INFINITY && left <= limit
    ? fallback
    : Math.min(fallback, left, limit);
}
