import { notJson } from "@deepgrain/support/json";
import { optionsOf, refuseUnknown, ScalingLawsError } from "../errors";
import type { Law, PowerLaw, Quantity } from "./law";

type Json = Record<string, unknown>;

function parser(file: string) {
  const wrong = (key: string, wanted: string, value: unknown) =>
    new ScalingLawsError(
      "ERR_FORMAT",
      value === undefined
        ? `scaling-laws/parseLaw: ${file}, key ${key} is missing: expected ${wanted}`
        : `scaling-laws/parseLaw: ${file}, key ${key}: expected ${wanted}, got ${JSON.stringify(value)}`,
      { fields: { file, key, value } },
    );
  const object = (value: unknown, key: string): Json => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw wrong(key, "an object", value);
    return value as Json;
  };
  const bound = (value: unknown, key: string): number | null => {
    if (value === null || Number.isFinite(value)) return value as number | null;
    throw wrong(key, "a finite number or null", value);
  };
  const quantity = (value: unknown, key: string): Quantity => {
    const json = object(value, key);
    if (!Number.isFinite(json.value)) throw wrong(`${key}.value`, "a finite number", json.value);
    return {
      value: json.value as number,
      lower: bound(json.lower, `${key}.lower`),
      upper: bound(json.upper, `${key}.upper`),
    };
  };
  const power = (value: unknown, key: string): PowerLaw => {
    const json = object(value, key);
    const coefficient = quantity(json.coefficient, `${key}.coefficient`);
    if (coefficient.value <= 0)
      throw wrong(`${key}.coefficient.value`, "a number above 0", coefficient.value);
    return { coefficient, exponent: quantity(json.exponent, `${key}.exponent`) };
  };
  return { object, quantity, power };
}

/**
 * Reads a law in machine form, as `fitRuns` gives it and JSON stores it. Parts may be null, but none may be absent.
 *
 * @param options.file name for error messages (default "law")
 * @throws {ScalingLawsError} `ERR_FORMAT` naming file and key
 */
export function parseLaw(text: string, options: { file?: string | undefined } = {}): Law {
  const { file = "law", ...rest } = optionsOf("parseLaw", options);
  refuseUnknown("parseLaw", rest);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ScalingLawsError("ERR_FORMAT", `scaling-laws/parseLaw: ${file}: ${notJson(text)}`, {
      fields: { file },
      cause,
    });
  }
  const { object, quantity, power } = parser(file);
  const { allocation, batchSize, learningRate, loss } = object(json, "(root)");
  const part = <T>(value: unknown, key: string, read: (json: Json) => T): T | null =>
    value === null ? null : read(object(value, key));
  return {
    allocation: part(allocation, "allocation", (both) => ({
      model: power(both.model, "allocation.model"),
      data: power(both.data, "allocation.data"),
    })),
    batchSize: part(batchSize, "batchSize", (json) => power(json, "batchSize")),
    learningRate: part(learningRate, "learningRate", (json) => power(json, "learningRate")),
    loss: part(loss, "loss", (json) => ({
      floor: quantity(json.floor, "loss.floor"),
      ...power(json, "loss"),
    })),
  };
}
