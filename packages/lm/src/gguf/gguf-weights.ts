import type { GgufFile, GgufTensor, JoinedTensor, TensorFile } from "@deepgrain/tensor-gpu";
import type { ModelConfig, RotaryModelConfig } from "../config";
import { LmError } from "../errors";
import { type PlannedWeight, weightPlan } from "../files/weight-plan";
import { architectureOf } from "./gguf-config";
import { ggufPlace, pairedRow } from "./gguf-names";
import { longRopeTensors } from "./gguf-scaling";

/** @throws {LmError} `ERR_SHAPE` naming the tensor */
function assertShape(file: GgufFile, name: string, wanted: readonly number[]): void {
  const { shape } = file.info(name);
  if (shape.length === wanted.length && wanted.every((size, i) => size === shape[i])) return;
  throw new LmError("ERR_SHAPE", `lm/gguf: ${name} must be [${wanted}], got [${shape}]`, {
    fields: { name, shape, expected: wanted },
  });
}

/** Newer files of DeepSeek's latent attention split its key and value projection, the keys' part transposed. */
function joinedLatents(
  file: GgufFile,
  name: string,
  shape: readonly number[],
): JoinedTensor | undefined {
  const names = [name.replace("attn_kv_b", "attn_k_b"), name.replace("attn_kv_b", "attn_v_b")];
  if (!name.includes("attn_kv_b") || file.has(name) || !names.every((part) => file.has(part)))
    return undefined;
  const [[heads = 0, rank = 0, keys = 0], [, values = 0]] = names.map(
    (part) => file.info(part).shape,
  ) as [readonly number[], readonly number[]];
  for (const [i, wanted] of [
    [heads, rank, keys],
    [heads, values, rank],
  ].entries())
    assertShape(file, names[i]!, wanted);
  if (heads * (keys + values) !== shape[0] || rank !== shape[1])
    throw new LmError(
      "ERR_SHAPE",
      `lm/gguf: ${names.join(" and ")} must give [${shape}] together, got [${heads * (keys + values)}, ${rank}]`,
      { fields: { names, expected: shape } },
    );
  return {
    names,
    shape,
    join([keyParts, valueParts]) {
      const out = new Float32Array(heads * (keys + values) * rank);
      for (let head = 0; head < heads; head++) {
        const begin = head * (keys + values) * rank;
        for (let i = 0; i < keys; i++)
          for (let j = 0; j < rank; j++)
            out[begin + i * rank + j] = keyParts![(head * rank + j) * keys + i]!;
        const own = valueParts!.subarray(head * values * rank, (head + 1) * values * rank);
        out.set(own, begin + keys * rank);
      }
      return out;
    },
  };
}

/** The gates of all experts above their ups, which files keep apart. */
function joinedHalves(
  file: GgufFile,
  names: readonly string[],
  [experts = 0, rows = 0, width = 0]: readonly number[],
): JoinedTensor {
  for (const name of names) if (file.has(name)) assertShape(file, name, [experts, rows / 2, width]);
  const size = (rows / 2) * width;
  return {
    names,
    shape: [experts, rows, width],
    join(halves) {
      const out = new Float32Array(2 * experts * size);
      for (let e = 0; e < experts; e++)
        for (const [i, half] of halves.entries())
          out.set(half.subarray(e * size, (e + 1) * size), (2 * e + i) * size);
      return out;
    },
  };
}

/** The tensor or tensors of a file that hold a weight of this shape. */
function tensorOf(
  file: GgufFile,
  config: RotaryModelConfig,
  [weight, shape]: PlannedWeight,
): GgufTensor | JoinedTensor {
  const place = ggufPlace(architectureOf(file), config, weight);
  if (place.halves) return joinedHalves(file, place.halves, shape);
  const joined = joinedLatents(file, place.name, shape);
  if (joined) return joined;
  // The first files of mixtures had a tensor per expert.
  const isSingle = place.expert !== undefined && !file.has(place.name);
  const single = place.name.replace("_exps.", `.${place.expert}.`);
  if (place.expert !== undefined && !isSingle)
    assertShape(file, place.name, [
      (config as { nRoutedExperts: number }).nRoutedExperts,
      ...shape,
    ]);
  return {
    name: isSingle ? single : place.name,
    index: isSingle ? undefined : place.expert,
    shape,
    rowOf: place.paired === undefined ? undefined : pairedRow(place.paired),
    plus: place.plus === undefined ? undefined : -place.plus,
  };
}

/**
 * A GGUF file with the names, shapes and order of rows of a Hugging Face file.
 * @throws {LmError} `ERR_MISSING` naming tensors that the model lacks or the file has in addition; `ERR_SHAPE` naming a stack
 *   of experts, or a split projection, of another size
 */
export function asHuggingFace(file: GgufFile, config: ModelConfig): TensorFile {
  const rotary = config as RotaryModelConfig; // no supported architecture has learned positions
  const wanted = new Map<string, GgufTensor | JoinedTensor>();
  const used = new Set(["rope_freqs.weight", ...longRopeTensors]);
  const missing: string[] = [];
  for (const weight of weightPlan(config)) {
    const tensor = tensorOf(file, rotary, weight);
    const names = "names" in tensor ? tensor.names : [tensor.name];
    for (const name of names) used.add(name);
    const absent = names.find((name) => !file.has(name));
    if (absent === undefined) wanted.set(weight[0], tensor);
    else if (missing.push(absent) >= 100) break;
  }
  const surplus = file.names.filter((name) => !used.has(name));
  if (missing.length + (missing.length < 100 ? surplus.length : 0) > 0) {
    const list = (kind: string, names: readonly string[]) =>
      names.length > 0
        ? `${kind} ${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}. `
        : "";
    throw new LmError(
      "ERR_MISSING",
      `lm/gguf: ${list("missing tensors:", missing)}${list("unexpected tensors:", surplus)}`.trim(),
      { fields: { missing, unexpected: surplus } },
    );
  }
  return file.withTensors(wanted);
}
