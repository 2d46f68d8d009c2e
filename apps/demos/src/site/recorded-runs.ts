import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { StudyRuns } from "@deepgrain/lab";

/** The recorded runs of a study. @param study folder of `apps/studies` */
export function recordedRuns<S, R>(study: string): StudyRuns<S, R> {
  const file = new URL(`../../../studies/${study}/results.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString("utf8"));
}
