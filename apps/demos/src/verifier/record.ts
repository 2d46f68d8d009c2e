import { provenanceOf, writeRecorded } from "../record/provenance";
import type { RecordedVerifier } from "./recorded";
import { type Curve, createSession, type Exercise } from "./session";
import { INITIAL } from "./state";

/** Makes a verifier, and records what the page shows of it at first. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const { learn, open } = createSession();
  const { seed } = INITIAL;
  const index = INITIAL.problem - 1;
  let curve: Curve = [];
  for await (const event of learn({ seed }, signal))
    if (event.type === "tried") curve = event.curve;
  let exercise: Exercise | undefined;
  for await (const found of open({ seed, index }, signal)) exercise = found;
  const run = { seed, index, exercise: exercise!, curve };
  const recorded: RecordedVerifier = { ...provenanceOf("verifier"), ...run };
  await writeRecorded("verifier", recorded);
}
