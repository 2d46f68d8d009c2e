import type { Fingerprint } from "./fingerprint";

/** Fingerprints of what the runs read, by name: part of a study's settings, so that other data are rejected. */
export interface WithData {
  data: Readonly<Record<string, Fingerprint>>;
}
