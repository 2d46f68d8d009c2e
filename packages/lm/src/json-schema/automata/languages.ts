import type { Budget, Slices } from "@deepgrain/support";
import { matcherOf } from "./determinize";
import type { Dfa } from "./dfa";
import { formatPatterns } from "./formats";
import { nfaOf } from "./nfa";
import { foundAnywhere, parsePattern, wordsPattern } from "./parse-pattern";
import type { Pattern } from "./pattern";

function* languageOf(
  pattern: Pattern,
  budget: Budget,
  refuse: (what: string) => never,
): Slices<Dfa> {
  const tooLarge = () => refuse("its automaton is too large");
  return yield* matcherOf(nfaOf(pattern, budget, tooLarge), budget);
}

/**
 * The texts in which a regular expression finds something.
 * @param budget a step is a state, or a move between states
 * @param refuse throws the error of an expression that is malformed, not supported or too large
 */
export function patternLanguage(
  source: string,
  budget: Budget,
  refuse: (what: string) => never,
): Slices<Dfa> {
  return languageOf(foundAnywhere(parsePattern(source, budget, refuse)), budget, refuse);
}

/** Some texts. */
export const wordsLanguage = (
  words: readonly string[],
  budget: Budget,
  refuse: (what: string) => never,
): Slices<Dfa> => languageOf(wordsPattern(words), budget, refuse);

const formats = new Map<string, { readonly language: Dfa; readonly steps: number }>();

/** The texts of a format, made once; it costs each budget what it took. */
export function* formatLanguage(
  name: string,
  budget: Budget,
  refuse: (what: string) => never,
): Slices<Dfa> {
  const known = formats.get(name);
  if (known) {
    budget.spendSteps(known.steps);
    return known.language;
  }
  const before = budget.steps;
  const language = yield* patternLanguage(formatPatterns.get(name)!, budget, refuse);
  formats.set(name, { language, steps: budget.steps - before });
  return language;
}
