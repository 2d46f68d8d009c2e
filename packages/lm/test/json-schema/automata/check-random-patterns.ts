import { atOnce } from "@deepgrain/support";
import fc from "fast-check";
import { expect } from "vitest";
import { createRandom } from "../../../src";
import { budgetOf } from "../../../src/errors";
import { type Dfa, labelOf } from "../../../src/json-schema/automata/dfa";
import { patternLanguage } from "../../../src/json-schema/automata/languages";
import { randomPattern } from "./random-pattern";

const refuse = (what: string): never => {
  throw new Error(what);
};
const limits = { steps: 2 ** 22 };
export const language = (source: string): Dfa =>
  atOnce(patternLanguage(source, budgetOf("pattern", undefined, limits), refuse));
export const accepts = (dfa: Dfa, text: string) => labelOf(dfa, text) >= 0;

const letters = Array.from("abc1_- é😀\n.A/\u2028٣Zß日xy");

/** A text that an automaton accepts, drawn state by state; undefined if it accepts none of these letters. */
function drawn(dfa: Dfa, next: () => number): string | undefined {
  let text = "";
  for (let i = 0; i < 12; i++) {
    if (dfa.start >= 0 && accepts(dfa, text) && next() < 0.4) return text;
    const prefixes = letters.filter((one) => isLive(dfa, text + one));
    const letter = prefixes[Math.floor(next() * prefixes.length)];
    if (letter === undefined) return undefined;
    text += letter;
  }
  return accepts(dfa, text) ? text : undefined;
}

/** The shortest text that is accepted, or that is not, by the first character of each class; undefined if there is none. */
function shortest(dfa: Dfa, isAccepted: boolean): string | undefined {
  const { alphabet, table } = dfa;
  const first = Array.from({ length: alphabet.size }, (_, one) =>
    String.fromCodePoint(alphabet.cuts[alphabet.classOf.indexOf(one)]!),
  );
  const open: [number, string][] = [[dfa.start, ""]];
  const seen = new Set([dfa.start]);
  for (const [state, text] of open) {
    if ((state >= 0 && dfa.labels[state]! >= 0) === isAccepted) return text;
    if (state < 0) continue;
    for (const [one, character] of first.entries()) {
      const next = table[state * alphabet.size + one]!;
      if (!seen.has(next)) open.push([next, text + character]);
      seen.add(next);
    }
  }
  return undefined;
}

/** Whether some accepted text begins so: all states of an automaton lead to one. */
function isLive(dfa: Dfa, text: string): boolean {
  const every = { ...dfa, labels: new Int32Array(dfa.labels.length) };
  return labelOf(every, text) >= 0;
}

/**
 * Compares the automata of random regular expressions with `RegExp`, on texts of which some are accepted and some refused.
 * @returns how many of each there were; `withBoth` counts the expressions with texts of both kinds, all others find nothing or everything
 */
export function checkRandomPatterns(count: number) {
  const counts = { patterns: 0, accepted: 0, refused: 0, withBoth: 0, empty: 0, whole: 0 };
  const random = createRandom(54);
  for (const source of fc.sample(randomPattern, { numRuns: count, seed: 54 })) {
    const regExp = new RegExp(source, "u");
    const dfa = language(source);
    const [accepted, refused] = [shortest(dfa, true), shortest(dfa, false)];
    const texts = new Set(["", accepted ?? "", refused ?? ""]);
    for (let i = 0; i < 20; i++) {
      const length = Math.floor(random.next() * 7);
      const picked = Array.from(
        { length },
        () => letters[Math.floor(random.next() * letters.length)],
      );
      texts.add(picked.join(""));
      const own = dfa.start < 0 ? undefined : drawn(dfa, () => random.next());
      if (own === undefined) continue;
      texts.add(own);
      const changed = Array.from(own);
      changed.splice(Math.floor(random.next() * (changed.length + 1)), i % 2, letters[i]!);
      texts.add(changed.join(""));
    }
    const found = { accepted: 0, refused: 0 };
    for (const text of texts) {
      const isFound = regExp.test(text);
      expect(accepts(dfa, text), `/${source}/ on ${JSON.stringify(text)}`).toBe(isFound);
      found[isFound ? "accepted" : "refused"]++;
    }
    counts.patterns++;
    counts.accepted += found.accepted;
    counts.refused += found.refused;
    if (found.accepted > 0 && found.refused > 0) counts.withBoth++;
    else if (accepted === undefined) counts.empty++;
    else if (refused === undefined) counts.whole++;
  }
  return counts;
}
