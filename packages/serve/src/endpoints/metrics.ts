import type { BatcherNumbers } from "@deepgrain/lm";
import type { Service } from "./context";

/** Answers so far, by route and status. */
export type Answered = ReadonlyMap<string, number>;

/** A number of the batcher: its name for Prometheus, what it is, and whether it only grows. */
const numbers: readonly [key: keyof BatcherNumbers, name: string, help: string][] = [
  ["running", "running_sequences", "Continuations that run."],
  ["waiting", "waiting_sequences", "Continuations that wait."],
  ["requests", "accepted_requests_total", "Prompts that were accepted."],
  ["refused", "refused_requests_total", "Prompts that were refused as the queue was full."],
  ["steps", "steps_total", "Passes over the model."],
  ["promptTokens", "prompt_tokens_total", "Tokens of prompts that were read."],
  ["cachedTokens", "cached_tokens_total", "Tokens of prompts that were found in the prefix cache."],
  ["newTokens", "new_tokens_total", "Tokens that were generated."],
  ["usedPages", "used_pages", "Pages of keys and values in use."],
  ["keptPages", "kept_pages", "Pages that are kept for later requests."],
  ["mostPages", "most_pages", "Pages that there may be."],
];

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** A family of samples in Prometheus's text format. */
function family(name: string, help: string, samples: readonly [labels: string, value: number][]) {
  const full = `deepgrain_${name}`;
  const kind = name.endsWith("_total") ? "counter" : "gauge";
  const lines = samples.map(([labels, value]) => `${full}{${labels}} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${kind}\n${lines.join("")}`;
}

/** `GET /metrics`, in Prometheus's text format. */
export async function metrics({ models }: Service, answered: Answered): Promise<Response> {
  // Aliases share a batcher, which is counted once, under its first name.
  const seen = new Set<unknown>();
  const rows: [labels: string, numbers: BatcherNumbers][] = [];
  for (const [name, { batcher }] of models) {
    if (!batcher || seen.has(batcher)) continue;
    seen.add(batcher);
    rows.push([`model="${escaped(name)}"`, await batcher.numbers()]);
  }
  const families = [
    family("responses_total", "Answers by route and status.", [...answered]),
    ...numbers.map(([key, name, help]) =>
      family(
        name,
        help,
        rows.map(([labels, row]) => [labels, row[key]]),
      ),
    ),
  ];
  const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  return new Response(families.join(""), { headers });
}
