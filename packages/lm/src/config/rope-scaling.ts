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
    }
  | {
      type: "longrope";
      /** Divides each frequency in sequences of at most the trained length, [rotary size / 2]. */
      shortFactor: readonly number[];
      /** Divides each frequency in longer sequences, [rotary size / 2]. */
      longFactor: readonly number[];
      factor: number;
      originalMaxPositionEmbeddings: number;
      /** Multiplies cosine and sine; `null`: √(1 + ln factor / ln trained length). */
      attentionFactor: number | null;
    };

const divisors = (key: string) =>
  field<readonly number[] | null>(
    key,
    null,
    "a list of numbers above 0",
    (value) =>
      Array.isArray(value) && value.every((x) => typeof x === "number" && x > 0 && x < Infinity),
  );

const read = {
  shortFactor: divisors("short_factor"),
  longFactor: divisors("long_factor"),
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

/** Phi-3's first files call their scaling "su" or "yarn"; it has lists of factors, which YaRN does not have. */
function typeOf(json: JsonObject, scaling: JsonObject): unknown {
  const type = scaling.rope_type ?? scaling.type ?? (json.rope_parameters ? "default" : undefined);
  const isOldName = type === "su" || (type === "yarn" && scaling.short_factor !== undefined);
  return isOldName ? "longrope" : type;
}

/**
 * LongRoPE's lists of factors. Phi-3 keeps the trained length beside the scaling; the factor is then the ratio of both
 * lengths.
 */
function parseLongRope(
  json: JsonObject,
  scaling: JsonObject,
  longest: (json: JsonObject) => number,
): RopeScaling {
  const trained = integer<number | null>("original_max_position_embeddings", null);
  const beside = trained.read(json);
  const original = beside ?? trained.read(scaling);
  const given = read.factor.read(scaling);
  const ratio = original === null ? given : Math.max(1, longest(json) / original);
  const factor = beside === null && !Number.isNaN(given) ? given : ratio;
  const list = (key: "short_factor" | "long_factor", value: readonly number[] | null) => {
    if (value === null) throw configError(`rope_scaling.${key}`, "given", scaling[key]);
    return value;
  };
  return {
    type: "longrope",
    shortFactor: list("short_factor", read.shortFactor.read(scaling)),
    longFactor: list("long_factor", read.longFactor.read(scaling)),
    factor: required("factor", factor, scaling),
    originalMaxPositionEmbeddings: original ?? longest(json),
    attentionFactor: read.attentionFactor.read(scaling),
  };
}

function parseRopeScaling(
  json: JsonObject,
  allowed: readonly RopeScaling["type"][],
  original: (json: JsonObject) => number,
): RopeScaling | null {
  const scaling = scalingObject(json);
  if (!scaling) return null;
  const type = typeOf(json, scaling);
  if (type === "default") return null;
  if (!allowed.includes(type as RopeScaling["type"]))
    throw configError("rope_scaling.rope_type", `one of default, ${allowed.join(", ")}`, type);
  if (type === "longrope") return parseLongRope(json, scaling, original);
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
    keys: ["rope_scaling", "rope_parameters", "original_max_position_embeddings"],
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

/** The field of the rotary base, which newer files keep inside `rope_parameters`. */
export function ropeThetaOr(fallback: number): Field<number> {
  const plain = positive("rope_theta", () => fallback);
  const isInside = (json: JsonObject) =>
    (json.rope_parameters as JsonObject | null | undefined)?.rope_theta !== undefined;
  return {
    keys: ["rope_theta"],
    read: (json) => plain.read(isInside(json) ? (json.rope_parameters as JsonObject) : json),
    write(json, value) {
      if (isInside(json))
        json.rope_parameters = { ...(json.rope_parameters as JsonObject), rope_theta: value };
      else json.rope_theta = value;
    },
  };
}
