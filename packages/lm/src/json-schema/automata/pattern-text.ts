import type { Budget } from "@deepgrain/support";

/** Looking up a Unicode property, in steps. */
const STEPS_PER_PROPERTY = 100_000;

/** A regular expression that is being read. */
export class PatternText {
  private at = 0;
  private readonly properties = new Set<string>();

  constructor(
    private readonly source: string,
    private readonly budget: Budget,
    private readonly refuse: (what: string) => never,
  ) {
    budget.spendSteps(source.length);
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** The next UTF-16 unit, "" at the end. */
  get next(): string {
    return this.source.charAt(this.at);
  }

  /** Takes a text if it comes next. */
  take(text: string): boolean {
    const isNext = this.source.startsWith(text, this.at);
    if (isNext) this.at += text.length;
    return isNext;
  }

  /** Takes what a sticky expression matches here. */
  takeMatch(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.source);
    if (match) this.at += match[0].length;
    return match;
  }

  matches(sticky: RegExp): boolean {
    sticky.lastIndex = this.at;
    return sticky.test(this.source);
  }

  /** Takes one code point. */
  takeCode(): number {
    const code = this.source.codePointAt(this.at);
    if (code === undefined) return this.fail("it ends too early");
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** Spends what the first look-up of a Unicode property costs. */
  spendProperty(name: string): void {
    if (!this.properties.has(name)) this.budget.spendSteps(STEPS_PER_PROPERTY);
    this.properties.add(name);
  }

  fail(what: string): never {
    return this.refuse(`${what}, at ${this.at} of /${this.source}/`);
  }
}
