/** @file The columns of a table of runs and the names under which each may come. */

/** A column that a run is made of. */
export type Column =
  | "flops"
  | "budget"
  | "model"
  | "params"
  | "layers"
  | "width"
  | "sequenceLength"
  | "vocab"
  | "tokens"
  | "loss"
  | "bpb"
  | "batchTokens"
  | "batchSequences"
  | "steps"
  | "lr"
  | "seed";

/** Names that also stand for a column, best first. One-letter names are the paper's and keep their case. */
const SYNONYMS: Readonly<Record<Column, readonly string[]>> = {
  flops: ["flops", "compute", "total_flops", "training_flops", "C"],
  budget: ["budget", "flop_budget", "compute_budget"],
  model: ["model", "M", "flops_per_token", "non_embedding_flops_per_token", "model_scale"],
  params: [
    "params",
    "N",
    "parameters",
    "non_embedding_params",
    "n_params",
    "num_params",
    "num_parameters",
  ],
  layers: ["layers", "L", "n_layers", "num_layers", "n_layer", "num_hidden_layers", "depth"],
  width: ["width", "d", "d_model", "hidden_size", "n_embd", "dim", "model_dim"],
  sequenceLength: [
    "sequence_length",
    "S",
    "seq_length",
    "seq_len",
    "context_length",
    "block_size",
    "block_length",
  ],
  vocab: ["vocab", "V", "vocab_size"],
  tokens: [
    "tokens",
    "D",
    "train_tokens",
    "training_tokens",
    "tokens_seen",
    "n_tokens",
    "num_tokens",
    "total_tokens",
  ],
  loss: ["loss", "validation_loss", "val_loss", "eval_loss", "test_loss", "final_loss"],
  bpb: ["bpb", "bits_per_byte", "val_bpb", "eval_bpb"],
  batchTokens: ["batch_tokens", "tokens_per_batch", "batch_size_tokens", "global_batch_tokens"],
  batchSequences: ["batch_sequences", "batch_size", "global_batch_size", "train_batch_size"],
  steps: ["steps", "train_steps", "max_steps", "num_steps", "total_steps", "global_step", "_step"],
  lr: ["lr", "learning_rate", "peak_lr", "max_lr", "peak_rate"],
  seed: ["seed", "random_seed"],
};

/** Which name in the table each column has, for columns whose name is not a usual one. */
export type ColumnNames = Partial<Record<Column, string>>;

/** Names are compared without case, spaces and separators, one-letter ones as they are. */
const normalized = (name: string): string =>
  name.length === 1 ? name : name.toLowerCase().replace(/[\s_./-]/g, "");

/**
 * Finds the columns of a table.
 *
 * @param names the table's keys
 * @param columns names given by the caller; they go before synonyms
 * @param order synonyms that go before the usual ones
 * @returns column → key in the table
 */
export function findColumns(
  names: readonly string[],
  columns: ColumnNames = {},
  order: Partial<Record<Column, readonly string[]>> = {},
): Map<Column, string> {
  const byName = new Map(
    names.map((name) => [normalized(name), name]).reverse() as [string, string][],
  );
  const found = new Map<Column, string>();
  for (const column of Object.keys(SYNONYMS) as Column[]) {
    const given = columns[column];
    const synonyms =
      given === undefined ? [...(order[column] ?? []), ...SYNONYMS[column]] : [given];
    const name = synonyms.map((synonym) => byName.get(normalized(synonym))).find(Boolean);
    if (name !== undefined) found.set(column, name);
  }
  return found;
}
