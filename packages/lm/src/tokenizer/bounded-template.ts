/**
 * @file Chat templates come with model files, so they run on a budget: the interpreter of `@huggingface/jinja` evaluates
 * every node through one method, which is where steps, sizes and loops are counted.
 */
import type { Budget, BudgetLimits } from "@deepgrain/support";
import { Environment, Interpreter, parse, Template, tokenize } from "@huggingface/jinja";

type Node = NonNullable<Parameters<Interpreter["evaluate"]>[0]>;
export type Value = ReturnType<Interpreter["evaluate"]>;
type Call = { value: (args: Value[], scope: Environment) => Value };

/** A parsed template. */
export type Program = ReturnType<typeof parse>;

/** Limits of a template: one or two seconds of steps, and characters of its own text, of which published ones have 30,000. */
export const templateLimits: BudgetLimits = { steps: 1_500_000, bytes: 2 ** 18 };
/** Blanks in a row: the library's patterns look at each pair of them. */
const longestBlank = 256;
/** Characters of one text, and elements and characters of one list or mapping. */
export const largestSize = 2 ** 24;
const largestIndent = 256;
const stepsPerPass = 8; // the interpreter makes two scopes for each pass of a loop
const stepsPerDate = 200; // the library makes two formatters for each date

/** Syntax nodes, with only the fields that are used here. */
interface Shape {
  type: string;
  value?: string | undefined;
  iterable?: (Shape & { lhs?: Node | undefined }) | undefined;
  operand?: Node | undefined;
  object?: Node | undefined;
  argument?: Node | undefined;
  filter?: (Shape & { callee?: Shape | undefined; args?: Shape[] | undefined }) | undefined;
  body?: Node[] | undefined;
  alternate?: Node[] | undefined;
  defaultBlock?: Node[] | undefined;
}

const isText = (value: Value): boolean => value.type === "StringValue";
const isList = (value: Value): boolean =>
  value.type === "ArrayValue" || value.type === "TupleValue";
const isMapping = (value: Value): boolean => ["ObjectValue", "NamespaceValue"].includes(value.type);

/** Values inside a list or mapping. */
function childrenOf(value: Value): Value[] {
  if (isList(value)) return value.value as Value[];
  return isMapping(value) ? [...(value.value as Map<string, Value>).values()] : [];
}

/** Number of characters or elements, without the contents of the elements. */
function sizeOf(value: Value): number {
  if (isMapping(value)) return (value.value as Map<string, Value>).size;
  return isText(value) || isList(value) ? (value.value as { length: number }).length : 0;
}

const filterName = ({ filter }: Shape): string | undefined =>
  filter?.type === "Identifier" ? filter.value : filter?.callee?.value;

/** The library's method that renders a list of nodes. */
interface Blocks {
  evaluateBlock(statements: readonly Node[], environment: Environment): Value;
}

/** The text of a loop's pass before `break` or `continue`. */
interface Interruption {
  readonly isBreak: boolean;
  text: string;
}

export class BoundedInterpreter extends Interpreter {
  /** The action on the value of a node, besides counting it. */
  private readonly checks = new Map<Node, (value: Value) => void>();
  private readonly seen = new WeakSet<Node>();
  private readonly weights = new WeakMap<Value, number>();
  private readonly guarded = new WeakSet<object>();
  private readonly loopBodies = new WeakSet<object>();
  /** By the error that the library throws at `break` and `continue`. */
  private readonly interruptions = new WeakMap<object, Interruption>();
  /** The errors of loops that ended with `break`, by their scope. */
  private readonly ended = new WeakMap<Environment, unknown>();

  constructor(
    environment: Environment,
    private readonly budget: Budget,
  ) {
    super(environment);
    // The library loses the text of a loop's pass that ends in `break` or `continue`.
    (this as unknown as Blocks).evaluateBlock = (nodes, scope) => this.block(nodes, scope);
  }

