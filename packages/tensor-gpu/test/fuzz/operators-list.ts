/** @file The one list of all operators, each with how to draw the arguments of a valid call and how to call it. */
import * as dg from "../../src";
import { elementwise } from "./operators/elementwise";
import { inPlace } from "./operators/in-place";
import { indices } from "./operators/indices";
import { intoTensors } from "./operators/inference";
import { makers, modules } from "./operators/makers";
import { numbers } from "./operators/numbers";
import { products } from "./operators/products";
import { shapes } from "./operators/shapes";
import type { Recipe } from "./plans";
import type { Call } from "./run-case";

export interface Operator {
  recipe: Recipe;
  call: Call;
}

const exported = dg as unknown as Record<string, (...args: unknown[]) => unknown>;

const functions: Record<string, Recipe> = {
  ...elementwise,
  ...shapes,
  ...numbers,
  ...products,
  ...indices,
  ...makers,
};

/** A copy to overwrite: the operands themselves must stay as they are. */
const apart = (x: unknown) => (x instanceof dg.Tensor ? x.detach().clone() : x);

/** Operators, layers and optimisers by name. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    Object.entries(functions).map(([name, recipe]) => [
      name,
      { recipe, call: (args: unknown[]) => exported[name]!(...args) },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(inPlace).map(([name, recipe]) => [
      name,
      { recipe, call: (args: unknown[]) => exported[name]!(apart(args[0]), ...args.slice(1)) },
    ]),
  ),
  ...modules,
  ...intoTensors,
};

/** The package's other exports, by kind: none of it computes a tensor from arguments. */
export const OTHER_EXPORTS: Readonly<Record<string, readonly string[]>> = {
  gradients: "backward grad checkpoint isRecomputing enableGrad noGrad tracked recordStep".split(
    " ",
  ),
  memory:
    "keep scope tidy memory peakMemory measurePeakBytes abortable Tensor CompactTensor compactBytes".split(
      " ",
    ),
  backends:
    "getBackend setBackend backendName createBlasBackend createGpuBackend createJsBackend createWasmBackend createWebGpuBackend enableBlockTypes tuneWebGpu useGPU useWebGpu useBestBackend measurePeak timeLaunches toBackend".split(
      " ",
    ),
  random: "Generator defaultGenerator manualSeed".split(" "),
  errors: ["TensorError"],
  namespaces: ["nn", "optim", "inference"],
};
