import { type Completer, openAiCompleter } from "@deepgrain/prm";
import { fields } from "@deepgrain/prm/fields";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { Values } from "../flags/flags";
import { flagsFrom } from "../flags/flags-from";
import { requireOne, requireTogether, requireWith } from "../flags/given-together";

const { chat: _, ...address } = fields.endpoint;

/** Flags for a model behind an OpenAI-compatible endpoint. */
export const endpointFlags = flagsFrom(address);

type Endpoint = Values<typeof endpointFlags>;

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

/** Continues prompts as they are, or answers them as a user's turns, once per seed. */
export function endpointTexts({
  endpoint,
  endpointModel,
  apiKeyVariable,
  temperature,
  chat,
}: Endpoint & { temperature: number; chat: boolean }) {
  const complete = openAiCompleter({
    baseUrl: endpoint!,
    model: endpointModel!,
    apiKeyVariable,
    temperature,
    api: chat ? "chat" : "completions",
    prompt: ({ problem }) => problem,
    messages: ({ problem }) => [{ role: "user", content: problem }],
  });
  return async (prompt: string, options: Parameters<Completer>[1]): Promise<string[]> =>
    textsOf(await complete({ problem: prompt, steps: [] }, options));
}

/** The texts of completions. */
export const textsOf = (completions: readonly (string | { text: string })[]): string[] =>
  completions.map((one) => (typeof one === "string" ? one : one.text));
