import { provenanceOf, writeRecorded } from "../record/provenance";
import { recordStory } from "../record/record-story";
import type { RecordedVerifier } from "./recorded";
import { stateRunner } from "./run-state";
import { type Curve, createSession, type Exercise } from "./session";
import { fields, INITIAL } from "./state";
import { story } from "./story";

/** Makes a verifier, and records what the page shows of it at first and what its story comes to. */
export async function main(): Promise<void> {
  const { signal } = new AbortController();
  const session = createSession();
  const { seed, problem } = INITIAL;
  let curve: Curve = [];
  for await (const event of session.learn({ seed }, signal))
    if (event.type === "tried") curve = event.curve;
  let exercise: Exercise | undefined;
  const first = { seed, problem, made: "", solution: "" };
  for await (const found of session.look(first, signal)) exercise = found.exercise;
  const run = { seed, index: problem - 1, exercise: exercise!, curve };
  const recorded: RecordedVerifier = { ...provenanceOf("verifier"), ...run };
  await writeRecorded("verifier", recorded);
  await recordStory("verifier", story, fields, stateRunner(session, signal));
}
