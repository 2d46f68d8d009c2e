import { basename, resolve } from "node:path";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { bytes, percent } from "@deepgrain/studies/shared/numbers";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { UsageError } from "../cli/usage-error";
import { describeModel, type ModelDescription } from "./describe-model";
import { type DomainUse, inspectDomains, overlapsOf, readDomains } from "./inspect-domains";
import { inspectPage } from "./inspect-page";
import { parseExperts } from "./switched-off";

function* lines(model: ModelDescription, domains: readonly DomainUse[]): Generator<string> {
  const { parameters, flops } = model;
  yield `${model.family}, ${model.mixtures} of ${model.layers} layers with ${model.experts} experts, ${model.topK} per token, ${model.shared} shared`;
  yield `${parameters.total} parameters, ${parameters.activated} per token; ${flops.forward.toExponential(3)} operations per token forward; ${bytes(model.bytes.weights)} of weights`;
  const { cache, expandedCache } = model.bytes;
  const without = cache < expandedCache ? `, ${bytes(expandedCache)} without latents` : "";
  yield `${bytes(cache)} of cache per token${without}`;
  for (const { name, tokens, loss, lossWithout, layers } of domains) {
    yield `${name}: loss ${loss.toFixed(4)} nats per token, ${tokens} tokens${lossWithout === undefined ? "" : `; ${lossWithout.toFixed(4)} without the experts switched off`}`;
    for (const [layer, { shares, dead, maxViolation, busiestQuarter }] of Object.entries(layers)) {
      const best = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, model.topK);
      yield `  layer ${layer}: busiest ${best.join(" ")}, quarter ${percent(busiestQuarter)}, MaxVio ${maxViolation.toFixed(3)}, dead ${dead.length === 0 ? "none" : dead.join(" ")}`;
    }
  }
}

export const inspect = defineCommand({
  description:
    "Shows what a mixture of experts consists of, and which experts texts use: loads, dead experts, overlaps, a routing map, and what is lost without some experts.",
  examples: [
    "moe inspect --model DIR",
    "moe inspect --model DIR --data prose.txt,code=main.jsonl --out experts.html",
    "moe inspect --model DIR --data english --without 1:5,1:9,2:0 --json",
  ],
  flags: {
    model: flags.folder({ required: true, help: "Model's folder, Hugging Face layout" }),
    data: flags.text({
      hint: "files",
      help: 'Texts, separated by commas: .txt, .jsonl of {"text"}, "english", or NAME=FILE; files of one name are one text',
    }),
    without: flags.text({
      hint: "experts",
      help: "Experts to switch off, as LAYER:EXPERT, separated by commas: each text is measured with and without them",
    }),
    tokens: flags.whole({ min: 2, default: 8192, help: "Tokens to read of each text" }),
    batchSize: flags.whole({ min: 1, default: 4, help: "Sequences per batch" }),
    sequenceLength: flags.whole({ min: 2, default: 256, help: "Tokens per sequence" }),
    out: flags.outFile({ help: "HTML page to write" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(values, context) {
    const { model: folder, data, without, tokens, batchSize, out, json } = values;
    const { write, signal } = context;
    if (without !== undefined && data === undefined)
      throw new UsageError("--without needs --data, on which the difference is measured");
    const model = await loadModel(folder, { signal });
    const { moeLayers, config } = model;
    if (moeLayers.size === 0)
      throw new UsageError(`--model: ${folder} has no layer with experts (${config.modelType})`);
    const off = without === undefined ? new Map() : parseExperts(without, moeLayers);
    const blockLength = Math.min(values.sequenceLength, config.maxPositionEmbeddings);
    const description = describeModel(config, { batchSize, sequenceLength: blockLength });
    const shape = { blockLength, batchSize };
    const options = { tokens, shape };
    const read =
      data === undefined
        ? []
        : await readDomains(data, { tokenizer: await loadTokenizer(folder), ...options }, context);
    const domains = await inspectDomains(model, read, off, context);
    model.dispose();
    const name = basename(resolve(folder));
    if (out !== undefined) await out.save(inspectPage({ name, model: description, domains, off }));
    const overlaps = overlapsOf(domains, description.topK);
    const result = { model: description, domains, overlaps, without: Object.fromEntries(off) };
    write(
      json ? `${JSON.stringify(result)}\n` : `${[...lines(description, domains)].join("\n")}\n`,
    );
  },
});
