/** @file A tiny policy and pairs of answers that count, and DPO on them. */
import type { CausalLM } from "@deepgrain/lm";
import { type DpoConfig, type DpoEvent, dpo } from "../../src";
import { countingPairs } from "./pairs";
import { tinyModel } from "./tiny-model";

export const pairs = countingPairs(14);
export const heldOut = countingPairs(6, 14);
export const policy = () => tinyModel(3, 20);

export async function collect(
  model: CausalLM,
  config: DpoConfig,
  onEvent?: (event: DpoEvent) => void,
) {
  const events: DpoEvent[] = [];
  for await (const event of dpo(model, pairs, config)) {
    events.push(event);
    onEvent?.(event);
  }
  return events;
}
export const ofType = <T extends DpoEvent["type"]>(events: DpoEvent[], type: T) =>
  events.filter((event): event is Extract<DpoEvent, { type: T }> => event.type === type);

export const short = { steps: 3, lr: 1e-2, batchSize: 4 };
