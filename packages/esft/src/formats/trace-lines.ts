import { EsftError, having, optionsOf, refuseUnknown, textOf } from "../errors";
import { MOST_EXPERTS } from "../families/config-fields";
import type { RouteNumbers } from "../scoring/layer-totals";

/** One forward pass in a trace file. */
export interface TraceLine {
  /** [tokens · K] */
  ids: number[];
  /** [tokens · K] */
  weights: number[];
}

/** As Python prints a number rounded to 4 decimals. */
function fourDecimals(weight: number): string {
  const rounded = Number(weight.toFixed(4));
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}

/**
 * A layer's routing in the official trace format, one line per sequence: expert numbers joined by tabs, an empty field,
 * gate values with 4 decimals joined by tabs. Hidden tokens are left out, and so are sequences with only hidden tokens.
 */
export function formatTraceLines(routeNumbers: RouteNumbers): string {
  const {
    ids,
    weights,
    topK,
    sequences = 1,
  } = having("formatTraceLines", "routeNumbers", routeNumbers, "topK", "ids", "weights");
  const length = ids.length / Math.max(sequences, 1);
  let text = "";
  for (let sequence = 0; sequence < sequences; sequence++) {
    const [lineIds, lineWeights]: [string[], string[]] = [[], []];
    for (let t = sequence * length; t < (sequence + 1) * length; t += topK) {
      if (ids[t]! < 0) continue;
      for (let at = t; at < t + topK; at++) {
        lineIds.push(String(ids[at]));
        lineWeights.push(fourDecimals(weights[at]!));
      }
    }
    if (lineIds.length > 0) text += `${lineIds.join("\t")}\t\t${lineWeights.join("\t")}\n`;
  }
  return text;
}

function parseFields(text: string): number[] {
  const fields = text.split("\t");
  while (fields.at(-1) === "") fields.pop(); // trailing tabs
  return fields.map((field) => (field.trim() === "" ? Number.NaN : Number(field)));
}

/**
 * Reads a trace file. Tolerated: trailing tabs and carriage returns, blank lines, and a last line that was cut off; its
 * last, possibly shortened weight is dropped with the id that belongs to it.
 *
 * @param options.file what to call it in messages
 * @throws {EsftError} `ERR_FORMAT` naming file and line: ids or weights are missing, differ in count, or are not
 *   numbers
 */
export function parseTrace(text: string, options: { file: string }): TraceLine[] {
  const { file, ...rest } = optionsOf("parseTrace", options);
  refuseUnknown("parseTrace", rest);
  textOf("parseTrace", "text", text);
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const last = lines.findLastIndex((line) => line.trim() !== "");
  const parsed: TraceLine[] = [];
  for (const [number, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const isLast = number === last;
    const fail = (problem: string) =>
      new EsftError("ERR_FORMAT", `esft/trace: ${file}: line ${number + 1} ${problem}`, {
        fields: {
          file,
          line: number + 1,
        },
      });
    const gap = line.indexOf("\t\t");
    if (gap < 0) {
      if (isLast) continue;
      throw fail("must hold ids, an empty field and weights");
    }
    const ids = parseFields(line.slice(0, gap));
    const weights = parseFields(line.slice(gap + 2));
    if (isLast && weights.length < ids.length) weights.pop();
    if (ids.length !== weights.length && !(isLast && weights.length < ids.length))
      throw fail(`must hold as many weights as ids, got ${ids.length} and ${weights.length}`);
    const wrongId = ids.find((id) => !Number.isSafeInteger(id) || id < 0 || id >= MOST_EXPERTS);
    if (wrongId !== undefined)
      throw fail(`must hold expert numbers, got ${wrongId} (${MOST_EXPERTS} experts at most)`);
    const wrongWeight = weights.find((weight) => !(weight >= 0 && weight < Infinity));
    if (wrongWeight !== undefined)
      throw fail(`must hold weights of at least 0, got ${wrongWeight}`);
    if (weights.length > 0) parsed.push({ ids: ids.slice(0, weights.length), weights });
  }
  return parsed;
}

/** Drops ids and weights after the last complete token. */
export function wholeTokens({ ids, weights }: TraceLine, topK: number): TraceLine {
  const end = ids.length - (ids.length % topK);
  return { ids: ids.slice(0, end), weights: weights.slice(0, end) };
}
