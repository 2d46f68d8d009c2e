import type { Tolerance } from "@deepgrain/vitest/allclose";
import { expect, it } from "vitest";
import type { Backend } from "../../../src/backend/backend";
import type { Kernels } from "../../../src/backend/kernels";
import type { View } from "../../../src/backend/view";
import { seededRandom, uniforms } from "./numbers";
import { holdsNaN, type Outcome, play, type Scene } from "./scene";
import { EXACT } from "./tolerances";

/** How the files of the suite state their cases. */
export interface Agreement {
  /**
   * One test: for each of `cases`, `body` must write the same on this backend and on the reference, nothing outside its
   * outputs, and with several threads the same again when repeated.
   */
  agrees<Case>(
    name: string,
    tolerance: Tolerance,
    cases: readonly Case[],
    body: (scene: Scene, parameters: Case) => void,
  ): void;
  /** Names of the kernels called so far. */
  covered: ReadonlySet<string>;
  /** Of those that were given a NaN. */
  metNaN: ReadonlySet<string>;
}

/** Which cases a backend is given. */
export interface Extent {
  /** Kernels that it does not have: neither side runs them. */
  readonly lacks?: readonly (keyof Kernels)[];
  /** The share of each test's cases that is drawn, one at least. Default 1: all. */
  readonly share?: number;
}

/** Some of the cases of a test, always the same. */
function drawnCases<Case>(name: string, cases: readonly Case[], share: number): readonly Case[] {
  if (share === 1) return cases;
  const ranks = uniforms(seededRandom(`which of ${name}`), cases.length, 0, 1);
  const last = [...ranks].sort((a, b) => a - b)[Math.ceil(share * cases.length) - 1];
  return cases.filter((_, i) => ranks[i]! <= last!);
}

/** @param extent which cases */
export function createAgreement(
  getBackend: () => Backend,
  getReference: () => Backend,
  { lacks = [], share = 1 }: Extent = {},
): Agreement {
  const covered = new Set<string>();
  const metNaN = new Set<string>();
  return {
    covered,
    metNaN,
    agrees(name, tolerance, cases, body) {
      it(name, async () => {
        const kernels = noting(without(getBackend().kernels, lacks), covered, metNaN);
        const failures: string[] = [];
        for (const parameters of drawnCases(name, cases, share)) {
          const label = JSON.stringify(parameters) ?? "";
          const run = (backend: Backend, itsKernels: Kernels) =>
            play(backend, itsKernels, seededRandom(name + label), (scene) =>
              body(scene, parameters),
            );
          try {
            const actual = await run(getBackend(), kernels);
            const reference = getReference();
            // The reference itself is compared with nothing: it may only not write where it must not.
            const isReference = reference === getBackend();
            const expected = isReference
              ? actual
              : await run(reference, without(reference.kernels, lacks));
            expectSame(actual, expected, tolerance);
            if (getBackend().threads > 1)
              expectSame(await run(getBackend(), kernels), actual, EXACT);
          } catch (error) {
            failures.push(`${label}: ${(error as Error).message}`);
          }
        }
        expect(failures.slice(0, 5)).toEqual([]);
      });
    },
  };
}

/** The same kernels, of which some do nothing. */
function without(kernels: Kernels, lacks: readonly (keyof Kernels)[]): Kernels {
  return { ...kernels, ...Object.fromEntries(lacks.map((name) => [name, () => {}])) };
}

/** The same kernels, with each call noted. */
function noting(kernels: Kernels, covered: Set<string>, metNaN: Set<string>): Kernels {
  const noted = Object.entries(kernels).map(([name, kernel]) => [
    name,
    (...given: unknown[]) => {
      covered.add(name);
      if (mentionsNaN(given)) metNaN.add(name);
      return kernel(...given);
    },
  ]);
  return Object.fromEntries(noted) as Kernels;
}

/** Whether an input that holds a NaN is among the arguments, in their lists and options too. */
function mentionsNaN(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  if ("storage" in given) return holdsNaN(given as View);
  return Object.values(given).some(mentionsNaN);
}

function expectSame(actual: Outcome, expected: Outcome, tolerance: Tolerance): void {
  if (actual.trespasses.length > 0) throw new Error(actual.trespasses.slice(0, 3).join("; "));
  for (const [i, output] of expected.outputs.entries())
    expect(actual.outputs[i]!, `output ${i}`).toBeAllclose(output, tolerance);
}
