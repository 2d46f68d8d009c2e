import { atOnce } from "@deepgrain/support";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src";
import { budgetOf } from "../../../src/errors";
import { type Dfa, labelOf } from "../../../src/json-schema/automata/dfa";
import { patternLanguage } from "../../../src/json-schema/automata/languages";
import { randomPattern } from "./random-pattern";

const refuse = (what: string): never => {
  throw new Error(what);
};
const limits = { steps: 2 ** 22 };
const language = (source: string): Dfa =>
  atOnce(patternLanguage(source, budgetOf("pattern", undefined, limits), refuse));
const accepts = (dfa: Dfa, text: string) => labelOf(dfa, text) >= 0;

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

/** Whether some accepted text begins so: all states of an automaton lead to one. */
function isLive(dfa: Dfa, text: string): boolean {
  const every = { ...dfa, labels: new Int32Array(dfa.labels.length) };
  return labelOf(every, text) >= 0;
}

const properties =
  "L Lu Ll Lt LC Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn".split(
    " ",
  );
properties.push("Letter", "Mark", "Number", "Punctuation", "Symbol", "Separator", "Other");

describe("the automaton of a regular expression", () => {
  it("accepts what RegExp finds, and nothing else: 500 random ones", () => {
    const counts = { patterns: 0, accepted: 0, refused: 0, withBoth: 0 };
    const random = createRandom(54);
    for (const source of fc.sample(randomPattern, { numRuns: 500, seed: 54 })) {
      const regExp = new RegExp(source, "u");
      const dfa = language(source);
      const texts = new Set([""]);
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
    }
    expect(counts.patterns).toBe(500);
    expect(counts.accepted).toBeGreaterThan(3000);
    expect(counts.refused).toBeGreaterThan(3000);
    expect(counts.withBoth).toBeGreaterThan(300);
    console.log(counts);
  });

  it.each([
    ["a back-reference", "(a)\\1", "back-references are not supported, at 4"],
    ["a named back-reference", "(?<n>a)\\k<n>", "back-references are not supported"],
    ["look-behind", "(?<=a)b", "look-behind is not supported, at 0"],
    ["negative look-behind", "(?<!a)b", "look-behind is not supported"],
    ["flags in a group", "(?i)a", "a group of this kind"],
    ["an open group", "(a", "a group is not closed"],
    ["a closing bracket", "a)", "a closing bracket has no group"],
    ["an open class", "[a", "a class is not closed"],
    ["a class out of order", "[b-a]", "out of order"],
    ["nothing to repeat", "*a", "nothing to repeat"],
    ["braces that repeat nothing", "a|{2}", "nothing to repeat"],
    ["bounds out of order", "a{3,2}", "numbers out of order"],
    ["a repeated assertion", "^*a", "an assertion cannot be repeated"],
    ["an unknown escape", "\\a", "\\a is no escape"],
    ["an unknown property", "\\p{Nothing}", "the name of a Unicode property"],
    ["half a code", "\\u12", "four hexadecimal digits"],
    ["a large code", "\\u{110000}", "out of range"],
    ["a backslash at the end", "a\\", "it ends too early"],
    ["101 groups", `${"(".repeat(101)}a${")".repeat(101)}`, "nested 100 times"],
    ["too many states", "(?:a{1000}){1000}", "its automaton is too large"],
  ])("is refused for %s", (_, source, message) => {
    expect(() => language(source)).toThrow(message);
  });

  it.each([
    ["the end of exponential ones", "^(?:a|b)*a(?:a|b){30}$"],
    ["many look-aheads", `${"(?=.*a.{9})(?=.*b.{8})".repeat(9)}c`],
    ["Unicode properties", properties.map((name) => `\\p{${name}}`).join("")],
  ])("is refused for its work: %s", (_, source) => {
    expect(() => language(source)).toThrow(/takes more than \d+ steps/);
  });

  it("takes what the flag u forbids and has one meaning without it", () => {
    for (const [source, text] of [
      ["^\\-\\_\\@$", "-_@"],
      ["^[\\w-.]+$", "a-."],
      ["^a]}$", "a]}"],
      ["^{a}$", "{a}"],
    ] as const) {
      expect(new RegExp(source).test(text)).toBe(true);
      expect(accepts(language(source), text)).toBe(true);
      expect(accepts(language(source), `${text}?`)).toBe(false);
    }
  });
});
