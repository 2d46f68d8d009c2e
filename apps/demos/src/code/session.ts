import type { Sandbox } from "@deepgrain/coder/sandbox";
import type { CausalLM } from "@deepgrain/lm";
import { type FillEvent, fillMiddle, type Hole } from "./fill-middle";
import type { Policy } from "./names";
import { type InfillModel, openInfill, openPolicy, type ReadShipped } from "./open-models";
import { type Checked, checkProgram } from "./run-program";
import { type Order, type ProgramsEvent, writePrograms } from "./write-programs";

/** The work of the page. @param read a shipped file by its name @param sandbox runs programs */
export function createSession(read: ReadShipped, sandbox: Sandbox) {
  const opened = new Map<Policy, CausalLM>();
  let infill: InfillModel | undefined;

  /** Writes programs for a task and runs them. */
  async function* write(order: Order, signal: AbortSignal): AsyncGenerator<ProgramsEvent, void> {
    const { policy } = order;
    const model = opened.get(policy) ?? (await openPolicy(read, policy));
    opened.set(policy, model);
    yield* writePrograms(model, sandbox, order, signal);
  }

  /** Runs a program with the tests of a task. */
  async function* check(
    program: { task: number; code: string },
    signal: AbortSignal,
  ): AsyncGenerator<Checked, void> {
    yield await checkProgram(sandbox, program, signal);
  }

  /** Writes what stands between two cursors. */
  async function* fill(hole: Hole, signal: AbortSignal): AsyncGenerator<FillEvent, void> {
    infill ??= await openInfill(read);
    yield await fillMiddle(infill, hole, signal);
  }

  return { write, check, fill };
}
