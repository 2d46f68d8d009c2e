import { createHash } from "node:crypto";
import type { RunTask } from "../run/executor";
import { canonicalJson } from "../run/fingerprint";

/** Identifies a run of a study in a folder, so that a task that comes again finds its job. */
export const jobId = ({ study, fingerprint, variant, seed, artifacts }: RunTask): string => {
  const key = canonicalJson({ study, fingerprint, variant, seed, artifacts });
  return `run-${createHash("sha256").update(key).digest("hex").slice(0, 24)}`;
};
