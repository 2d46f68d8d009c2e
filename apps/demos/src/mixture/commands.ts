import { createRandom } from "@deepgrain/lm";

/** A question of the task and its answer. */
export interface Pair {
  prompt: string;
  answer: string;
}

const verbs = { "turn on": "on", "switch off": "off", dim: "dim", clean: "clean", lock: "lock" };
const things = ["lamp", "door", "fan", "heater", "radio", "window", "oven", "gate"];
const rooms = ["hall", "kitchen", "attic", "garden", "cellar", "study", "bedroom", "garage"];

/** Pairs that are held out, of 320. */
const HELD_OUT = 32;

/**
 * The task that experts are tuned for: a request as a call, such as "dim the lamp in the hall = dim(lamp, hall)". Questions
 * of held-out pairs are in no training pair.
 */
export function commandPairs(): { training: Pair[]; heldOut: Pair[] } {
  const pairs = Object.entries(verbs).flatMap(([verb, call]) =>
    things.flatMap((thing) =>
      rooms.map((room) => ({
        prompt: `${verb} the ${thing} in the ${room} = `,
        answer: `${call}(${thing}, ${room})`,
      })),
    ),
  );
  const { next } = createRandom(7);
  const keyed = pairs.map((pair) => ({ pair, key: next() })).sort((a, b) => a.key - b.key);
  const shuffled = keyed.map(({ pair }) => pair);
  return { training: shuffled.slice(HELD_OUT), heldOut: shuffled.slice(0, HELD_OUT) };
}
