import { type Backend, createBlasBackend, createJsBackend, createWasmBackend } from "../../src";
import { missingBlas } from "../support/missing-blas";
import { createDraw, seedOf } from "./draw";
import { hostileArguments } from "./hostile";
import type { Operator } from "./operators-list";
import { type Arguments, MapPlan, TensorPlan } from "./plans";
import { Fault, type Outcome, runCase } from "./run-case";

const MAXIMUM_BYTES = 64 * 2 ** 20;
const RTOL = 2e-4;
const ATOL = 2e-5;

/** How many cases of an operator gave a result and how many a typed error, on all backends alike. */
export interface FuzzCounts {
  cases: number;
  results: number;
  errors: number;
}

/** Backends with fresh heaps. */
function freshBackends(): Record<string, Backend> {
  return {
    js: createJsBackend(),
    "wasm, one thread": createWasmBackend({ threads: 1, maximumBytes: MAXIMUM_BYTES }),
    "wasm, two threads": createWasmBackend({ threads: 2, maximumBytes: MAXIMUM_BYTES }),
    ...(missingBlas === undefined && {
      blas: createBlasBackend({ threads: 1, maximumBytes: MAXIMUM_BYTES, minimumWork: 1 }),
    }),
  };
}

/** Whether some operand holds numbers for which the order of rounding shows. */
export function isRough(value: unknown): boolean {
  if (value instanceof TensorPlan)
    return value.values.some(
      (x) => !Number.isFinite(x) || Math.abs(x) > 1e6 || (x !== 0 && Math.abs(x) < 1e-6),
    );
  if (value instanceof MapPlan) return value.entries.some((entry) => entry.some(isRough));
  if (typeof value === "object" && value !== null) return Object.values(value).some(isRough);
  return (
    typeof value === "number" && (Math.abs(value) > 1e6 || (value !== 0 && Math.abs(value) < 1e-6))
  );
}

const isClose = (a: number, b: number) =>
  Object.is(a, b) ||
  Math.abs(a - b) <= ATOL + RTOL * Math.abs(b) ||
  (Number.isNaN(a) && Number.isNaN(b)) ||
  a === b;

/** The differences between two outcomes, in words. */
export function difference(a: Outcome, b: Outcome, isExact: boolean): string | undefined {
  if (a.code !== b.code) {
    const isMemory = [a.code, b.code].includes("ERR_MEMORY"); // backends have room for different sizes
    return isMemory
      ? undefined
      : `${a.code ?? "a result"} (${a.message}) against ${b.code ?? "a result"} (${b.message})`;
  }
  if (a.shapes.join() !== b.shapes.join()) return `${a.shapes.join()} against ${b.shapes.join()}`;
  if (!isExact) return undefined;
  for (const [i, numbers] of a.numbers.entries()) {
    const at = numbers.findIndex((x, j) => !isClose(x, b.numbers[i]![j]!));
    if (at >= 0) return `tensor ${i}, element ${at}: ${numbers[at]} against ${b.numbers[i]![at]}`;
  }
  return undefined;
}

/** The arguments as people can repeat them. */
export function show(value: unknown): string {
  if (value instanceof TensorPlan) {
    const { shape, dtype, values, layout, state, requiresGrad, isWritten } = value;
    const tags = [layout, state, requiresGrad ? "leaf" : "", isWritten ? "written" : ""].filter(
      (tag) => tag && tag !== "alive" && tag !== "dense",
    );
    return `${dtype}[${shape}]{${values.join(" ")}}${tags.length > 0 ? `<${tags}>` : ""}`;
  }
  if (value instanceof MapPlan)
    return `Map(${value.entries.map((entry) => entry.map(show).join(": "))})`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${show(item)}`)
      .join(", ")}}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

async function runEverywhere(
  { call }: Operator,
  args: Arguments,
  backends: Readonly<Record<string, Backend>>,
  elsewhere: Backend,
): Promise<Outcome> {
  const outcomes: [string, Outcome][] = [];
  for (const [name, backend] of Object.entries(backends)) {
    try {
      outcomes.push([name, await runCase(call, args, backend, elsewhere)]);
    } catch (error) {
      throw error instanceof Fault ? new Fault(`${name}: ${error.message}`) : error;
    }
  }
  const [[, first], ...others] = outcomes as [[string, Outcome], ...[string, Outcome][]];
  for (const [name, outcome] of others) {
    const found = difference(outcome, first, !args.some(isRough));
    if (found) throw new Fault(`${name} differs from js: ${found}`);
  }
  return first;
}

/**
 * Runs cases of one operator on all backends, on fresh heaps, and again on fresh ones after each fault.
 *
 * @param onFault called with each fault and the arguments; without it the first is thrown
 */
export async function fuzzOperator(
  name: string,
  operator: Operator,
  cases: number,
  { first = 0, onFault }: { first?: number; onFault?: (fault: string) => void } = {},
): Promise<FuzzCounts> {
  const elsewhere = createJsBackend();
  let backends = freshBackends();
  const counts = { cases, results: 0, errors: 0 };
  const dispose = () => Promise.all(Object.values(backends).map((backend) => backend.dispose()));
  for (let i = first; i < first + cases; i++) {
    const draw = createDraw(seedOf(name) + i * 7919);
    const args = hostileArguments(draw, operator.recipe(draw));
    try {
      const { code } = await runEverywhere(operator, args, backends, elsewhere);
      if (code) counts.errors++;
      else counts.results++;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const told = `${name}, case ${i}: ${error.message}\n  ${name}(${args.map(show).join(", ")})`;
      if (!onFault) throw new Fault(told);
      onFault(told);
      await dispose();
      backends = freshBackends();
    }
  }
  await dispose();
  return counts;
}
