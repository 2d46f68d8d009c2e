import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { assertReplaceable, replaceModel } from "@deepgrain/command-line/runs/replace-model";
import { putAdapter } from "@deepgrain/esft";
import { copyTokenizer, loadModel, saveModel } from "@deepgrain/lm";
import type { applyFlags } from "./flags";

/** `esft apply`. */
export const apply: RunCommand<typeof applyFlags> = async (
  { model: folder, adapter, out, overwrite, json },
  { write, signal },
) => {
  const target = { out, overwrite, command: "esft apply", inputs: [folder, adapter] };
  await assertReplaceable(target); // now, not after minutes of work
  const model = await loadModel(folder, { signal });
  const { names, experts } = await putAdapter(model, adapter, { signal });
  await replaceModel(target, async (path) => {
    await saveModel(path, model);
    await copyTokenizer(folder, path);
  });
  const changed = experts ? Object.fromEntries(experts) : undefined;
  const result = { out, experts: changed, weights: names.length };
  write(json ? `${JSON.stringify(result)}\n` : `${out}\n`);
};
