// The mixture layer as a loop of plain matrix products, three an expert: what grouped products are measured against.

import { topKGate } from "@deepgrain/moe";
import { indexAdd, linear, nn, swiglu, tensor, zeros } from "@deepgrain/tensor-gpu";

/** Tokens of each expert and the place of the choice, from ids [tokens·topK] on the host. */
function tokensByExpert(ids, experts, topK) {
  const lists = Array.from({ length: experts }, () => ({ tokens: [], slots: [] }));
  ids.forEach((expert, slot) => {
    lists[expert].tokens.push(Math.floor(slot / topK));
    lists[expert].slots.push(slot);
  });
  return lists;
}

/** The same numbers as a `MoeLayer`, each expert with matrices of its own. */
export class LoopedLayer extends nn.Module {
  constructor(layer) {
    super();
    this.config = layer.config;
    const leaf = (view) => view.detach().clone().requireGrad();
    this.router = leaf(layer.gate.weight);
    const { experts, expertSize: f } = layer.config;
    this.experts = Array.from({ length: experts }, (_, e) => {
      const both = layer.experts.gateUp.detach().select(0, e);
      return {
        gate: leaf(both.narrow(0, 0, f)),
        up: leaf(both.narrow(0, f, f)),
        down: leaf(layer.experts.down.detach().select(0, e)),
      };
    });
    const { gateProj, upProj, downProj } = layer.sharedExperts;
    this.shared = [gateProj, upProj, downProj].map((part) => leaf(part.weight));
  }

  *namedTensors() {
    yield ["router", this.router];
    for (const [e, { gate, up, down }] of this.experts.entries())
      yield* [
        [`${e}.gate`, gate],
        [`${e}.up`, up],
        [`${e}.down`, down],
      ];
    yield* this.shared.map((weight, i) => [`shared.${i}`, weight]);
  }

  forward(x) {
    const { experts, topK } = this.config;
    const gate = topKGate(linear(x, this.router), { experts, topK });
    const flat = gate.weights.reshape([gate.weights.size]);
    let y = zeros(x.shape);
    const lists = tokensByExpert(gate.ids.dataSync(), experts, topK);
    for (const [e, { tokens, slots }] of lists.entries()) {
      if (tokens.length === 0) continue;
      const own = this.experts[e];
      const index = tensor(Int32Array.from(tokens));
      const rows = x.indexSelect(0, index);
      const inner = swiglu(linear(rows, own.gate), linear(rows, own.up));
      const weight = flat.indexSelect(0, tensor(Int32Array.from(slots))).unsqueeze(1);
      y = indexAdd(y, 0, index, linear(inner, own.down).mul(weight));
    }
    const [gateProj, upProj, downProj] = this.shared;
    return y.add(linear(swiglu(linear(x, gateProj), linear(x, upProj)), downProj));
  }
}
