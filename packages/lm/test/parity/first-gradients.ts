import { type Backend, Generator, getBackend, setBackend, tidy } from "@deepgrain/tensor-gpu";
import { CausalLM } from "../../src";
import { countingData } from "../support/tiny-models";
import { MODELS, type ModelName, VOCABULARY } from "./training-losses";

/** The gradient of every parameter by its name, in the first step of a tiny model on a backend that goes on living. */
export async function firstGradients(
  backend: Backend,
  name: ModelName,
): Promise<Map<string, number[]>> {
  const before = getBackend();
  setBackend(backend);
  try {
    const model = new CausalLM(MODELS[name](), { generator: new Generator(5) });
    tidy(() => model.loss(countingData(VOCABULARY).batch(0)).backward());
    const gradients = new Map<string, number[]>();
    for (const [path, { grad }] of model.namedParameters())
      gradients.set(path, [...((await grad?.data()) ?? [])]);
    model.dispose();
    return gradients;
  } finally {
    setBackend(before);
  }
}
