import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { createTraceWriter, deadExperts, scoreFolder, writeExpertScores } from "@deepgrain/esft";
import { loadConfig, loadTokenizer, modelShape } from "@deepgrain/lm";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { takeTurn } from "@deepgrain/support";
import type { scoreFlags } from "./flags";
import { datasetFile, taskSamples } from "./task-records";

/** The files that are written into the output folder. */
const files = ["summary.json", "expert_weights_*.txt"];

/** `esft score`. */
export const score: RunCommand<typeof scoreFlags> = async (
  values,
  { write, progress, signal, claim },
) => {
  const { model: folder, out, sampleTokens: nSampleTokens, average, seed } = values;
  if (modelShape(await loadConfig(folder)).experts === null)
    throw new FormatError(`${folder} has no layer with experts`);
  const data = datasetFile(values.data, "train"); // the official script scores on training data
  const samples = await taskSamples(data, await loadTokenizer(folder), seed);
  await claim(out, {
    command: "esft score",
    settings: {},
    data: {},
    files,
    work: files,
    fresh: files,
    resume: false,
    overwrite: values.overwrite,
  });
  const trace = values.trace ? await createTraceWriter(out) : undefined;
  const { layerByLayer: byLayer, keepScalingFactor: keepsScale, dtype } = values;
  const task = progress.task("Scoring experts");
  try {
    const scored = await scoreFolder(folder, samples, {
      byLayer,
      dtype,
      nSampleTokens,
      average,
      keepsScale,
      async record(layer, route) {
        await trace?.record(layer, route);
        await takeTurn();
      },
      onTokens: (tokens) => task.update(tokens / nSampleTokens, `${tokens} tokens`),
      onLayer: (done, layers) => task.update(done / layers, `${done} of ${layers} layers`),
      signal,
    });
    const { scores, samples: read, tokens } = scored;
    task.end(`${tokens} tokens of ${read} conversations`);
    await trace?.close();
    await writeExpertScores(out, scores);
    const dead = Object.fromEntries(deadExperts(scores));
    for (const [layer, experts] of Object.entries(dead))
      progress.note(`layer ${layer}: no token chose experts ${experts.join(", ")}`);
    write(values.json ? `${JSON.stringify({ out, samples: read, tokens, dead })}\n` : `${out}\n`);
  } catch (error) {
    await trace?.discard();
    throw error;
  }
};
