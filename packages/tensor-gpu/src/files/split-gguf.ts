/**
 * @file A GGUF file in parts, as llama.cpp's gguf-split writes them: each is a GGUF file of its own with `split.no` (from 0),
 * `split.count` and `split.tensors.count` (of all parts together); the first has the model's other values.
 */
import { TensorError } from "../errors";
import type { GgufPart } from "./gguf-part";
import { ggufParts, MOST_PARTS, partName } from "./gguf-parts";

const wrong = (problem: string, fields: Record<string, unknown>) =>
  new TensorError("ERR_FORMAT", `tensor-gpu/openGguf: ${problem}`, { fields });

const nameOf = ({ source }: GgufPart): string => source.name ?? "a source";

/** The start of a value that may be long. */
const shown = (value: unknown): string => String(value).slice(0, 40);

const another = (first: GgufPart, part: GgufPart, problem: string) =>
  wrong(`${nameOf(part)} must be a part of the same model as ${nameOf(first)}: ${problem}`, {
    names: [nameOf(first), nameOf(part)],
  });

/** A whole number of a head. @throws {TensorError} `ERR_FORMAT` */
function wholeOf(part: GgufPart, key: string, least: number, most: number): number {
  const value = part.header.metadata.get(key);
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw wrong(`${nameOf(part)}: ${key} must be from ${least} to ${most}, got ${shown(value)}`, {
    key,
    value,
  });
}

/**
 * How many parts a file says that its model has; 1 for a whole one.
 * @throws {TensorError} `ERR_FORMAT` for an impossible number
 */
export function partCount(part: GgufPart): number {
  if (!part.header.metadata.has("split.count")) return 1;
  return Math.max(1, wholeOf(part, "split.count", 0, MOST_PARTS));
}

/** The error for a part that is not there. @param position from 0 */
export function missingPart(
  position: number,
  count: number,
  name: string | undefined,
  cause?: unknown,
): TensorError {
  const named = name === undefined ? "" : `, ${name},`;
  const hint = cause === undefined ? "; give a list of all parts" : "";
  const message = `part ${position + 1} of ${count}${named} is missing${hint}`;
  return new TensorError("ERR_IO", `tensor-gpu/openGguf: ${message}`, {
    fields: { part: position + 1, count, name, isMissing: true },
    cause,
  });
}

/** @throws {TensorError} `ERR_IO` for a missing part, `ERR_FORMAT` for one that is there twice or one of another count */
function inOrder(parts: readonly GgufPart[]): GgufPart[] {
  const [first] = parts as readonly [GgufPart];
  const count = partCount(first);
  const found: GgufPart[] = [];
  for (const part of parts) {
    const own = partCount(part);
    if (own !== count) throw another(first, part, `one has ${count} parts, the other ${own}`);
    const position = count === 1 ? 0 : wholeOf(part, "split.no", 0, count - 1);
    const before = found[position];
    if (before && count === 1) throw another(first, part, "both are whole");
    const names = ggufParts(nameOf(part));
    if (count > 1 && names && names.indexOf(nameOf(part)) !== position)
      throw wrong(
        `${nameOf(part)} must be the part that its name says, but it is part ${position + 1} of ${count}`,
        { name: nameOf(part), part: position + 1, count },
      );
    if (before)
      throw wrong(
        `${nameOf(before)} and ${nameOf(part)} are both part ${position + 1} of ${count}`,
        {
          names: [nameOf(before), nameOf(part)],
          part: position + 1,
        },
      );
    found[position] = part;
  }
  const names = ggufParts(nameOf(first));
  for (let i = 0; i < count; i++)
    if (!found[i]) throw missingPart(i, count, names?.length === count ? names[i] : undefined);
  return found;
}

const stemOf = (name: string) => /[^\\/]*$/.exec(name)![0].split(partName)[0];

/** Compares what all parts of a model have: their name before the number, and the simple values that both state. */
function assertSameModel(parts: readonly GgufPart[]): void {
  const [first] = parts as readonly [GgufPart];
  const areNamed = parts.every((part) => ggufParts(nameOf(part)) !== undefined);
  for (const part of parts) {
    if (areNamed && stemOf(nameOf(part)) !== stemOf(nameOf(first)))
      throw another(first, part, "their names differ before the number");
    for (const [key, value] of part.header.metadata) {
      const wanted = first.header.metadata.get(key);
      const isOwn = key === "split.no" || key === "general.alignment" || wanted === undefined;
      if (isOwn || typeof value === "object" || Object.is(value, wanted)) continue;
      throw another(first, part, `${key} is ${shown(wanted)} in one, ${shown(value)} in the other`);
    }
  }
}

/** @throws {TensorError} `ERR_FORMAT` for a tensor in two parts, or another number of tensors than the parts state */
function assertTensors(parts: readonly GgufPart[]): void {
  const holders = new Map<string, GgufPart>();
  for (const part of parts)
    for (const name of part.header.tensors.keys()) {
      const before = holders.get(name);
      if (before)
        throw wrong(`${nameOf(before)} and ${nameOf(part)} must not both hold ${name}`, { name });
      holders.set(name, part);
    }
  const stated = parts[0]!.header.metadata.get("split.tensors.count");
  if (stated === undefined || stated === holders.size) return;
  throw wrong(
    `the ${parts.length} parts of ${nameOf(parts[0]!)} must hold ${shown(stated)} tensors together, got ${holders.size}`,
    { expected: stated, got: holders.size },
  );
}

/**
 * The parts of one model in their order.
 * @param parts all of them, or a whole file alone
 * @throws {TensorError} `ERR_IO` naming a part that is missing; `ERR_FORMAT` for one that is there twice, is of another
 *   model, or holds a tensor of another part
 */
export function joinParts(parts: readonly GgufPart[]): GgufPart[] {
  const ordered = inOrder(parts);
  if (ordered.length === 1) return ordered;
  assertSameModel(ordered);
  assertTensors(ordered);
  return ordered;
}
