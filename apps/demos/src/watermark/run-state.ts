import { type Both, schemes } from "./names";
import type { RecordedWatermark } from "./recorded";
import type { createSession } from "./session";
import { type Found, foundIn, type Marked, type State, settingsOf } from "./state";

/** The result of a state of the page; what was measured at five strengths stands in it as it was recorded. */
export async function runState(
  { write, readAll }: Pick<ReturnType<typeof createSession>, "write" | "readAll">,
  frontier: RecordedWatermark["frontier"],
  state: State,
  signal: AbortSignal,
): Promise<Marked> {
  const readings = {} as Both<Found>;
  for (const scheme of schemes) {
    let text = "";
    for await (text of write({ ...state, scheme }, signal));
    for await (const { reading } of readAll([{ ...state, scheme, text }], signal))
      readings[scheme] = foundIn(reading!);
  }
  return { state: settingsOf(state), readings, frontier };
}
