import { oneOf, optionsOf, refuseUnknown } from "../../errors";

import type { NodeData } from "../data/node-data";
import { Appnp, Ppnp } from "./appnp";
import { ChebNet } from "./cheb-net";
import { Gat } from "./gat";
import { Gcn } from "./gcn";
import type { GraphModel, ModelSizes } from "./graph-model";
import { GraphSage } from "./graph-sage";
import { influenceOperator } from "./influence-operator";
import { type ModelName, modelNames } from "./model-names";
import { Sgc } from "./sgc";

export interface CreateModelOptions extends Omit<ModelSizes, "features" | "classes"> {
  /** PPNP: entries kept per row of the influence matrix (default: all). */
  readonly topK?: number | undefined;
}

/**
 * Creates a two-layer model for the data, by name.
 * @throws {RenodeError} `ERR_ARGUMENT` for an unknown name
 */
export function createModel(
  name: ModelName,
  data: NodeData,
  options: CreateModelOptions,
): GraphModel {
  const { topK, hidden, dropout, generator, ...rest } = optionsOf("createModel", options);
  refuseUnknown("createModel", rest);
  oneOf("createModel", "name", name, modelNames);
  const sizes: ModelSizes = {
    hidden,
    dropout,
    generator,
    features: data.features.cols,
    classes: data.classNames.length,
  };
  if (name === "ppnp") {
    const influence = influenceOperator(data.graph, undefined, { topK });
    return new Ppnp(sizes, influence, true);
  }
  const makers = {
    gcn: Gcn,
    gat: Gat,
    sgc: Sgc,
    appnp: Appnp,
    graphsage: GraphSage,
    chebnet: ChebNet,
  };
  return new makers[name](sizes);
}
