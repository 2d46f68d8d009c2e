import type { Llama2cConfig, NamedTensors } from "../../src/files";

/** Next-token logits after each token of a text: a plain-loop Llama in the Hugging Face layout (rotates halves). */
export function llamaLogits(
  { dim, heads, keyValueHeads, layers, hasSharedClassifier }: Llama2cConfig,
  tensors: NamedTensors,
) {
  const headSize = dim / heads;
  const weight = (name: string) => tensors.get(`${name}.weight`)!.data;
  const keys = Array.from({ length: layers }, () => [] as Float32Array[]);
  const values = Array.from({ length: layers }, () => [] as Float32Array[]);

  function attend(layer: number, x: Float32Array, position: number): Float32Array {
    const name = (part: string) => weight(`model.layers.${layer}.self_attn.${part}`);
    const q = rotateHalves(linear(name("q_proj"), x), headSize, position);
    keys[layer]!.push(rotateHalves(linear(name("k_proj"), x), headSize, position));
    values[layer]!.push(linear(name("v_proj"), x));
    const out = new Float32Array(dim);
    for (let head = 0; head < heads; head++) {
      const own = head * headSize;
      const shared = Math.floor(head / (heads / keyValueHeads)) * headSize;
      const scores = keys[layer]!.map((k) => {
        let sum = 0;
        for (let i = 0; i < headSize; i++) sum += q[own + i]! * k[shared + i]!;
        return sum / Math.sqrt(headSize);
      });
      const largest = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - largest));
      const total = weights.reduce((a, b) => a + b);
      for (const [t, v] of values[layer]!.entries())
        for (let i = 0; i < headSize; i++) out[own + i]! += (weights[t]! / total) * v[shared + i]!;
    }
    return linear(name("o_proj"), out);
  }

  return (token: number, position: number): Float32Array => {
    const embedding = weight("model.embed_tokens");
    const x = embedding.slice(token * dim, (token + 1) * dim);
    for (let layer = 0; layer < layers; layer++) {
      const name = (part: string) => weight(`model.layers.${layer}.${part}`);
      add(x, attend(layer, normalize(x, name("input_layernorm")), position));
      const h = normalize(x, name("post_attention_layernorm"));
      const up = linear(name("mlp.up_proj"), h);
      const gate = linear(name("mlp.gate_proj"), h);
      add(
        x,
        linear(
          name("mlp.down_proj"),
          gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!),
        ),
      );
    }
    const head = hasSharedClassifier ? embedding : weight("lm_head");
    return linear(head, normalize(x, weight("model.norm")));
  };
}

function linear(weight: Float32Array, x: Float32Array): Float32Array {
  const out = new Float32Array(weight.length / x.length);
  for (let row = 0; row < out.length; row++) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += weight[row * x.length + i]! * x[i]!;
    out[row] = sum;
  }
  return out;
}

function normalize(x: Float32Array, scale: Float32Array): Float32Array {
  const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value, i) => (value / Math.sqrt(meanSquare + 1e-5)) * scale[i]!);
}

function add(x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i]! += y[i]!;
}

function rotateHalves(x: Float32Array, headSize: number, position: number): Float32Array {
  const half = headSize / 2;
  return x.map((value, i) => {
    const within = i % headSize;
    const angle = position * 10000 ** (-(within % half) / half);
    const partner = within < half ? -x[i + half]! : x[i - half]!;
    return value * Math.cos(angle) + partner * Math.sin(angle);
  });
}
