import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JudgedClaim } from "@deepgrain/lab";
import { expect } from "vitest";

const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? "&quot;");

/** The files that a finished study leaves in its folder. */
export interface StudyFolder {
  page: string;
  // biome-ignore lint/suspicious/noExplicitAny: results of any study
  results: { claims: JudgedClaim[]; runs: any[]; seeds: number[]; settings: any };
}

/** Expects a finished study's folder: claims that were judged, all of them on a page without holes. */
export async function expectStudyPage(folder: string): Promise<StudyFolder> {
  const results = JSON.parse(await readFile(join(folder, "results.json"), "utf8"));
  const page = await readFile(join(folder, "report.html"), "utf8");
  expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
  expect(results.claims).not.toHaveLength(0);
  for (const { lower, higher, outcome } of results.claims as JudgedClaim[]) {
    expect(["as claimed", "opposite", "equal", "undecided", null]).toContain(outcome);
    expect(page).toContain(escapeHtml(lower.subject));
    expect(page).toContain(escapeHtml(higher.subject));
  }
  return { page, results };
}
