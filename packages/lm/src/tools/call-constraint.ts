import { LmError } from "../errors";
import type { ConstrainedText, Constraint } from "../generation/constraint";
import type { LogitsProcessor } from "../generation/logits-processor";
import type { CallMachine, Place } from "./call-machine";
import type { ToolForm } from "./forms";
import { bytesOf, type MarkedTokens } from "./marked-tokens";

/** Calls made ready for a tokenizer. */
export interface CompiledCalls {
  readonly machine: CallMachine;
  readonly form: ToolForm;
  readonly tokens: MarkedTokens;
  /** Of each tool's arguments. */
  readonly schemas: readonly Constraint[];
}

/** Where an answer stands, and the token at which the arguments began. */
interface Reached {
  readonly place: Place;
  readonly argumentsFrom: number;
}

/** Tokens that a text takes if each is as long as it can be: enough to end a call in time. */
function tokensOf(text: string, { bytes, byFirst }: MarkedTokens): number {
  const all = bytesOf(text);
  let count = 0;
  for (let at = 0; at < all.length; count++) {
    let longest = 1;
    for (const id of byFirst[all[at]!]!) {
      const own = bytes[id]!;
      if (own.length > longest && own.every((byte, i) => all[at + i] === byte))
        longest = own.length;
    }
    at += longest;
  }
  return count;
}

/** The tokens after a place: those that are forbidden, or all that are allowed. */
interface Verdict {
  readonly isList: boolean;
  readonly ids: readonly number[];
}

/** Makes the processor of one request; see {@link callConstraint}. */
class CallProcessor {
  private readonly verdicts = new Map<unknown, Verdict>();
  private readonly inner = new Map<string, LogitsProcessor>();
  private readonly closing: number;
  /** How far each continuation was read, so that a token is read once. */
  private readonly past = new WeakMap<object, { ids: number[]; reached: Reached }>();

  constructor(
    private readonly calls: CompiledCalls,
    private readonly text: ConstrainedText,
    private readonly isRequired: boolean,
  ) {
    if (text.eosTokenIds.length === 0)
      throw new LmError("ERR_ARGUMENT", "lm/tools: a token that ends the text is needed", {
        fields: { eosTokenIds: [] },
      });
    const { close, last } = calls.form;
    this.closing = tokensOf(`${close[0]}${last[0]}`, calls.tokens);
  }

  /** The place after the tokens generated so far; null after the token that ends the text. */
  private reached(inputIds: ArrayLike<number>): Reached | null {
    const { machine, tokens } = this.calls;
    const { promptLength, eosTokenIds } = this.text;
    const past = this.past.get(inputIds);
    const isSame = past?.ids.every((id, i) => id === inputIds[promptLength + i]);
    const ids = isSame ? past!.ids : [];
    this.past.delete(inputIds); // it grows below
    let { place, argumentsFrom } = isSame
      ? past!.reached
      : { place: machine.start, argumentsFrom: 0 };
    for (let at = promptLength + ids.length; at < inputIds.length; at++) {
      const id = inputIds[at]!;
      if (eosTokenIds.includes(id)) return null;
      const own = tokens.bytes[id];
      const isFree = place.kind === "text" || place.kind === "think";
      const next = own ? machine.walk(place, own) : isFree ? place : null;
      if (!next)
        throw new LmError(
          "ERR_STATE",
          `lm/tools: token ${id} was taken, which no call has at ${at - promptLength}`,
          { fields: { id, at: at - promptLength } },
        );
      if (next.kind === "args" && place.kind !== "args") argumentsFrom = at + 1;
      place = next;
      ids.push(id);
    }
    const reached = { place, argumentsFrom };
    this.past.set(inputIds, { ids, reached });
    return reached;
  }

  /** Whether a token may stand at a place: it does not reach into arguments, and spells no mark that is a token. */
  private mayFollow(place: Place, id: number): boolean {
    const { machine, tokens } = this.calls;
    const own = tokens.bytes[id]!;
    let at: Place | null = place;
    for (const [i, byte] of own.entries()) {
      at = machine.step(at, byte);
      if (!at || (at.kind === "args" && i + 1 < own.length)) return false;
    }
    return !("words" in at && at.words.isForced && at.words.isInside);
  }

