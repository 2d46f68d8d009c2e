import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { copyTokenizer, upcycle as grow, LmError, loadModel, saveModel } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { Generator } from "@deepgrain/tensor-gpu";
import type { upcycleFlags } from "./flags";

/** `moe upcycle`. */
export const upcycle: RunCommand<typeof upcycleFlags> = async (
  { model: folder, experts, topK, seed, out, overwrite, json },
  { write, signal },
) => {
  if (topK > experts)
    throw new UsageError(`--top-k must be at most the ${experts} of --experts, got ${topK}`);
  const target = { out, overwrite, command: "moe upcycle", inputs: [folder] };
  await assertReplaceable(target); // now, not after minutes of work
  const dense = await loadModel(folder, { signal });
  const options = { experts, topK, generator: new Generator(seed), signal };
  const mixture = await grow(dense, options).catch((cause: unknown) => {
    if (!LmError.isInstance(cause) || cause.code !== "ERR_CONFIG") throw cause;
    throw new FormatError(`${folder}: ${cause.message.replace(/^lm\/\w+: /, "")}`, { cause });
  });
  dense.dispose();
  const parameters = [...mixture.namedParameters()].reduce((n, [, weight]) => n + weight.size, 0);
  await replaceModel(target, async (path) => {
    await saveModel(path, mixture, { signal });
    await copyTokenizer(folder, path);
  });
  const family = mixture.config.modelType;
  mixture.dispose();
  const result = { out, family, experts, topK, parameters };
  write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
