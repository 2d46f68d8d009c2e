import type { LearnEvent } from "./learn-sentence";
import type { State, Written } from "./state";

/** A run’s result with another of its events. @param so the result before */
export function withEvent(so: Written, event: LearnEvent): Written {
  if (event.type === "step-end") return { ...so, loss: event.loss };
  if (event.type === "prompt") return { ...so, losses: event.losses, texts: [...so.texts, []] };
  return { ...so, texts: so.texts.with(-1, [...so.texts.at(-1)!, event.letter]) };
}

/** A run of which nothing is there yet. @param loss of the training before, which need not be repeated */
export const empty = (state: State, loss = 0): Written => ({ state, loss, losses: [], texts: [] });

/** The result of a state of the page. @param events of a session's run */
export async function resultOf(state: State, events: AsyncIterable<LearnEvent>): Promise<Written> {
  let so = empty(state);
  for await (const event of events) so = withEvent(so, event);
  return so;
}
