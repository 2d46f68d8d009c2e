import type { Budget } from "@deepgrain/support";
import { NONE } from "./dfa";
import type { Context } from "./matcher";
import type { Nfa } from "./nfa";
import { NO_DUTIES, type SidesStore } from "./sides";

/** The kind of what stands behind a place. */
type Following = "end" | "word" | "other";

/** The threads of an automaton at one place of a text. */
interface Place {
  readonly context: Context;
  /** States, each with what is pending: `state + states × duties`, ascending. */
  readonly threads: readonly number[];
  /** The same after all moves that read nothing; undefined where one of them is certain to be accepted. */
  readonly closed: Map<Following, readonly number[] | undefined>;
}

/** States of one deterministic automaton. */
const MOST_STATES = 2 ** 17;

/** Sets of threads, each once, by a number: the states of a deterministic automaton. */
export class ThreadStore {
  private readonly places: Place[] = [];
  private readonly known = new Map<string, number>();
  /** The state after which any text is accepted. */
  all = NONE;

  constructor(
    private readonly nfa: Nfa,
    private readonly duties: SidesStore,
    private readonly budget: Budget,
  ) {}

  get count(): number {
    return this.places.length;
  }

  private number(context: Context, threads: readonly number[]): number {
    if (threads.length === 0) return NONE;
    const key = `${context} ${threads.join()}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.places.length === MOST_STATES) this.budget.spendSteps(Infinity);
    this.known.set(key, this.places.length);
    return this.places.push({ context, threads, closed: new Map() }) - 1;
  }

  /** The first state of a text. */
  begin(context: Context): number {
    return this.number(context, [this.nfa.start]);
  }

  /** Whether a move that reads nothing may be made. */
  private isOpen(kind: string, context: Context, following: Following): boolean {
    if (kind === "start") return context === "start";
    if (kind === "end") return following === "end";
    const isBoundary = (context === "word") !== (following === "word");
    return kind === "boundary" ? isBoundary : !isBoundary;
  }

  /** The threads that read the next character, or end; undefined where one accepts whatever follows. */
  private closure({ context, threads }: Place, following: Following): number[] | undefined {
    const { states } = this.nfa;
    const seen = new Set<number>(threads);
    const open = [...threads];
    const found: number[] = [];
    const visit = (state: number, duties: number) => {
      const thread = state + states.length * duties;
      if (seen.has(thread)) return;
      seen.add(thread);
      open.push(thread);
    };
    for (let thread = open.pop(); thread !== undefined; thread = open.pop()) {
      this.budget.spendSteps(1);
      const at = thread % states.length;
      const duties = (thread - at) / states.length;
      const state = states[at]!;
      if (state.kind === "final" && duties === NO_DUTIES) return undefined;
      if (state.kind === "final" || state.kind === "set") found.push(thread);
      else if (state.kind === "split") for (const next of state.next) visit(next, duties);
      else if (state.kind === "ahead") {
        const more = this.duties.with(duties, at, context);
        if (more !== NONE) visit(state.next, more);
      } else if (this.isOpen(state.kind, context, following)) visit(state.next, duties);
    }
    return found;
  }

  private closed(place: Place, following: Following): readonly number[] | undefined {
    if (!place.closed.has(following)) place.closed.set(following, this.closure(place, following));
    return place.closed.get(following);
  }

  /** Whether a text may end in a state. */
  accepts(number: number): boolean {
    if (number === this.all) return true;
    const closed = this.closed(this.places[number]!, "end");
    if (!closed) return true;
    const { states } = this.nfa;
    return closed.some((thread) => {
      const at = thread % states.length;
      const isFinal = states[at]!.kind === "final";
      return isFinal && this.duties.accepts((thread - at) / states.length);
    });
  }

  /** The state after a character of a class; −1 if none is left. */
  after(number: number, character: number, isWord: boolean): number {
    if (number === this.all) return number;
    const place = this.places[number]!;
    const closed = this.closed(place, isWord ? "word" : "other");
    if (!closed) return this.certain();
    this.budget.spendSteps(2 + closed.length);
    const { states } = this.nfa;
    const moved = new Set<number>();
    for (const thread of closed) {
      const at = thread % states.length;
      const state = states[at]!;
      if (state.kind === "set" && state.classes[character] !== 1) continue;
      const duties = this.duties.after((thread - at) / states.length, character);
      if (duties === NONE) continue;
      const next = state.kind === "set" ? state.next : at;
      moved.add(next + states.length * duties);
    }
    const threads = [...moved].sort((a, b) => a - b);
    return this.number(isWord ? "word" : "other", threads);
  }

  private certain(): number {
    if (this.all === NONE)
      this.all = this.places.push({ context: "other", threads: [], closed: new Map() }) - 1;
    return this.all;
  }
}
