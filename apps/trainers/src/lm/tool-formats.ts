import type { ToolFormat } from "@deepgrain/lm/tools";

/** The forms of calls, as flags name them. */
export const formats = [
  "hermes",
  "llama",
  "mistral",
  "deepseek",
  "granite",
] as const satisfies readonly ToolFormat[];
