import { shown } from "@deepgrain/support";
import type { Fields } from "../fields/fields";
import { type Sampling, stopField } from "../fields/sampling-fields";
import { refuseField } from "../http/refusal";

/** The `options` of a request, checked. */
export interface OllamaOptions {
  readonly sampling: Sampling;
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
}

/** How Ollama loads a model and spreads its work: nothing of it changes a text here. */
const ofLoading = [
  "num_ctx",
  "num_batch",
  "num_gpu",
  "main_gpu",
  "num_thread",
  "num_keep",
  "numa",
  "low_vram",
  "f16_kv",
  "use_mmap",
  "use_mlock",
];

/** Options that are not carried, and the value of each that asks for nothing. */
const neutral = { typical_p: 1, tfs_z: 1, mirostat: 0, repeat_last_n: -1 } as const;

/**
 * Reads `options`, with Ollama's defaults of temperature, top_k and top_p; nothing is penalised unless asked.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the option
 */
export function optionFields(fields: Fields): OllamaOptions {
  const options = fields.object("options");
  const real = (name: string, min: number, max: number) => options?.real(name, { min, max });
  const topK = options?.whole("top_k", { min: -1 }) ?? 40;
  const most = options?.whole("num_predict", { min: -2 }) ?? -1; // −1 and −2: as many as fit
  const seed = options?.whole("seed", { min: -1 }) ?? -1;
  const read: OllamaOptions = {
    sampling: {
      temperature: real("temperature", 0, 2) ?? 0.8,
      topK: Math.max(0, topK),
      topP: real("top_p", 0, 1) ?? 0.9,
      minP: real("min_p", 0, 1),
      repetitionPenalty: real("repeat_penalty", 0.01, 100),
      frequencyPenalty: real("frequency_penalty", -2, 2),
      presencePenalty: real("presence_penalty", -2, 2),
      logitBias: undefined,
    },
    seed: seed === -1 ? undefined : seed,
    stop: options ? stopField(options) : [],
    maxTokens: most < 0 ? undefined : most,
  };
  for (const [name, value] of Object.entries(neutral)) {
    const given = options?.any(name);
    if (given !== undefined && given !== value)
      refuseField(`options.${name}`, `options.${name} is not supported, got ${shown(given)}.`);
  }
  options?.ignore(ofLoading);
  options?.end();
  return read;
}
