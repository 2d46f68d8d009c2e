import { MoeLayer } from "@deepgrain/moe";
import { crossEntropy, Generator, nn, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import type {} from "@deepgrain/vitest/allclose";
import type { RoutedModel } from "../../src";

export interface TinySizes {
  vocabulary?: number;
  hidden?: number;
  experts?: number;
  topK?: number;
  sharedExperts?: number;
  blocks?: number;
  seed?: number;
}

class Block extends nn.Module {
  proj: nn.Linear;
  mlp: MoeLayer | null;

  constructor(size: Required<TinySizes>, isDense: boolean, generator: Generator) {
    super();
    this.proj = new nn.Linear(size.hidden, size.hidden, { bias: false, generator });
    this.mlp = isDense
      ? null
      : new MoeLayer({
          experts: size.experts,
          topK: size.topK,
          hiddenSize: size.hidden,
          expertSize: 4,
          sharedExperts: size.sharedExperts,
          initStd: 0.4,
          generator,
        });
  }

  forward(x: Tensor): Tensor {
    const mixed = x.add(this.proj.forward(x));
    return this.mlp ? mixed.add(this.mlp.forward(mixed)) : mixed;
  }
}

const sizes = {
  vocabulary: 13,
  hidden: 6,
  experts: 5,
  topK: 2,
  sharedExperts: 1,
  blocks: 3,
  seed: 1,
};

/** A model of the smallest kind that routes: block 0 is dense, names are those of DeepSeek files. */
export class TinyModel extends nn.Module implements RoutedModel {
  embedTokens: nn.Embedding;
  layers: Block[];
  lmHead: nn.Linear;

  constructor(options: TinySizes = {}) {
    super();
    const size = { ...sizes, ...options };
    const generator = new Generator(size.seed);
    this.embedTokens = new nn.Embedding(size.vocabulary, size.hidden, { generator });
    this.layers = Array.from(
      { length: size.blocks },
      (_, i) => new Block(size, i === 0, generator),
    );
    this.lmHead = new nn.Linear(size.hidden, size.vocabulary, { bias: false, generator });
    this.requireGrad();
  }

  get moeLayers(): ReadonlyMap<number, MoeLayer> {
    return new Map(this.layers.flatMap(({ mlp }, i) => (mlp ? [[i, mlp] as const] : [])));
  }

  /** @param ids [batch, length] row-major */
  hidden(ids: readonly (readonly number[])[]): Tensor {
    const input = tensor(Int32Array.from(ids.flat()), { shape: [ids.length, ids[0]!.length] });
    return this.layers.reduce((x, block) => block.forward(x), this.embedTokens.forward(input));
  }

  logits(ids: readonly (readonly number[])[]): Tensor {
    return this.lmHead.forward(this.hidden(ids));
  }

  loss(ids: readonly (readonly number[])[], targets: readonly (readonly number[])[]): Tensor {
    const logits = this.logits(ids);
    return crossEntropy(
      logits.reshape([targets.flat().length, logits.shape.at(-1)!]),
      tensor(Int32Array.from(targets.flat()), { shape: [targets.flat().length] }),
    );
  }

  private *views(): Iterable<[string, Tensor]> {
    yield ["model.embed_tokens.weight", this.embedTokens.weight];
    yield ["lm_head.weight", this.lmHead.weight];
    for (const [i, { proj, mlp }] of this.layers.entries()) {
      const prefix = `model.layers.${i}`;
      yield [`${prefix}.self_attn.proj.weight`, proj.weight];
      if (!mlp) continue;
      yield [`${prefix}.mlp.gate.weight`, mlp.gate.weight];
      const { gateUp, down, count } = mlp.experts;
      for (let e = 0; e < count; e++) {
        const both = gateUp.detach().select(0, e);
        yield [`${prefix}.mlp.experts.${e}.gate_proj.weight`, both.narrow(0, 0, 4)];
        yield [`${prefix}.mlp.experts.${e}.up_proj.weight`, both.narrow(0, 4, 4)];
        yield [`${prefix}.mlp.experts.${e}.down_proj.weight`, down.detach().select(0, e)];
      }
      for (const part of ["gate", "up", "down"] as const)
        if (mlp.sharedExperts)
          yield [
            `${prefix}.mlp.shared_experts.${part}_proj.weight`,
            mlp.sharedExperts[`${part}Proj`]!.weight,
          ];
    }
  }

  weightNames(): string[] {
    return [...this.views()].map(([name]) => name);
  }

  async readWeight(name: string): Promise<{ shape: readonly number[]; data: Float32Array }> {
    const view = this.find(name);
    return { shape: view.shape, data: (await view.data()) as Float32Array };
  }

  writeWeight(name: string, data: Float32Array): void {
    this.find(name).set(data);
  }

  private find(name: string): Tensor {
    for (const [own, view] of this.views()) if (own === name) return view;
    throw new Error(`no weight ${name}`);
  }
}

/** All weights as copies. */
export async function snapshot(model: TinyModel): Promise<Map<string, Float32Array>> {
  const copies = new Map<string, Float32Array>();
  for (const name of model.weightNames())
    copies.set(name, (await model.readWeight(name)).data.slice());
  return copies;
}

/** Names of the weights whose bits differ. */
export function changedNames(
  before: ReadonlyMap<string, Float32Array>,
  after: ReadonlyMap<string, Float32Array>,
): string[] {
  const bits = (data: Float32Array) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
  return [...before]
    .filter(([name, data]) => bits(data) !== bits(after.get(name)!))
    .map(([n]) => n);
}
