import type { createSession } from "./session";
import type { Purified, State } from "./state";

/** The result of a state of the page. */
export async function runState(
  { look }: Pick<ReturnType<typeof createSession>, "look">,
  state: State,
  signal: AbortSignal,
): Promise<Purified> {
  const found = {} as Purified;
  for await (const event of look(state, signal)) {
    if (event.type === "outcome") found.outcome = event.outcome;
    if (event.type === "reading") found.reading = event.reading;
  }
  return { outcome: found.outcome, reading: found.reading };
}
