import { prepareTuning } from "@deepgrain/esft";
import { loadModel, type StepCost, stepCosts } from "@deepgrain/lm";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { tuningData } from "./comparison-data";
import { mainMethods, type TuningRun, timedMethods, tuningOf } from "./methods";

/** Times the steps of FFT, LoRA and ESFT on one base model and counts their bytes. */
export async function measureCosts(run: TuningRun): Promise<StepCost[]> {
  const { settings, task, seed, data, files, signal } = run;
  const taskData = data.tasks.find((one) => one.task.id === task)!;
  const { batch } = tuningData(data, taskData, settings, seed);
  manualSeed(seed);
  const methods = mainMethods(settings)
    .filter(({ id }) => timedMethods.includes(id))
    .map((method) => ({
      ...method,
      async open() {
        const model = await loadModel(files.base, { signal });
        prepareTuning(model, tuningOf(method, run), { seed });
        return model;
      },
    }));
  return stepCosts(methods, batch, { timedSteps: settings.timedSteps, signal });
}
