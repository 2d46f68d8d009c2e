import {
  type CausalLM,
  createTokenizer,
  loadModel,
  type Tokenizer,
  type TokenizerFiles,
} from "@deepgrain/lm";
import type { Policy } from "./names";

/** Files of what the page ships. */
export type ShippedFile = `policy-${Policy}.gguf` | "infill.gguf" | "infill-tokenizer.json";

/** Reads a shipped file by its name. */
export type ReadShipped = (name: ShippedFile) => Promise<Blob>;

async function open(read: ReadShipped, name: ShippedFile): Promise<CausalLM> {
  const model = await loadModel(new Map([[name, await read(name)]]));
  return model.eval();
}

/** A policy of the page. */
export const openPolicy = (read: ReadShipped, policy: Policy): Promise<CausalLM> =>
  open(read, `policy-${policy}.gguf`);

/** A model that fills in the middle, and its tokenizer. */
export interface InfillModel {
  model: CausalLM;
  tokenizer: Tokenizer;
}

/** The model of the page that fills in the middle. */
export async function openInfill(read: ReadShipped): Promise<InfillModel> {
  const files: TokenizerFiles = JSON.parse(await (await read("infill-tokenizer.json")).text());
  return { model: await open(read, "infill.gguf"), tokenizer: await createTokenizer(files) };
}