  /** The text of nodes, also of those before an interruption; a loop that ended ends in its next pass. */
  private block(nodes: readonly Node[], scope: Environment): Value {
    const isPass = this.loopBodies.has(nodes);
    if (isPass && this.ended.has(scope)) throw this.ended.get(scope);
    let text = "";
    for (const node of nodes)
      try {
        const value = this.evaluate(node, scope);
        if (value.type !== "NullValue" && value.type !== "UndefinedValue") text += value.toString();
      } catch (error) {
        const interruption = this.interruptions.get(error as object);
        if (!interruption) throw error;
        interruption.text = text + interruption.text;
        if (!isPass) throw error;
        if (interruption.isBreak) this.ended.set(scope, error);
        text = interruption.text;
        break;
      }
    return new Environment().set("text", text);
  }

  /** @throws the library's error, which is remembered */
  private interrupt(node: Node, environment: Environment): Value {
    try {
      return super.evaluate(node, environment);
    } catch (error) {
      this.interruptions.set(error as object, {
        isBreak: (node.type as string) === "Break",
        text: "",
      });
      throw error;
    }
  }

  /** Counts a node, and records what its children need. */
  enter(node: Node | undefined): void {
    this.budget.spendSteps(1);
    if (!node || this.seen.has(node)) return;
    this.expect(node as unknown as Shape);
    this.seen.add(node);
  }

  override evaluate(node: Node | undefined, environment: Environment): Value {
    this.enter(node);
    if (!node) return super.evaluate(node, environment);
    if (/^(Break|Continue)$/.test(node.type)) return this.interrupt(node, environment);
    const value = super.evaluate(node, environment);
    const size = sizeOf(value);
    if (size > largestSize) throw new Error(`the template makes a value of ${size} characters`);
    this.budget.spendSteps(size >>> 6);
    if (/Literal|BinaryExpression/.test(node.type)) this.weigh(value);
    this.checks.get(node)?.(value);
    return value;
  }

  /** Records which of a node's children need further checks. */
  private expect(node: Shape): void {
    for (const part of [node.body, node.alternate, node.defaultBlock])
      for (const printed of Array.isArray(part) ? part : [])
        this.checks.set(printed, (value) => this.spendWriting(value));
    if (node.type === "For") {
      this.loopBodies.add(node.body!);
      const list = node.iterable!.type === "SelectExpression" ? node.iterable!.lhs : node.iterable;
      this.checks.set(list as Node, (value) =>
        this.budget.spendSteps(stepsPerPass * sizeOf(value)),
      );
    } else if (node.type === "MemberExpression")
      this.checks.set(node.object!, (value) => this.guardReplace(value));
    else if (node.type === "FilterExpression") {
      this.checks.set(node.operand!, (value) => this.lookAtOperand(node, value));
      this.expectArguments(node);
    } else if (node.type === "FilterStatement") this.expectArguments(node);
  }

  private lookAtOperand(node: Shape, value: Value): void {
    this.budget.spendSteps(isText(value) ? sizeOf(value) >>> 6 : sizeOf(value));
    const name = filterName(node);
    if (name === "replace") this.guardReplace(value);
    if (name === "join" || name === "tojson" || name === "string") this.spendWriting(value);
  }

  /** The cost of writing a value as text: high for each element of a list, low for a text. */
  private spendWriting(value: Value): void {
    this.budget.spendSteps(isText(value) ? sizeOf(value) >>> 6 : this.weigh(value) >>> 1);
  }

  /** Widths and separators are multiplied by lines and elements: they must be small. */
  private expectArguments(node: Shape): void {
    const name = filterName(node);
    if (name !== "indent" && name !== "tojson" && name !== "join") return;
    for (const argument of node.filter?.args ?? []) {
      if (argument.type === "SpreadExpression")
        throw new Error(`${name} takes no * arguments here`);
      const isNamed = argument.type === "KeywordArgumentExpression";
      this.checks.set((isNamed ? argument.value : argument) as unknown as Node, (value) => {
        const width = typeof value.value === "number" ? value.value : sizeOf(value);
        if (width > largestIndent)
          throw new Error(`${name} takes at most ${largestIndent}, got ${width}`);
      });
    }
  }

