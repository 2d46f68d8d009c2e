import type { ToolFormat } from "@deepgrain/lm/tools";
import * as flags from "../flags/flags";

const formats = [
  "hermes",
  "llama",
  "mistral",
  "deepseek",
  "granite",
] as const satisfies readonly ToolFormat[];

/** The form in which a model calls functions. */
export const toolFormatFlag = {
  toolFormat: flags.choice(formats, {
    help: "Form in which the model calls functions; recognised from its chat template by default",
  }),
};
