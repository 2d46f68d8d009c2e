import { CallMachine, type CallRules, type Place } from "./call-machine";
import { think } from "./forms";

/** A part of an answer, as it comes. */
export type ToolEvent =
  | { readonly type: "text"; readonly text: string }
  /** Between the marks of thinking. */
  | { readonly type: "reasoning"; readonly text: string }
  /** `call` is its number in the answer, from 0. */
  | { readonly type: "call-start"; readonly call: number; readonly name: string }
  /** A part of the arguments' JSON. */
  | { readonly type: "call-delta"; readonly call: number; readonly text: string }
  /** The arguments are whole. A call without it was cut. */
  | { readonly type: "call-end"; readonly call: number };

const codes = (text: string) => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** Reads the calls of one answer out of its text, piece by piece. What is no call of a declared tool is text. */
export class CallReader {
  private readonly machine: CallMachine;
  private place: Place;
  /** Text that may become a mark or a call. */
  private held = "";
  /** White space that is told only if text follows, or the answer ends without a mark beside it. */
  private blank = "";
  private isAfterMark = false;
  private calls = 0;
  private events: ToolEvent[] = [];

  constructor(private readonly rules: Pick<CallRules, "form" | "names" | "isThinking">) {
    this.machine = new CallMachine(
      { ...rules, isRequired: false, isParallel: true, whole: [] },
      codes,
    );
    this.place = this.machine.start;
    this.isAfterMark = rules.isThinking;
  }

  /** Takes a piece of the answer. */
  push(text: string): ToolEvent[] {
    for (let at = 0; at < text.length; at++) this.take(text[at]!);
    return this.told();
  }

  /** Ends the answer: tells the text that was held back. */
  end(): ToolEvent[] {
    const { kind } = this.place;
    if (kind === "text") this.text(this.held);
    else if (kind === "think") this.thought(this.held);
    if (kind === "text" && !this.isAfterMark) this.tell("text", this.blank);
    this.held = "";
    this.blank = "";
    return this.told();
  }

  private told(): ToolEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  private tell(type: "text" | "reasoning", text: string): void {
    const last = this.events.at(-1);
    if (text === "") return;
    if (last?.type === type) this.events[this.events.length - 1] = { type, text: last.text + text };
    else this.events.push({ type, text });
  }

  /** Tells text without the white space that is beside marks. */
  private trimmed(type: "text" | "reasoning", text: string): void {
    const all = this.blank + text;
    const end = all.trimEnd().length;
    this.blank = all.slice(end);
    if (end === 0) return;
    const told = all.slice(0, end);
    this.tell(type, this.isAfterMark ? told.trimStart() : told);
    this.isAfterMark = false;
  }

  private text(text: string): void {
    this.trimmed("text", text);
  }

  private thought(text: string): void {
    this.trimmed("reasoning", text);
  }

  /** A mark ends what stands before it, white space included. */
  private passMark(): void {
    this.held = "";
    this.blank = "";
    this.isAfterMark = true;
  }

  private argument(text: string): void {
    const last = this.events.at(-1);
    const call = this.calls - 1;
    if (last?.type === "call-delta" && last.call === call)
      this.events[this.events.length - 1] = { ...last, text: last.text + text };
    else this.events.push({ type: "call-delta", call, text });
  }

  private take(character: string): void {
    const { place } = this;
    const next = this.machine.step(place, character.charCodeAt(0));
    if (place.kind === "args") this.inArguments(place, next, character);
    else this.inWords(place, next, character);
  }

  private inWords(place: Place, next: Place | null, character: string): void {
    this.held += character;
    if (next) this.place = next;
    if (!next) this.release();
    else if (next.kind === "args") this.begin(next.tool);
    else if (next.kind !== place.kind) this.passMark();
    else if (next.kind === "text") this.keep(next.words.path.length, (text) => this.text(text));
    else if (next.kind === "think") this.keep(next.at, (text) => this.thought(text));
  }

  /** Tells what was held, but for the last characters. */
  private keep(count: number, tell: (text: string) => void): void {
    const end = this.held.length - count;
    if (end <= 0) return;
    tell(this.held.slice(0, end));
    this.held = this.held.slice(end);
  }

  private begin(tool: number): void {
    this.passMark();
    this.events.push({ type: "call-start", call: this.calls++, name: this.rules.names[tool]! });
  }

  private inArguments(
    { depth }: Extract<Place, { kind: "args" }>,
    next: Place | null,
    character: string,
  ): void {
    const isBegun = next?.kind !== "args" || next.depth > 0;
    if (!next) {
      this.place = this.machine.later;
      this.take(character);
      return;
    }
    this.place = next;
    if (depth > 0 || isBegun) this.argument(character);
    if (next.kind === "after") {
      this.events.push({ type: "call-end", call: this.calls - 1 });
      this.isAfterMark = true;
    }
  }

  /** The held characters are no call: the first one is text, and the others are read again. */
  private release(): void {
    const { held } = this;
    this.held = "";
    this.place = this.machine.later;
    this.text(held[0]!);
    for (let at = 1; at < held.length; at++) this.take(held[at]!);
  }
}

/** Whether a prompt ends where its answer begins to think. */
export const endsInThought = (prompt: string): boolean => prompt.trimEnd().endsWith(think.open);
