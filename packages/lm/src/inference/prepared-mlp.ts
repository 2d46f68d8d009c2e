import { type GatedMlp, MoeLayer } from "@deepgrain/moe";
import { inference } from "@deepgrain/tensor-gpu";
import { Gpt2Mlp } from "../model/gpt2";
import { activationNames } from "../model/mlp";
import { prepareLinear, prepareLinears, type Release } from "./prepared-layers";
import { type PreparedMlp, prepareMoe } from "./prepared-moe";

export type { PreparedMlp } from "./prepared-moe";

/** down(act(gate(x)) · up(x)). */
function prepareGatedMlp(mlp: GatedMlp, release: Release): PreparedMlp {
  const size = mlp.innerSize;
  const parts = mlp.gateUpProj
    ? [0, 1].map((i) => ({ layer: mlp.gateUpProj!, rows: { first: i * size, count: size } }))
    : [mlp.gateProj!, mlp.upProj!].map((layer) => ({ layer }));
  const toGateUp = prepareLinears(parts, release);
  const toOut = prepareLinear(mlp.downProj, release);
  const { activation } = mlp;
  // Dense layers and shared experts of one model differ in width.
  const [gateName, upName] = [`gate ${size}`, `up ${size}`];
  return (out, x, { space }, accumulate) => {
    const [gate, up] = [space.get(gateName, size), space.get(upName, size)];
    toGateUp([gate, up], x);
    if (activation === "silu") inference.swigluInto(gate, gate, up);
    else {
      inference.activateInto(activation, gate, gate);
      inference.combineInto("mul", gate, gate, up);
    }
    toOut(out, gate, accumulate);
  };
}

/** out(act(inner(x))). */
function preparePlainMlp(mlp: Gpt2Mlp, release: Release): PreparedMlp {
  const [toInner, toOut] = [mlp.cFc, mlp.cProj].map((layer) => prepareLinear(layer, release));
  const { intermediateSize, hiddenAct } = mlp._config;
  return (out, x, { space }, accumulate) => {
    const inner = space.get("gate", intermediateSize);
    toInner!(inner, x);
    inference.activateInto(activationNames[hiddenAct], inner, inner);
    toOut!(out, inner, accumulate);
  };
}

/** The feed-forward part of a block of any family. */
export function prepareMlp(mlp: GatedMlp | MoeLayer | Gpt2Mlp, release: Release): PreparedMlp {
  if (mlp instanceof MoeLayer)
    return prepareMoe(mlp, (shared) => prepareGatedMlp(shared, release), release);
  return mlp instanceof Gpt2Mlp ? preparePlainMlp(mlp, release) : prepareGatedMlp(mlp, release);
}
