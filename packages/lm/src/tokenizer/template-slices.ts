import type { Budget, Slices } from "@deepgrain/support";
import { Environment } from "@huggingface/jinja";
import {
  type BoundedInterpreter,
  beginTemplate,
  largestSize,
  type Program,
  type Value,
} from "./bounded-template";

type Node = Program["body"][number];

/** A condition or a loop, as the library parses it. */
interface Branching {
  readonly type: string;
  readonly test: Node;
  readonly body: Node[];
  readonly alternate: Node[];
  readonly iterable: { readonly type: string; readonly value: string };
  readonly loopvar: { readonly type: string; readonly value: string };
}

/** Shorter lists are gone through in one piece. */
const LONG = 64;
/** Passes of a loop between two turns. */
const PASSES = 16;

const interrupted = new WeakMap<object, boolean>();

/** Whether `break` or `continue` stands anywhere in a part of a template. */
function isInterrupted(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  const known = interrupted.get(part);
  if (known !== undefined) return known;
  const { type } = part as { type?: unknown };
  const found = type === "Break" || type === "Continue" || Object.values(part).some(isInterrupted);
  interrupted.set(part, found);
  return found;
}

/** The elements of a long list that a simple loop goes through: `{% for x in list %}` without `if`, `break` and `continue`. */
function longList(
  { type, iterable, loopvar, body }: Branching,
  environment: Environment,
): Value[] | undefined {
  if (type !== "For" || iterable.type !== "Identifier" || loopvar.type !== "Identifier")
    return undefined;
  const list = environment.lookupVariable(iterable.value);
  if (list.type !== "ArrayValue" || isInterrupted(body)) return undefined;
  const items = list.value as Value[];
  return items.length < LONG ? undefined : items;
}

/** The variable `loop` of a pass. */
function loopValue(items: readonly Value[], at: number): Value {
  const { length } = items;
  const own = new Environment();
  const none = own.set("none", undefined);
  const loop = own.set("loop", {
    index: at + 1,
    index0: at,
    revindex: length - at,
    revindex0: length - at - 1,
    first: at === 0,
    last: at === length - 1,
    length,
  });
  const fields = loop.value as Map<string, Value>;
  fields.set("previtem", items[at - 1] ?? none);
  fields.set("nextitem", items[at + 1] ?? none);
  return loop;
}

/** Renders nodes; loops over long lists, and conditions around them, in slices. */
class SlicedTemplate {
  constructor(
    private readonly interpreter: BoundedInterpreter,
    private readonly budget: Budget,
  ) {}

  *block(nodes: readonly Node[], environment: Environment): Slices<string> {
    let text = "";
    for (const node of nodes) {
      const branching = node as unknown as Branching;
      const items = longList(branching, environment);
      if (items) text += yield* this.loop(branching, items, environment);
      else if (branching.type === "If") text += yield* this.condition(branching, environment);
      else {
        const value = this.interpreter.evaluate(node, environment);
        const isNothing = value.type === "NullValue" || value.type === "UndefinedValue";
        if (!isNothing) text += value.toString();
      }
      if (text.length > largestSize)
        throw new Error(`the template makes a value of ${text.length} characters`);
    }
    this.budget.spendSteps(text.length >>> 5); // it is made, and printed
    return text;
  }

  private *condition(node: Branching, environment: Environment): Slices<string> {
    this.interpreter.enter(node as never);
    const isTrue = this.interpreter.evaluate(node.test, environment).__bool__().value;
    return yield* this.block(isTrue ? node.body : node.alternate, environment);
  }

  private *loop(
    node: Branching,
    items: readonly Value[],
    environment: Environment,
  ): Slices<string> {
    this.interpreter.enter(node as never);
    const scope = new Environment(environment);
    this.interpreter.evaluate(node.iterable as never, scope); // counts the passes
    let text = "";
    for (const [at, item] of items.entries()) {
      scope.setVariable("loop", loopValue(items, at));
      scope.setVariable(node.loopvar.value, item);
      text += yield* this.block(node.body, scope);
      if (at % PASSES === 0) yield;
    }
    return text;
  }
}

/**
 * The text that `renderTemplate` returns, in slices: between passes of loops over long lists, such as that of the messages, others may
 * have their turn.
 *
 * @throws as `renderTemplate`
 */
export function* templateSlices(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  budget: Budget,
): Slices<string> {
  const { interpreter, environment } = beginTemplate(variables, budget);
  interpreter.enter(program as never);
  return yield* new SlicedTemplate(interpreter, budget).block(program.body, environment);
}
