import { judged } from "./judged";
import type { Curve, createSession, Exercise } from "./session";
import type { State } from "./state";

type Session = Pick<ReturnType<typeof createSession>, "learn" | "look">;

/** Runs states of the page in Node; states of one seed share its verifier and its curve. */
export function stateRunner({ learn, look }: Session, signal: AbortSignal) {
  const curves = new Map<number, Curve>();

  async function curveOf(seed: number): Promise<Curve> {
    for await (const event of learn({ seed }, signal))
      if (event.type === "tried") return event.curve;
    throw new Error("no verifier was tried");
  }

  return async (state: State) => {
    const { seed, n, solution } = state;
    const curve = curves.get(seed) ?? (await curveOf(seed));
    curves.set(seed, curve);
    let found: { exercise: Exercise; own: number[] } | undefined;
    for await (found of look(state, signal));
    const own = { solution, scores: found!.own };
    return judged(found!.exercise, { curve, n, own });
  };
}
