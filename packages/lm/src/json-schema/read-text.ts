import { type Budget, type Slices, shown } from "@deepgrain/support";
import { whole } from "../errors";
import { type Dfa, NONE } from "./automata/dfa";
import { formatPatterns, numberFormats, refusedFormats } from "./automata/formats";
import { formatLanguage, patternLanguage, wordsLanguage } from "./automata/languages";
import { EVERY_TEXT, intersection, type Length } from "./automata/product";
import type { Own } from "./flatten";
import { refuse, place as step } from "./places";

/** The rules of schemas for a text. */
export interface TextRules {
  readonly languages: readonly Dfa[];
  readonly length: Length;
  /** Whether no format is among them. */
  readonly isExact: boolean;
  /** The words, for messages. */
  readonly words: string;
}

/** Reads the languages of one schema's texts, each once. */
export class TextReader {
  private readonly patterns = new Map<string, Dfa>();
  private readonly formats = new Map<string, Dfa>();
  private readonly products = new Map<string, Dfa>();
  private readonly ids = new Map<Dfa, number>();

  constructor(
    private readonly budget: Budget,
    private readonly refusesUnknown: boolean,
  ) {}

  /** The texts in which a regular expression finds something. */
  *pattern(source: unknown, path: string): Slices<Dfa> {
    if (typeof source !== "string") return refuse(path, "must be a regular expression");
    const known = this.patterns.get(source);
    if (known) return known;
    const fail = (what: string) => refuse(path, what);
    const found = yield* patternLanguage(source, this.budget, fail);
    this.patterns.set(source, found);
    return found;
  }

  /** The texts of a format; undefined for one that says nothing of texts, or that no draft names. */
  private *format(name: unknown, path: string): Slices<Dfa | undefined> {
    if (typeof name !== "string") return refuse(path, "must be a text");
    if (refusedFormats.has(name))
      return refuse(path, `${shown(name)} is not supported: it could not be enforced`, {
        keyword: "format",
      });
    if (!formatPatterns.has(name)) {
      if (this.refusesUnknown && !numberFormats.has(name))
        refuse(path, `${shown(name)} is no format of JSON Schema`, { keyword: "format" });
      return undefined;
    }
    const known = this.formats.get(name);
    if (known) return known;
    const found = yield* formatLanguage(name, this.budget, (what) => refuse(path, what));
    this.formats.set(name, found);
    return found;
  }

  /** The rules of some schemas for a text. */
  *rules(owns: readonly Own[]): Slices<TextRules> {
    const languages = new Set<Dfa>();
    const words: string[] = [];
    let [min, max] = [0, Infinity];
    let isExact = true;
    for (const { schema, path } of owns) {
      const { pattern, format, minLength, maxLength } = schema;
      if (pattern !== undefined) {
        languages.add(yield* this.pattern(pattern, step(path, "pattern")));
        words.push(`pattern ${pattern}`);
      }
      if (format !== undefined) {
        const language = yield* this.format(format, step(path, "format"));
        if (language) {
          languages.add(language);
          words.push(`format ${format}`);
          isExact = false;
        }
      }
      const least = whole("jsonSchema", step(path, "minLength"), minLength ?? 0, { min: 0 });
      if (maxLength !== undefined) {
        const most = whole("jsonSchema", step(path, "maxLength"), maxLength, { min: 0 });
        max = Math.min(max, most);
      }
      min = Math.max(min, least);
    }
    if (min > 0) words.push(`minLength ${min}`);
    if (max < Infinity) words.push(`maxLength ${max}`);
    return { languages: [...languages], length: { min, max }, isExact, words: words.join(", ") };
  }

  /** The texts of all languages at once that have a length. */
  *meeting(languages: readonly Dfa[], length: Length): Slices<Dfa> {
    const isFree = length.min === 0 && length.max === Infinity;
    if (languages.length === 0 && isFree) return EVERY_TEXT;
    if (languages.length === 1 && isFree) return languages[0]!;
    const ids = languages.map((one) => {
      const id = this.ids.get(one) ?? this.ids.size;
      this.ids.set(one, id);
      return id;
    });
    const key = `${ids.sort((a, b) => a - b).join()} ${length.min} ${length.max}`;
    const known = this.products.get(key);
    if (known) return known;
    const found = yield* intersection(languages, length, this.budget);
    this.products.set(key, found);
    return found;
  }

  /** Some texts. */
  words(words: readonly string[], path: string): Slices<Dfa> {
    this.budget.spendSteps(words.length);
    return wordsLanguage(words, this.budget, (what) => refuse(path, what));
  }
}

/** No text. */
export const NO_TEXT: Dfa = { ...EVERY_TEXT, start: NONE };
