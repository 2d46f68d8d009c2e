import type { JsonSchema } from "@deepgrain/lm/json-schema";
import { shown } from "@deepgrain/support";
import type { Fields } from "../fields/fields";
import type { AnswerSchema } from "../fields/response-format";
import { refuseField } from "../http/refusal";

/** A duration as Go writes it, such as `1h30m`; a number alone means seconds. */
const duration = /^-?(\d{1,12}(\.\d{1,9})?(ns|us|µs|ms|s|m|h)){1,4}$/;

/**
 * Reads `keep_alive`. Models stay as long as the server runs, so that any duration is kept but none at all.
 * @throws {ServeError} `ERR_REQUEST`, status 400, for what is no duration, and for 0, which unloads
 */
export function keepAliveField(fields: Fields): void {
  const given = fields.any("keep_alive");
  if (given === undefined) return;
  const isText = typeof given === "string";
  const isDuration = isText ? given === "0" || duration.test(given) : Number.isFinite(given);
  if (!isDuration)
    refuseField("keep_alive", `keep_alive must be a duration such as 5m, got ${shown(given)}.`);
  if (!/[1-9]/.test(String(given)))
    refuseField("keep_alive", "keep_alive: 0 unloads a model, which this server does not do.");
}

/** Refuses pictures. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function refuseImages(fields: Fields): void {
  const path = fields.path("images");
  const given = fields.any("images");
  if (given === undefined || (Array.isArray(given) && given.length === 0)) return;
  refuseField(path, `${path}: models here read text only.`);
}

/** Refuses `think`: whether a model thinks is up to its template. @throws {ServeError} `ERR_REQUEST`, status 400 */
export function refuseThink(fields: Fields): void {
  if (fields.any("think") !== undefined)
    refuseField("think", "think is not supported: whether a model thinks is up to its template.");
}

/**
 * The schema of `format`: `json` is any object, and an object is a schema.
 * @returns undefined for text
 * @throws {ServeError} `ERR_REQUEST`, status 400
 */
export function formatField(fields: Fields): AnswerSchema | undefined {
  const given = fields.any("format");
  if (given === undefined || given === "") return undefined;
  if (given === "json") return { value: { type: "object" }, path: "format" };
  if (typeof given !== "object" || Array.isArray(given))
    return refuseField("format", `format must be json or a JSON schema, got ${shown(given)}.`);
  return { value: given as JsonSchema, path: "format" };
}
