import { describe, expect, it } from "vitest";
import { accepts, checkRandomPatterns, language } from "./check-random-patterns";

const properties =
  "L Lu Ll Lt LC Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co Cn".split(
    " ",
  );
properties.push("Letter", "Mark", "Number", "Punctuation", "Symbol", "Separator", "Other");

describe("the automaton of a regular expression", () => {
  it("accepts what RegExp finds, and nothing else", () => {
    const { patterns, withBoth, empty, whole } = checkRandomPatterns(60);
    expect(patterns).toBe(60);
    expect(withBoth + empty + whole).toBe(60);
    expect(withBoth).toBeGreaterThan(30);
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
    ["nothing, a billion times", "(?:){1000000000}"],
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
