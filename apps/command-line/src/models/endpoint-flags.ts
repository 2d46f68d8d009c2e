import { fields } from "@deepgrain/prm/fields";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { Values } from "../flags/flags";
import { flagsFrom } from "../flags/flags-from";
import { requireOne, requireTogether, requireWith } from "../flags/given-together";

const { chat: _, ...address } = fields.endpoint;

/** Flags for a model behind an OpenAI-compatible endpoint. */
export const endpointFlags = flagsFrom(address);

/** Their values. */
export type Endpoint = Values<typeof endpointFlags>;

/** @throws {UsageError} unless there is exactly one of a model folder and an endpoint, and the endpoint's flags go with it */
export function requireModel({
  model,
  endpoint,
  endpointModel,
  apiKeyVariable,
}: Endpoint & { model: string | undefined }): void {
  requireOne({ model, endpoint });
  requireTogether({ endpoint, endpointModel });
  requireWith({ apiKeyVariable }, { endpoint });
}

/** The key of an endpoint; undefined where none is named. @throws {UsageError} for a variable that is not set */
export function keyOf({ apiKeyVariable }: Pick<Endpoint, "apiKeyVariable">): string | undefined {
  if (apiKeyVariable === undefined) return undefined;
  const key = process.env[apiKeyVariable];
  if (key) return key;
  throw new UsageError(`--api-key-variable: the environment has no ${apiKeyVariable}`);
}
