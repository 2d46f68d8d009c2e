import type { Look } from "./look";
import type { Both } from "./names";
import type { createSession } from "./session";
import type { Seen, State } from "./state";

/** The result of a state of the page. */
export async function runState(
  { look, ask }: ReturnType<typeof createSession>,
  state: State,
  signal: AbortSignal,
): Promise<Seen> {
  const { target, where, layers, layer, seed, prompt } = state;
  const looks = {} as Both<Look>;
  for await (const found of look({ seed, target }, signal)) looks[found.name] = found.look;
  const asked = await ask({ seed, target, prompt }, signal).next();
  return { of: { target, where, layers, layer, seed, prompt }, looks, reading: asked.value! };
}
