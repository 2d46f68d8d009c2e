import { createHash } from "node:crypto";

/** What makes the runs of one folder comparable. */
export interface StudyMark {
  study: string;
  version: number;
  /** Plain data. */
  settings: unknown;
}

const sorted = (_: string, item: unknown): unknown =>
  typeof item === "object" && item !== null && !Array.isArray(item)
    ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
    : item;

/** JSON that does not depend on the order of fields. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, sorted) ?? "null";

/** Identifies a study with its settings: 16 hexadecimal digits. */
export const fingerprint = ({ study, version, settings }: StudyMark): string =>
  createHash("sha256")
    .update(canonicalJson({ study, version, settings }))
    .digest("hex")
    .slice(0, 16);
