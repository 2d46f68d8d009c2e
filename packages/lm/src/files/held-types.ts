import { compactTypeOf, placeWeights, type TensorFile } from "@deepgrain/tensor-gpu";
import { familyTraits, type ModelConfig } from "../config";
import type { CausalLM } from "../model/causal-lm";
import { viewsOf } from "../model/weight-views";
import { scaleName } from "./fill-weights";
import type { HeldType } from "./model-bytes";

/** The type that holds a matrix of a file as it is, int8 for blocks that none does. */
function typeOf(file: TensorFile, name: string): HeldType {
  const { dtype, shape } = file.info(name);
  if (shape.length < 2 || scaleName(file, name) !== undefined) return "float32";
  return compactTypeOf(dtype, shape.at(-1)!) ?? "float32";
}

/** The stack of experts' matrices that a weight lies in: gate and up of all experts are one, down another. */
function stackOf(config: ModelConfig, name: string): string | undefined {
  const [, experts, matrix] = /^(.*\.experts)\.\d+\.(\w+)\.weight$/.exec(name) ?? [];
  if (experts === undefined) return undefined;
  const isDown = matrix === familyTraits(config).experts.matrices.down;
  return `${experts}.${isDown ? "down" : "gateUp"}`;
}

/**
 * For each weight the type that holds it as the file does, without loss; int8 for blocks that no type does. A stack of experts whose matrices have several is float32.
 * @param places where the file stores each weight
 */
export function heldTypes(
  config: ModelConfig,
  file: TensorFile,
  places: ReadonlyMap<string, string>,
): Map<string, HeldType> {
  const types = new Map<string, HeldType>();
  const stacks = new Map<string, HeldType>();
  for (const [name, place] of places) {
    const type = typeOf(file, place);
    types.set(name, type);
    const stack = stackOf(config, name);
    if (stack === undefined) continue;
    const before = stacks.get(stack) ?? type;
    stacks.set(stack, before === type ? type : "float32");
  }
  for (const name of types.keys()) {
    const stack = stackOf(config, name);
    if (stack !== undefined) types.set(name, stacks.get(stack)!);
  }
  return types;
}

/** Gives memory to the matrices of a model that was built without. */
export function placeTypes(model: CausalLM, types: ReadonlyMap<string, HeldType>): void {
  const { experts } = familyTraits(model.config);
  const views = viewsOf(model.namedTensors(), model.moeLayers, experts);
  const names = new Map([...views].map(([name, { storage }]) => [storage, name] as const));
  for (const view of views.values()) view.dispose();
  placeWeights(model, ({ storage }) => types.get(names.get(storage)!)!);
}
