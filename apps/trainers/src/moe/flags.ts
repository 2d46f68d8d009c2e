import * as flags from "@deepgrain/command-line/flags/flags";
import { jsonFlag, modelOutFlags } from "@deepgrain/command-line/trainings/training-flags";
import { dtypeFlag } from "@deepgrain/command-line/trainings/weight-types";

export const inspectFlags = {
  model: flags.model({
    required: true,
    help: "Model folder, in Hugging Face layout, or GGUF file",
  }),
  data: flags.text({
    hint: "files",
    help: 'Texts, separated by commas: .txt, .jsonl of {"text"}, "english", or NAME=FILE; files with the same name are one text',
  }),
  without: flags.text({
    hint: "experts",
    help: "Experts to switch off, as LAYER:EXPERT, separated by commas; each text is measured with and without them",
  }),
  tokens: flags.whole({ min: 2, default: 8192, help: "Tokens to read of each text" }),
  batchSize: flags.whole({ min: 1, default: 4, help: "Sequences per batch" }),
  sequenceLength: flags.whole({ min: 2, default: 256, help: "Tokens per sequence" }),
  ...dtypeFlag,
  out: flags.outFile({ help: "HTML page to write" }),
  json: flags.flag({ help: "Print the result as JSON" }),
};

export const upcycleFlags = {
  model: flags.model({
    required: true,
    help: "Hugging Face folder or GGUF file of a dense llama or qwen3",
  }),
  experts: flags.whole({ min: 2, max: 1024, default: 8, help: "Experts per layer" }),
  topK: flags.whole({ min: 2, default: 2, help: "Experts per token, at most --experts" }),
  seed: flags.whole({ default: 0, help: "Draws the routers; same seed, same result" }),
  ...modelOutFlags,
  ...jsonFlag,
};
