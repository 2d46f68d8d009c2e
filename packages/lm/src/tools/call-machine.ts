import { type ToolForm, think } from "./forms";
import { addWord, newWord, type Word, type WordEnd } from "./words";

/** Where an answer stands. */
export type Place =
  /** Text; inside `words` it may become a call, and is one from a forced word on. */
  | { readonly kind: "text"; readonly words: Word }
  /** Between the marks of thinking. @param at codes of the closing mark so far */
  | { readonly kind: "think"; readonly at: number }
  /** A call that has to come. */
  | { readonly kind: "call"; readonly words: Word }
  /** Arguments: brackets that are open, and whether a string is: 1, after a backslash 2. */
  | {
      readonly kind: "args";
      readonly tool: number;
      readonly depth: number;
      readonly quoted: number;
    }
  /** After arguments. */
  | { readonly kind: "after"; readonly words: Word }
  /** Between calls, where the answer may end. */
  | { readonly kind: "between"; readonly words: Word }
  /** After the last call. */
  | { readonly kind: "end" };

/** The calls that an answer may have. */
export interface CallRules {
  readonly form: ToolForm;
  readonly names: readonly string[];
  /** Whether the answer has to be a call. */
  readonly isRequired: boolean;
  /** Whether it may have several. */
  readonly isParallel: boolean;
  /** Whether the prompt has opened the marks of thinking. */
  readonly isThinking: boolean;
  /** Marks that are one token each. */
  readonly whole: readonly string[];
}

const code = (character: string) => character.charCodeAt(0);
const [QUOTE, BACKSLASH, SPACE] = [code('"'), code("\\"), code(" ")];
const [OPEN, CLOSE] = [
  [code("{"), code("[")],
  [code("}"), code("]")],
];
const isBlank = (one: number) => one === SPACE || (one >= 9 && one <= 13);

/** All ways to put one of each list after another. */
const joined = (...lists: readonly (readonly string[])[]): string[] =>
  lists.reduce<string[]>(
    (texts, list) => texts.flatMap((text) => list.map((one) => text + one)),
    [""],
  );

/** Reads an answer code by code, by the form of its calls: characters of a text, or bytes of tokens. */
export class CallMachine {
  readonly start: Place;
  private readonly texts: Word;
  private readonly first: Word;
  private readonly calls: Word;
  private readonly afters: Word;
  private readonly betweens: Word;
  private readonly closing: readonly number[];

  /** @param codes of a text: its characters, or its bytes */
  constructor(
    private readonly rules: CallRules,
    private readonly codes: (text: string) => readonly number[],
  ) {
    const { form, names, isRequired, isParallel, isThinking } = rules;
    this.closing = codes(think.close);
    this.texts = newWord();
    this.add(this.texts, think.open, { to: "think" }, think.open);
    this.first = form.mark === "" ? newWord() : this.texts;
    if (this.first !== this.texts) this.add(this.first, think.open, { to: "think" }, think.open);
    this.calls = newWord();
    this.afters = newWord();
    this.betweens = newWord();
    const isAlone = form.further === "alone";
    for (const [tool, name] of names.entries()) {
      const to: WordEnd = { to: "args", tool };
      const own = form.call(name);
      const begins = joined(form.first, form.call("\0")).map((text) => text.split("\0")[0]!);
      for (const [i, text] of joined(form.first, own).entries()) {
        this.add(this.first, text, to, form.mark || `${begins[i]}${name}"`);
        this.add(this.calls, text, to);
      }
      if (!isParallel || form.further === null) continue;
      if (isAlone) for (const text of joined(["\n", ""], own)) this.add(this.betweens, text, to);
      else
        for (const text of joined(form.close, form.further as readonly string[], own))
          this.add(this.afters, text, to);
    }
    const ends: WordEnd = isAlone && isParallel ? { to: "again" } : { to: "end" };
    for (const text of joined(form.close, form.last)) this.add(this.afters, text, ends);
    if (isThinking) this.start = { kind: "think", at: 0 };
    else this.start = isRequired ? { kind: "call", words: this.calls } : this.text(true);
  }

  /** @param free the beginning of the word that may be text as well */
  private add(root: Word, text: string, end: WordEnd, free = ""): void {
    const insides = this.rules.whole.flatMap((mark) => {
      const at = text.indexOf(mark);
      const from = this.codes(text.slice(0, Math.max(0, at))).length;
      return at < 0 ? [] : [[from, from + this.codes(mark).length] as const];
    });
    addWord(root, this.codes(text), end, { forcedFrom: this.codes(free).length, insides });
  }

  private text(isFirst = false): Place {
    return { kind: "text", words: isFirst ? this.first : this.texts };
  }

  /** Text after the beginning of the answer. */
  get later(): Place {
    return this.text();
  }

  /** The place after thinking. */
  private get answer(): Place {
    return this.rules.isRequired ? { kind: "call", words: this.calls } : this.text(true);
  }

  private to(end: WordEnd): Place {
    if (end.to === "args") return { kind: "args", tool: end.tool, depth: 0, quoted: 0 };
    if (end.to === "think") return { kind: "think", at: 0 };
    if (end.to === "end") return { kind: "end" };
    return this.rules.isRequired ? { kind: "between", words: this.betweens } : this.text();
  }

  /** The place after a code; null if it may not stand there. */
  step(place: Place, one: number): Place | null {
    switch (place.kind) {
      case "end":
        return null;
      case "think":
        return this.thinking(place.at, one);
      case "args":
        return this.inArguments(place, one);
      default: {
        const next = place.words.children.get(one);
        if (next) return next.end ? this.to(next.end) : { ...place, words: next };
        return place.kind === "text" ? this.inText(place.words, one) : null;
      }
    }
  }

  /** The place after some codes; null if they may not stand there. */
  walk(place: Place, all: ArrayLike<number>): Place | null {
    let at: Place | null = place;
    for (let i = 0; at && i < all.length; i++) at = this.step(at, all[i]!);
    return at;
  }

  private inText(words: Word, one: number): Place | null {
    if (words.isForced) return null;
    if (words === this.first && isBlank(one)) return this.text(true);
    const [, ...rest] = words.path;
    return words.path.length === 0 ? this.text() : this.walk(this.text(), [...rest, one]);
  }

  /** The closing mark begins with a sign that it has once. */
  private thinking(at: number, one: number): Place {
    if (one !== this.closing[at]) return { kind: "think", at: one === this.closing[0] ? 1 : 0 };
    return at + 1 === this.closing.length ? this.answer : { kind: "think", at: at + 1 };
  }

  private inArguments(
    { tool, depth, quoted }: Extract<Place, { kind: "args" }>,
    one: number,
  ): Place | null {
    const inside = (deeper: number, string = 0): Place => ({
      kind: "args",
      tool,
      depth: deeper,
      quoted: string,
    });
    if (quoted === 2) return inside(depth, 1);
    if (quoted === 1) return inside(depth, one === QUOTE ? 0 : one === BACKSLASH ? 2 : 1);
    if (depth === 0) return one === OPEN[0] ? inside(1) : isBlank(one) ? inside(0) : null;
    if (one === QUOTE) return inside(depth, 1);
    if (OPEN.includes(one)) return inside(depth + 1);
    if (!CLOSE.includes(one)) return inside(depth);
    return depth > 1 ? inside(depth - 1) : { kind: "after", words: this.afters };
  }
}
