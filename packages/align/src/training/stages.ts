import type { CausalLM, EncodedChat, TrainEvent } from "@deepgrain/lm";
import { AlignError, having, optionsOf, refuseUnknown } from "../errors";
import { type SftConfig, sft } from "./sft";

/** One stage of a multi-stage training. */
export interface SftStage {
  /** Its name in events. */
  name: string;
  samples: readonly EncodedChat[];
  config: SftConfig;
}

/** An event of {@link sftStages}: one of a stage, or a measurement before the first stage or after one. */
export type StageEvent =
  | { type: "stage-measure"; stage: string; value: number }
  | { type: "stage-event"; stage: string; event: TrainEvent };

/**
 * Fine-tunes in stages, for example on everything first and then on conversations without mathematics and code, and measures the
 * model before the first stage (`"start"`) and after each, for example its {@link repetitionRatio}.
 *
 * @throws {AlignError} `ERR_MISSING` without stages, or for a stage without samples (before any stage is trained); as
 * {@link sft}
 * @see DeepSeek-AI 2024 (DeepSeek LLM), section 4
 */
export async function* sftStages(
  model: CausalLM,
  stages: readonly SftStage[],
  options: { measure?: ((stage: string) => Promise<number>) | undefined } = {},
): AsyncGenerator<StageEvent, void> {
  having("sftStages", "model", model, "config");
  const { measure, ...rest } = optionsOf("sftStages", options);
  refuseUnknown("sftStages", rest);
  if (stages.length === 0)
    throw new AlignError("ERR_MISSING", "align/sftStages: there are no stages");
  const empty = stages.find(({ samples }) => samples.length === 0);
  if (empty)
    throw new AlignError("ERR_MISSING", `align/sftStages: stage "${empty.name}" has no samples`, {
      fields: { stage: empty.name },
    });
  if (measure) yield { type: "stage-measure", stage: "start", value: await measure("start") };
  for (const { name, samples, config } of stages) {
    for await (const event of sft(model, samples, config))
      yield { type: "stage-event", stage: name, event };
    if (measure) yield { type: "stage-measure", stage: name, value: await measure(name) };
  }
}
