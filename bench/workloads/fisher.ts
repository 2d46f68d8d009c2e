import { diagonalFisher } from "@deepgrain/fine-purify/fisher";
import { batchRow, type EncoderBatch, EncoderModel, parseEncoderConfig } from "@deepgrain/lm";
import { Generator, tidy } from "@deepgrain/tensor-gpu";

/** Sizes of an encoder classifier and its batch. */
export interface FisherSizes {
  layers: number;
  hiddenSize: number;
  rows: number;
  /** Tokens of a row. */
  length: number;
  vocabulary: number;
}

/** The same diagonal Fisher information twice: all rows in one pass, and an ordinary backward pass per row. */
export interface FisherWorkload {
  batched(): Promise<ReadonlyMap<string, ArrayLike<number>>>;
  looped(): Promise<ReadonlyMap<string, ArrayLike<number>>>;
}

/** An encoder classifier over random tokens whose Fisher information is taken in two ways. */
export function fisher({
  layers,
  hiddenSize,
  rows,
  length,
  vocabulary,
}: FisherSizes): FisherWorkload {
  const config = parseEncoderConfig({
    model_type: "bert",
    vocab_size: vocabulary,
    hidden_size: hiddenSize,
    intermediate_size: 4 * hiddenSize,
    num_hidden_layers: layers,
    num_attention_heads: hiddenSize / 32,
    max_position_embeddings: length,
    initializer_range: 0.05,
  });
  const module = new EncoderModel(config, { generator: new Generator(1) }).eval();
  const batch: EncoderBatch = {
    batch: rows,
    length,
    ids: Array.from({ length: rows * length }, (_, i) => 2 + ((i * 7919) % (vocabulary - 2))),
    labels: Array.from({ length: rows }, (_, row) => row % 2),
  };
  const parameters = module.namedWeights();
  return {
    async batched() {
      const model = {
        module,
        rowLosses: (own: EncoderBatch) => module.rowLosses(own),
        rowsOf: (own: EncoderBatch) => own.batch,
        row: batchRow,
      };
      const { fisher: values } = await diagonalFisher(model, [batch], { parameters });
      return new Map([...values].map(([name, { data }]) => [name, data]));
    },
    async looped() {
      const sums = new Map(
        [...parameters].map(([name, { size }]) => [name, new Float64Array(size)]),
      );
      for (let row = 0; row < rows; row++) {
        tidy(() => module.loss(batchRow(batch, row)).backward());
        for (const [name, weight] of parameters) {
          const [sum, gradient] = [sums.get(name)!, weight.grad!.dataSync()];
          for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]! ** 2 / rows;
        }
        module.zeroGrad();
      }
      return sums;
    },
  };
}
