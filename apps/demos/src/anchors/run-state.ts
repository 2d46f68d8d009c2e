import type { Look } from "./look";
import type { Both } from "./names";
import type { createSession } from "./session";
import { type Seen, type State, settingsOf } from "./state";

/** The result of a state of the page. */
export async function runState(
  { look, ask }: ReturnType<typeof createSession>,
  state: State,
  signal: AbortSignal,
): Promise<Seen> {
  const of = settingsOf(state);
  const looks = {} as Both<Look>;
  for await (const found of look(of, signal)) looks[found.name] = found.look;
  const asked = await ask(of, signal).next();
  return { of, looks, reading: asked.value! };
}
