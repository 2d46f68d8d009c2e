import {
  configError,
  type Field,
  field,
  flag,
  integer,
  type JsonObject,
  positive,
  real,
} from "./field";

/**
 * How rotary positions are scaled beyond the trained length. `null` in a config means no scaling.
 * Lengths are in tokens; `factor` is how many times longer sequences may be.
 */
export type RopeScaling =
  | { type: "linear"; factor: number }
  | { type: "dynamic"; factor: number; originalMaxPositionEmbeddings: number }
  | {
      type: "llama3";
      factor: number;
      lowFreqFactor: number;
      highFreqFactor: number;
      originalMaxPositionEmbeddings: number;
    }
  | {
      type: "yarn";
      factor: number;
      originalMaxPositionEmbeddings: number;
      betaFast: number;
      betaSlow: number;
      mscale: number;
      mscaleAllDim: number;
      /** Replaces the factor on cosine and sine that follows from the mscales; `null`: computed from them. */
      attentionFactor: number | null;
      /** Whether the corrected dimensions are rounded outwards to integers. */
      truncate: boolean;
    };

const read = {
  factor: real("factor", (): number => Number.NaN, { minimum: 1 }),
  lowFreqFactor: positive("low_freq_factor", (): number => Number.NaN),
  highFreqFactor: positive("high_freq_factor", (): number => Number.NaN),
  betaFast: positive("beta_fast", () => 32),
  betaSlow: positive("beta_slow", () => 1),
  mscale: real("mscale", () => 1),
  mscaleAllDim: real("mscale_all_dim", () => 0),
  attentionFactor: field<number | null>(
    "attention_factor",
    null,
    "a number above 0",
    (value) => typeof value === "number" && value > 0,
  ),
  truncate: flag("truncate", true),
};

function required(key: string, value: number, json: JsonObject): number {
  if (Number.isNaN(value)) throw configError(`rope_scaling.${key}`, "given", json[key]);
  return value;
}

/** The scaling object under either spelling of newer and older files. */
function scalingObject(json: JsonObject): JsonObject | undefined {
  const key = json.rope_parameters == null ? "rope_scaling" : "rope_parameters";
  const value = json[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw configError(key, "an object", value);
  return value as JsonObject;
}

function parseRopeScaling(
  json: JsonObject,
  allowed: readonly RopeScaling["type"][],
  original: (json: JsonObject) => number,
): RopeScaling | null {
  const scaling = scalingObject(json);
  if (!scaling) return null;
  const type = scaling.rope_type ?? scaling.type ?? (json.rope_parameters ? "default" : undefined);
  if (type === "default") return null;
  if (!allowed.includes(type as RopeScaling["type"]))
    throw configError("rope_scaling.rope_type", `one of default, ${allowed.join(", ")}`, type);
  const factor = required("factor", read.factor.read(scaling), scaling);
  const originalMaxPositionEmbeddings = integer("original_max_position_embeddings", () =>
    original(json),
  ).read(scaling);
  if (type === "linear") return { type, factor };
  if (type === "dynamic") return { type, factor, originalMaxPositionEmbeddings };
  if (type === "llama3") {
    const lowFreqFactor = required("low_freq_factor", read.lowFreqFactor.read(scaling), scaling);
    const highFreqFactor = required("high_freq_factor", read.highFreqFactor.read(scaling), scaling);
    if (highFreqFactor <= lowFreqFactor)
      throw configError("rope_scaling.high_freq_factor", "above low_freq_factor", highFreqFactor);
    return { type, factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings };
  }
  return {
    type: "yarn",
    factor,
    originalMaxPositionEmbeddings,
    betaFast: read.betaFast.read(scaling),
    betaSlow: read.betaSlow.read(scaling),
    mscale: read.mscale.read(scaling),
    mscaleAllDim: read.mscaleAllDim.read(scaling),
    attentionFactor: read.attentionFactor.read(scaling),
    truncate: read.truncate.read(scaling),
  };
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The type of scaling is written under both names, as readers differ in which one they expect. */
function scalingJson({ type, ...numbers }: RopeScaling): Record<string, unknown> {
  const entries = Object.entries(numbers).filter(([, value]) => value !== null);
  const named = entries.map(([name, value]) => [snakeCase(name), value]);
  return { type, rope_type: type, ...Object.fromEntries(named) };
}

/**
 * The field of rotary scaling: reads `rope_scaling` and the newer `rope_parameters`, types under `rope_type` or `type`;
 * writes the spelling that the file has.
 *
 * @param original the trained length if the scaling does not give one
 */
export function ropeScaling(
  allowed: readonly RopeScaling["type"][],
  original: (json: JsonObject) => number,
): Field<RopeScaling | null> {
  return {
    read: (json) => parseRopeScaling(json, allowed, original),
    write(json, value) {
      if (json.rope_parameters == null) {
        json.rope_scaling = value && scalingJson(value);
        return;
      }
      const { rope_theta } = json.rope_parameters as JsonObject;
      const theta = rope_theta === undefined ? {} : { rope_theta };
      json.rope_parameters = {
        ...(value ? scalingJson(value) : { rope_type: "default" }),
        ...theta,
      };
    },
  };
}

/** The field of the rotary base, which newer files keep inside `rope_parameters`. Default 10000. */
export const ropeTheta: Field<number> = (() => {
  const plain = positive("rope_theta", () => 10000);
  const isInside = (json: JsonObject) =>
    (json.rope_parameters as JsonObject | null | undefined)?.rope_theta !== undefined;
  return {
    read: (json) => plain.read(isInside(json) ? (json.rope_parameters as JsonObject) : json),
    write(json, value) {
      if (isInside(json))
        json.rope_parameters = { ...(json.rope_parameters as JsonObject), rope_theta: value };
      else json.rope_theta = value;
    },
  };
})();
