import type { FitEvent } from "../../src";

/** Runs a training to its end, or until it throws; `events` keeps what came before. */
export async function collect(
  training: AsyncIterable<FitEvent>,
  events: FitEvent[] = [],
): Promise<FitEvent[]> {
  for await (const event of training) events.push(event);
  return events;
}

type EventOf<Type extends FitEvent["type"]> = Extract<FitEvent, { type: Type }>;

/** The events of one type. */
export const ofType = <Type extends FitEvent["type"]>(
  events: readonly FitEvent[],
  type: Type,
): EventOf<Type>[] => events.filter((event): event is EventOf<Type> => event.type === type);

/** Losses of the steps. */
export const lossesOf = (events: readonly FitEvent[]): number[] =>
  ofType(events, "step-end").map(({ loss }) => loss);