  /** Free text: the tokens that begin a call and go on as none does. */
  private forbidden(place: Place): number[] {
    const { form, tokens } = this.calls;
    const first = "words" in place ? [...place.words.children.keys()] : [];
    const near = new Set(first.flatMap((byte) => tokens.byFirst[byte]!));
    if (form.mark !== "") for (const id of tokens.having(form.mark)) near.add(id);
    else if ("words" in place)
      for (const blank of [9, 10, 13, 32]) for (const id of tokens.byFirst[blank]!) near.add(id);
    return [...near].filter((id) => !this.mayFollow(place, id));
  }

  private verdictOf(place: Place): Verdict {
    const key = "words" in place ? place.words : place.kind;
    const known = this.verdicts.get(key);
    if (known) return known;
    const isFree = place.kind === "think" || ("words" in place && !place.words.isForced);
    const isText = place.kind === "text" || place.kind === "think";
    const isList = !(isFree && isText);
    const children = "words" in place ? [...place.words.children.keys()] : [];
    const { byFirst } = this.calls.tokens;
    const ids = isList
      ? children.flatMap((byte) => byFirst[byte]!.filter((id) => this.mayFollow(place, id)))
      : this.forbidden(place);
    const verdict = { isList, ids };
    this.verdicts.set(key, verdict);
    return verdict;
  }

  /** The processor of arguments; they end in time for the call's end, if there is room for any at all. */
  private argumentsAt(tool: number, from: number): LogitsProcessor {
    const key = `${tool} ${from}`;
    const known = this.inner.get(key);
    if (known) return known;
    const schema = this.calls.schemas[tool]!;
    const { promptLength, maxNewTokens, eosTokenIds } = this.text;
    const room = maxNewTokens - (from - promptLength) - this.closing;
    const of = (most: number) => schema({ promptLength: from, maxNewTokens: most, eosTokenIds });
    let made: LogitsProcessor;
    try {
      made = of(room);
    } catch (error) {
      if (!LmError.isInstance(error) || error.code !== "ERR_RANGE") throw error;
      made = of(Number.POSITIVE_INFINITY); // the call is cut
    }
    this.inner.set(key, made);
    return made;
  }

  private mayEnd({ kind, ...place }: Place): boolean {
    if (kind === "end" || kind === "between") return kind === "end" || isRoot(place);
    const isWord = "words" in place && (place.words as { isForced: boolean }).isForced;
    return !this.isRequired && (kind === "think" || (kind === "text" && !isWord));
  }

  readonly process: LogitsProcessor = (inputIds, logits) => {
    const reached = this.reached(inputIds);
    if (reached?.place.kind === "args")
      return this.argumentsAt(reached.place.tool, reached.argumentsFrom)(inputIds, logits);
    const { eosTokenIds } = this.text;
    const mayEnd = !reached || this.mayEnd(reached.place);
    const ends = eosTokenIds.map((id) => [id, mayEnd ? logits[id]! : -Infinity] as const);
    const verdict = reached ? this.verdictOf(reached.place) : { isList: true, ids: [] };
    const { isList, ids } = verdict;
    const kept = isList ? ids.map((id) => [id, logits[id]!] as const) : [];
    if (isList) logits.fill(Number.NEGATIVE_INFINITY);
    else for (const id of ids) if (id < logits.length) logits[id] = Number.NEGATIVE_INFINITY;
    for (const [id, logit] of [...kept, ...ends]) if (id < logits.length) logits[id] = logit;
    return logits;
  };
}

const isRoot = (place: object): boolean =>
  (place as { words: { path: readonly number[] } }).words.path.length === 0;

/**
 * Keeps the calls of an answer to their form and their arguments to the tools' schemas: from the opening mark of a call on, or,
 * where a call is required, from the first token on. Arguments begin and end where tokens do.
 */
export const callConstraint =
  (calls: CompiledCalls, isRequired: boolean): Constraint =>
  (text) =>
    new CallProcessor(calls, text, isRequired).process;
