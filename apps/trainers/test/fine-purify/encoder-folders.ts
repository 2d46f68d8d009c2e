import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  EncoderModel,
  parseEncoderConfig,
  saveEncoder,
  saveTokenizer,
  tokenizerConfig,
  trainBpe,
} from "@deepgrain/lm";
import { Generator } from "@deepgrain/tensor-gpu";

/** A BERT folder with a byte-level tokenizer; `init` and `finetuned` in it differ a little. */
export async function encoderFolders(cwd: string, dtype: "F32" | "BF16" = "F32"): Promise<void> {
  const special = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"];
  const tokenizer = await trainBpe(["good film bad film"], {
    vocabSize: 270,
    specialTokens: special,
  });
  const config = parseEncoderConfig({
    model_type: "bert",
    vocab_size: 280,
    hidden_size: 8,
    intermediate_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 40,
    initializer_range: 0.2,
  });
  const roles = { clsToken: "[CLS]", sepToken: "[SEP]", padToken: "[PAD]", maskToken: "[MASK]" };
  for (const name of ["init", "finetuned"]) {
    const model = new EncoderModel(config, { generator: new Generator(1) });
    const random = new Generator(2);
    if (name === "finetuned")
      for (const [, weight] of model.namedWeights())
        weight.set(weight.dataSync().map((w, i) => w + 0.01 * Math.sin(i + random.state().offset)));
    await saveEncoder(join(cwd, name), model, { dtype });
    const own = { ...tokenizerConfig(tokenizer, { modelMaxLength: 40 }), ...tokens(roles) };
    await saveTokenizer(join(cwd, name), { tokenizer, config: own });
  }
  const rows = Array.from({ length: 12 }, (_, i) => ({
    text: i % 2 ? "a good film" : "a bad film",
    label: i % 2,
  }));
  await writeFile(join(cwd, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const tokens = (roles: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(roles).map(([key, value]) => [
      key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      value,
    ]),
  );
