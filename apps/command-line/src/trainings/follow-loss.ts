import type { FitEvent } from "@deepgrain/trainer";
import type { CommandContext } from "../commands/context";

/** A mean of losses in which the last twenty or so weigh most. @param mean of those before; NaN for the first */
export const smoothed = (mean: number, loss: number): number =>
  Number.isNaN(mean) ? loss : 0.95 * mean + 0.05 * loss;

/**
 * Follows a training of a minute or so in the terminal, and tells a dry run its steps.
 * @returns the smoothed loss at its end, and what the training made
 */
export async function followLoss<T>(
  events: AsyncGenerator<FitEvent, T>,
  { title, steps, name = "loss" }: { title: string; steps: number; name?: string },
  { progress, dryRun }: Pick<CommandContext, "progress" | "dryRun">,
): Promise<{ loss: number; made: T }> {
  const task = progress.task(title);
  let loss = Number.NaN;
  dryRun?.begin(steps);
  for (;;) {
    const { done, value } = await events.next();
    if (done) {
      task.end(`${steps} steps, ${name} ${loss.toFixed(3)}`);
      return { loss, made: value };
    }
    if (value.type !== "step-end") continue;
    dryRun?.step();
    loss = smoothed(loss, value.loss);
    task.update(value.step / steps, `${name} ${loss.toFixed(3)}`);
  }
}
