import { join } from "node:path";
import { type ExpertConfig, freezeExcept, readExpertConfig, saveAdapter } from "@deepgrain/esft";
import { conversationBatches, loadModel, loadTokenizer, train as trainModel } from "@deepgrain/lm";
import { manualSeed, optim } from "@deepgrain/tensor-gpu";
import { defineCliCommand } from "../../cli/define-command";
import { driveTraining } from "../../job/drive-training";
import { measuringBatches } from "../../job/measuring-batches";
import { memoryNote, trainingMemory } from "../../job/memory-note";
import { metricsLog } from "../../store/metrics-log";
import { trainingArgs, trainingFlags } from "../training-flags";
import { dataArg, modelArg, official } from "./shared-args";
import { paddingId, taskSamples } from "./task-samples";

/** The share of conversations held out, as the official trainer does. */
const HELD_OUT = 0.02;

/** What of a model is trained, as far as memory goes. */
function trainedPart({ experts, sharedExperts, nonExpertModules }: ExpertConfig) {
  const counts = [...experts.values()].map((ids) => ids.length);
  const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
  return { experts: mean, sharedExperts, others: nonExpertModules };
}

export const train = defineCliCommand({
  name: "train",
  description:
    "Trains the chosen experts on a task, all else frozen, and writes an adapter folder.",
  examples: [
    "esft train --model runs/main/base --expert-config expert_cfg.json --data task.jsonl --out adapter --steps 200",
    "esft train --model DIR --expert-config FILE --data task.jsonl --out adapter --resume",
  ],
  args: {
    model: modelArg,
    "expert-config": {
      type: "string",
      required: true,
      valueHint: "file",
      alias: official("expert_config"),
      description: "expert_cfg.json",
    },
    data: dataArg("train_dataset"),
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("output_dir"),
      description: "Adapter folder; checkpoints and metrics.jsonl go there too",
    },
    ...trainingArgs({ steps: "500", batch: "8", length: "256", rate: "0.001" }),
  },
  async run(args, { resolve, write, progress, signal }) {
    const { steps, batchSize, sequenceLength, peak, warmup, seed, evaluateEvery, checkpointEvery } =
      trainingFlags(args);
    const [folder, out] = [resolve(args.model), resolve(args.out)];
    const experts = await readExpertConfig(resolve(args["expert-config"]));
    const tokenizer = await loadTokenizer(folder);
    const samples = await taskSamples(resolve(args.data), tokenizer, seed);
    const heldOut =
      samples.length > 1
        ? samples.splice(0, Math.max(1, Math.round(HELD_OUT * samples.length)))
        : samples;
    const shape = { sequenceLength, batchSize, padTokenId: paddingId(tokenizer) };
    manualSeed(seed);
    const model = await loadModel(folder, { signal });
    freezeExcept(model, experts);
    const run = { batch: batchSize, sequenceLength, trained: trainedPart(experts) };
    progress.note(memoryNote(trainingMemory(model.config, run)));
    const events = trainModel(model, conversationBatches(samples, { ...shape, seed }), {
      steps,
      schedule: optim.constantSchedule({ peak, warmup }),
      evaluation: { batches: measuringBatches(heldOut, shape), everySteps: evaluateEvery },
      checkpoint: { folder: join(out, "checkpoints"), everySteps: checkpointEvery },
      resume: args.resume === true,
      signal,
    });
    const metrics = metricsLog(join(out, "metrics.jsonl"));
    const driven = await driveTraining(events, {
      stage: "esft",
      title: "Training experts",
      progress,
      metrics,
    });
    const { parameters, dataBytes } = await saveAdapter(out, model, experts, { signal });
    write(
      args.json ? `${JSON.stringify({ out, parameters, dataBytes, ...driven })}\n` : `${out}\n`,
    );
  },
});