  /** Elements and characters of a value with all that it holds, as often as it holds it. */
  private weigh(value: Value): number {
    const known = this.weights.get(value);
    if (known !== undefined) return known;
    this.weights.set(value, 0); // a mapping may hold itself
    let weight = 1 + (isText(value) ? sizeOf(value) : 0);
    for (const child of childrenOf(value)) weight += this.weigh(child);
    this.weights.set(value, weight);
    if (weight > largestSize) throw new Error(`the template makes a value of size ${weight}`);
    return weight;
  }

  /** `replace` can produce a large text from a small one; the size of its result is computed before it runs. */
  private guardReplace(value: Value): void {
    if (!isText(value)) return;
    const replace = value.builtins.get("replace") as (Value & Call) | undefined;
    if (!replace || this.guarded.has(replace)) return;
    this.guarded.add(replace);
    const text = value.value as string;
    const original = replace.value;
    replace.value = (args, scope) => {
      const [from, to] = args.map((argument) => String(argument.value)) as [string, string];
      const places =
        to && to.length * (text.length + 1) > largestSize ? text.split(from).length + 1 : 0;
      if (places * to?.length > largestSize)
        throw new Error(`replace would make ${places * to.length} characters`);
      this.budget.spendSteps((text.length + places) >>> 6);
      return original(args, scope);
    };
  }
}

/** Python's `range`. */
function boundedRange(budget: Budget) {
  return (start: number, stop?: number, step = 1): number[] => {
    const [first, end] = stop === undefined ? [0, start] : [start, stop];
    if (step === 0) throw new Error("range() step must not be zero");
    const count = Math.max(0, Math.ceil((end - first) / step));
    budget.spendSteps(count);
    return Array.from({ length: count }, (_, i) => first + i * step);
  };
}

/** The library's `strftime_now`. */
function boundedDate(budget: Budget) {
  const template = new Template("{{ strftime_now(format) }}");
  return (format: string): string => {
    budget.spendSteps(stepsPerDate + String(format).length);
    return template.render({ format });
  };
}

/**
 * Parses a template as the library does for chat templates.
 *
 * @param budget bytes are the characters of the template
 * @throws {Error} when it is malformed
 */
export function parseTemplate(source: string, budget: Budget): Program {
  budget.spendBytes(source.length);
  if (new RegExp(`\\s{${longestBlank + 1}}`).test(source))
    throw new Error(`the template must not have more than ${longestBlank} blanks in a row`);
  return parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
}

/**
 * The interpreter of a template, and the variables that it begins with: those given, and those that the library offers to all
 * templates.
 */
export function beginTemplate(
  variables: Readonly<Record<string, unknown>>,
  budget: Budget,
): { interpreter: BoundedInterpreter; environment: Environment } {
  const environment = new Environment();
  const interpreter = new BoundedInterpreter(environment, budget);
  for (const [name, value] of [
    ["none", null],
    ["true", true],
    ["false", false],
  ] as const) {
    environment.set(name, value);
    environment.set(name[0]!.toUpperCase() + name.slice(1), value);
  }
  environment.set("raise_exception", (message: string) => {
    throw new Error(message);
  });
  environment.set("range", boundedRange(budget));
  environment.set("strftime_now", boundedDate(budget));
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  return { interpreter, environment };
}

/**
 * The text of a template.
 *
 * @param budget steps are evaluations, loop passes, elements that filters process, and 200 for each date
 * @throws {Error} when the template fails, or makes a value of more than 2^24 characters
 * @throws what the budget throws
 */
export function renderTemplate(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  budget: Budget,
): string {
  return beginTemplate(variables, budget).interpreter.run(program).value as string;
}
