import { type Completer, openAiCompleter } from "@deepgrain/prm";
import type { Endpoint } from "./endpoint-flags";

/** Continues prompts as they are, or answers them as a user's turns, once per seed. */
export function endpointTexts({
  endpoint,
  endpointModel,
  apiKeyVariable,
  temperature,
  maxNewTokens: maxTokens,
  chat,
}: Endpoint & { temperature: number; maxNewTokens: number; chat: boolean }) {
  const complete = openAiCompleter({
    baseUrl: endpoint!,
    model: endpointModel!,
    apiKeyVariable,
    temperature,
    maxTokens,
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
