import { openAsBlob } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createSandbox } from "@deepgrain/coder/sandbox";
import { type ArrayJudge, arrayJudge } from "@deepgrain/studies/deepseek-coder-v2/array-judge";
import { measurePolicy } from "@deepgrain/studies/deepseek-coder-v2/policy";
import { buildWorker } from "@deepgrain/vitest/sandbox-worker";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import { initialOf } from "../state/address-state";
import { LIMITS } from "./limits";
import { makeModels, settings } from "./make-models";
import { type Policy, policies } from "./names";
import { openPolicy, type ShippedFile } from "./open-models";
import type { RecordedCode } from "./recorded";
import { runState } from "./run-state";
import { createSession } from "./session";
import { fields, type State } from "./state";
import { story } from "./story";
import { heldOut } from "./tasks";

const SEED = 1;

const read = (name: ShippedFile) => openAsBlob(recordedFile(name));

/** The recording that lies there. */
const known = async (): Promise<RecordedCode> =>
  JSON.parse(await readFile(recordedFile("code.json"), "utf8"));

/** pass@1 of the stored policies on all held-out tasks, as the study measures it. */
async function measured(judge: ArrayJudge, signal: AbortSignal): Promise<Record<Policy, number>> {
  const shares = {} as Record<Policy, number>;
  const { samples } = settings;
  for (const policy of policies) {
    const model = await openPolicy(read, policy);
    const { passAt1 } = await measurePolicy(model, heldOut, { judge, samples, signal });
    shares[policy] = passAt1;
  }
  return shares;
}

/**
 * Trains what the page ships, and records what it shows at first.
 * @param flag "--keep": keeps the models that lie there, and records anew what the page shows of them
 */
export async function main(flag?: string): Promise<void> {
  const { signal } = new AbortController();
  const sandbox = createSandbox({ worker: await buildWorker(), limits: LIMITS });
  const judge = arrayJudge(() => sandbox);
  const { command, commit } = flag === "--keep" ? await known() : provenanceOf("code");
  const files = flag === "--keep" ? [] : await makeModels(SEED, judge, signal);
  for (const [name, file] of files)
    await writeFile(recordedFile(name), new Uint8Array(await file.arrayBuffer()));
  const session = createSession(read, sandbox);
  const run = (state: State) => runState(session, state, signal);
  const { state: _, ...found } = await run(initialOf(fields));
  await recordStory("code", story, fields, run);
  const passAt1 = await measured(judge, signal);
  judge.dispose();
  const recorded: RecordedCode = { command, commit, ...found, passAt1 };
  await writeRecorded("code", recorded);
}
