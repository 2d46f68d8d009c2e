import {
  layerNorm,
  matmul,
  nn,
  noGrad,
  rmsNorm,
  type Tensor,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { addSquares } from "./add-squares";
import type { LayerCall } from "./watch-layers";

/** Where squares are added. */
export interface SquareSums {
  /** Σ of squares by parameter. */
  readonly of: ReadonlyMap<Tensor, Float64Array>;
  /** Weight of each row's squares; null for 1. */
  readonly weights: Float64Array | null;
  /** Maximum size of gradients in memory, in bytes. */
  readonly bufferBytes: number;
}

const read = (tensor: Tensor): Float32Array => tensor.dataSync() as Float32Array;

function addTo({ of, weights }: SquareSums, parameter: Tensor | null, perRow: Tensor): void {
  const sums = parameter && of.get(parameter);
  if (sums) addSquares(sums, read(perRow), weights);
}

/** Sums over all axes between the first and the last: [rows, …, width] -> [rows, width]. */
const overTokens = (x: Tensor): Tensor =>
  x.rank === 2 ? x : x.reshape([x.shape[0]!, -1, x.shape.at(-1)!]).sum({ dim: 1 });

const largestOf = (x: Tensor): number => x.abs().amax().itemSync();

/** Σ_row of squares of x [rows, …] at each place, summed on the backend. */
const sumOfSquares = (x: Tensor): Tensor => x.square().reshape([x.shape[0]!, -1]).sum({ dim: 0 });

/**
 * x [rows, tokens, in] and g [rows, tokens, out]: the gradient of row r is g[r]ᵀ·x[r]. Squares are summed on the backend, a few
 * rows at a time; both factors are first scaled to at most 1, so that float32 loses no value that matters relative to
 * the largest.
 */
function addLinear(layer: nn.Linear, { input, gradient }: LayerCall, sums: SquareSums): void {
  addTo(sums, layer.bias, overTokens(gradient));
  const target = sums.of.get(layer.weight);
  if (!target) return;
  const [rows, width, out] = [input.shape[0]!, input.shape.at(-1)!, gradient.shape.at(-1)!];
  const [most, mostGradient] = [largestOf(input.detach()), largestOf(gradient)];
  if (most === 0 || mostGradient === 0) return;
  const x = input
    .detach()
    .reshape([rows, -1, width])
    .mul(1 / most);
  const scaled = gradient.reshape([rows, -1, out]).mul(1 / mostGradient);
  const roots =
    sums.weights && tensor(Float32Array.from(sums.weights, Math.sqrt), { shape: [rows, 1, 1] });
  const g = (roots ? scaled.mul(roots) : scaled).transpose(1, 2);
  const unit = (most * mostGradient) ** 2;
  const atOnce = Math.max(1, Math.floor(sums.bufferBytes / (4 * width * out)));
  for (let start = 0; start < rows; start += atOnce) {
    const count = Math.min(atOnce, rows - start);
    const squares = tidy(() =>
      sumOfSquares(matmul(g.narrow(0, start, count), x.narrow(0, start, count))),
    );
    const values = read(squares);
    for (let i = 0; i < target.length; i++) target[i]! += unit * values[i]!;
    squares.dispose();
  }
}

/** Sums the gradient of every id's row over the tokens of one row of the batch, then squares. */
function addEmbedding(layer: nn.Embedding, { input, gradient }: LayerCall, sums: SquareSums): void {
  const target = sums.of.get(layer.weight);
  if (!target) return;
  const [ids, g, width] = [input.dataSync(), read(gradient), gradient.shape.at(-1)!];
  const rows = input.shape[0]!;
  const tokens = ids.length / rows;
  const places = new Map<number, Float64Array>();
  for (let row = 0; row < rows; row++) {
    places.clear();
    for (let token = row * tokens; token < (row + 1) * tokens; token++) {
      const id = ids[token]!;
      if (id === layer.paddingId) continue;
      let sum = places.get(id);
      if (!sum) {
        sum = new Float64Array(width);
        places.set(id, sum);
      }
      for (let i = 0; i < width; i++) sum[i]! += g[token * width + i]!;
    }
    const weight = sums.weights?.[row] ?? 1;
    for (const [id, sum] of places)
      for (let i = 0; i < width; i++) target[id * width + i]! += weight * sum[i]! * sum[i]!;
  }
}

function addNorm(
  layer: nn.LayerNorm | nn.RMSNorm,
  { input, gradient }: LayerCall,
  sums: SquareSums,
): void {
  const { eps } = layer;
  const x = input.detach();
  const normal =
    layer instanceof nn.LayerNorm ? layerNorm(x, null, null, { eps }) : rmsNorm(x, null, { eps });
  addTo(sums, layer.weight, overTokens(gradient.mul(normal)));
  if (layer instanceof nn.LayerNorm) addTo(sums, layer.bias, overTokens(gradient));
}

/** Adds the squared gradients per row of one call of a layer. Rows are the first axis of input and output. */
export function addRowGradients(call: LayerCall, sums: SquareSums): void {
  const { layer } = call;
  tidy(() =>
    noGrad(() => {
      if (layer instanceof nn.Linear) addLinear(layer, call, sums);
      else if (layer instanceof nn.Embedding) addEmbedding(layer, call, sums);
      else addNorm(layer, call, sums);
    }),
  );
}
