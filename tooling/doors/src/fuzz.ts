/** @file Looks for inputs that a door fails on: draws, and goes on from inputs that reached new blocks. */
import fc from "fast-check";
import type { Generator } from "./generator";
import { growthFaults, growthOf } from "./growth";
import { changed, damaged } from "./mutations";
import { findingOf } from "./outcome";
import { smaller } from "./smaller";
import type { BlockCounter } from "./work";

/** An input that a door failed on. */
export interface FuzzFinding {
  readonly door: string;
  readonly problem: string;
  /** Made smaller; undefined for an order whose work grows too fast. */
  readonly input?: unknown;
}

/** The tries on a door and their findings. */
export interface FuzzReport {
  readonly door: string;
  readonly tries: number;
  /** Blocks that were reached. */
  readonly blocks: number;
  readonly findings: readonly FuzzFinding[];
}

/** How long a door is tried. */
export interface FuzzOptions {
  readonly seed: number;
  readonly counter: BlockCounter;
  /** Whether to go on after so many tries. */
  readonly goesOn: (tries: number) => boolean;
  /** Told of each finding as it comes, so that a run that is ended keeps it. */
  readonly onFinding?: ((generator: Generator, finding: FuzzFinding) => void) | undefined;
}

/** Inputs from which others are made, at most. */
const MOST_KEPT = 256;

/** The first line of a problem: an input that fails otherwise is another finding. */
const kindOf = (problem: string) => problem.split("\n")[0]!;

async function growthFindings(generator: Generator, counter: BlockCounter): Promise<FuzzFinding[]> {
  const found: FuzzFinding[] = [];
  for (const [name, order] of Object.entries(generator.orders)) {
    const counted = await growthOf(generator, order, counter);
    for (const problem of growthFaults(name, counted))
      found.push({ door: generator.door, problem });
  }
  return found;
}

/** The input of a try: drawn anew, or changed from one that reached new blocks. */
function inputOf(generator: Generator, kept: readonly unknown[], seed: number): unknown {
  const fresh = damaged(generator.form, generator.valid);
  const [input] = fc.sample(
    kept.length === 0 || seed % 2 === 0
      ? fresh
      : changed(generator.form, kept[(seed * 7919) % kept.length]),
    { seed, numRuns: 1 },
  );
  return input;
}

/** Tries inputs on one door. The same seed and number of tries give the same report. */
export async function fuzzDoor(generator: Generator, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, counter, goesOn, onFinding } = options;
  const { door, form } = generator;
  const findings: FuzzFinding[] = [];
  const report = (finding: FuzzFinding) => {
    findings.push(finding);
    onFinding?.(generator, finding);
  };
  for (const finding of await growthFindings(generator, counter)) report(finding);
  const reached = new Set<string>();
  const kinds = new Set<string>();
  const kept: unknown[] = [];
  let tries = 0;
  await counter.take();
  for (; goesOn(tries); tries++) {
    const input = inputOf(generator, kept, seed + tries);
    const problem = await findingOf(generator, input);
    const { places } = await counter.take({ places: true });
    const before = reached.size;
    for (const place of places) reached.add(place);
    if (reached.size > before) kept[kept.length % MOST_KEPT] = input;
    if (problem === undefined || kinds.has(kindOf(problem))) continue;
    kinds.add(kindOf(problem));
    const same = async (less: unknown) => {
      const now = await findingOf(generator, less);
      return now !== undefined && kindOf(now) === kindOf(problem);
    };
    report({ door, problem, input: await smaller(form, input, same) });
    await counter.take();
  }
  return { door, tries, blocks: reached.size, findings };
}
