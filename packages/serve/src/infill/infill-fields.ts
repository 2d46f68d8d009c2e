import { shown } from "@deepgrain/support";
import { checkedText, type Fields, fieldsOf } from "../fields/fields";
import { type Sampling, stopField } from "../fields/sampling-fields";
import { refuseField } from "../http/refusal";

/** Another file that the model reads before the text. */
export interface ExtraFile {
  readonly path: string;
  readonly text: string;
}

/** A request for the middle of a text, checked. */
export interface InfillRequest {
  readonly prefix: string;
  readonly suffix: string;
  readonly files: readonly ExtraFile[];
  /** The beginning of the middle, which the answer continues. */
  readonly begun: string;
  readonly sampling: Sampling;
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
  /** Answers to write. */
  readonly samples: number;
  readonly stream: boolean;
  /** Paths of the fields of a whole answer, such as `timings/prompt_n`; undefined for all of it. */
  readonly wanted: readonly string[] | undefined;
}

const mostFiles = 256;
const mostNames = 64;

/** Fields of editors that change no text here: of slots and caches, time limits, and where the editor will cut. */
const idle = ["id_slot", "cache_prompt", "n_indent", "t_max_prompt_ms", "t_max_predict_ms"];

function filesField(fields: Fields): ExtraFile[] {
  const given = fields.any("input_extra") ?? [];
  if (!Array.isArray(given))
    return refuseField("input_extra", `input_extra must be a list, got ${shown(given)}.`);
  if (given.length > mostFiles)
    refuseField("input_extra", `input_extra may have ${mostFiles} entries, got ${given.length}.`);
  return given.map((one, i) => {
    const file = fieldsOf(one, `input_extra[${i}].`);
    const path = file.text("filename") ?? "tmp";
    const text = checkedText(file.path("text"), file.any("text"));
    file.ignore(["time"]); // when llama.vim saw it
    file.end();
    return { path, text };
  });
}

/** A list of texts; undefined if it is left out. */
function namesField(fields: Fields, name: string): string[] | undefined {
  const given = fields.any(name);
  if (given === undefined) return undefined;
  if (!Array.isArray(given))
    return refuseField(name, `${name} must be a list, got ${shown(given)}.`);
  if (given.length > mostNames)
    refuseField(name, `${name} may have ${mostNames} entries, got ${given.length}.`);
  return given.map((one, i) => checkedText(`${name}[${i}]`, one));
}

/** Sampling with llama.cpp's defaults; where `samplers` is given, what it does not name is off. */
function samplingOf(fields: Fields): Sampling {
  const samplers = namesField(fields, "samplers");
  const has = (name: string) => samplers === undefined || samplers.includes(name);
  const topK = fields.whole("top_k", { min: -1 }) ?? 40;
  const temperature = fields.real("temperature", { min: 0, max: 2 }) ?? 0.8;
  const topP = fields.real("top_p", { min: 0, max: 1 }) ?? 0.95;
  const minP = fields.real("min_p", { min: 0, max: 1 }) ?? 0.05;
  const penalties = {
    repetitionPenalty: fields.real("repeat_penalty", { min: 0.01, max: 100 }),
    frequencyPenalty: fields.real("frequency_penalty", { min: -2, max: 2 }),
    presencePenalty: fields.real("presence_penalty", { min: -2, max: 2 }),
  };
  const none = {
    repetitionPenalty: undefined,
    frequencyPenalty: undefined,
    presencePenalty: undefined,
  };
  return {
    temperature: has("temperature") ? temperature : 1,
    topK: has("top_k") ? Math.max(0, topK) : undefined,
    topP: has("top_p") ? topP : undefined,
    minP: has("min_p") ? minP : undefined,
    ...(has("penalties") ? penalties : none),
    logitBias: undefined,
  };
}

function neededText(fields: Fields, name: string): string {
  return checkedText(name, fields.any(name));
}

/**
 * Reads a request of an editor for the middle of a text; `model` has been read.
 * @throws {ServeError} `ERR_REQUEST`, status 400, naming the field
 */
export function infillFields(fields: Fields, { maxN }: { maxN: number }): InfillRequest {
  const seed = fields.whole("seed", { min: -1 });
  const maxTokens = fields.whole("n_predict", { min: -1 });
  const request: InfillRequest = {
    prefix: neededText(fields, "input_prefix"),
    suffix: neededText(fields, "input_suffix"),
    files: filesField(fields),
    begun: fields.text("prompt") ?? "",
    sampling: samplingOf(fields),
    seed: seed === -1 ? undefined : seed,
    stop: stopField(fields),
    maxTokens: maxTokens === -1 ? undefined : maxTokens,
    samples: fields.whole("n_cmpl", { min: 1, max: maxN }) ?? 1,
    stream: fields.boolean("stream") ?? false,
    wanted: namesField(fields, "response_fields"),
  };
  fields.ignore(idle);
  fields.end();
  return request;
}
