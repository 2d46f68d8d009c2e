import { join } from "node:path";
import { saveJson, saveText } from "@deepgrain/support/files";
import { type Html, html, page, section, terms } from "@deepgrain/support/pages";
import { claimsHtml, claimsSummary } from "../claims/claims-table";
import { type JudgeOptions, judge } from "../claims/judge";
import type { Judgement } from "../claims/verdict";
import { optionsOf, refuseUnknown } from "../errors";
import { withFiles } from "../run/files";
import type { StudyRuns } from "../study/runs";
import type { Section, SectionInput, Study } from "../study/study";

const EQUALITIES = html` Equalities (=) are tested by one-sided t-tests on both sides of the margin, shown with their 90 % interval:
equal is inside it, different is beyond it.`;

/** How verdicts come about. */
function rulesOf({ claims, correction }: Judgement): Html {
  const p = correction === "holm" ? "p, after Holm's correction over all claims," : "p";
  return html`<p class="meta">Claims are tested on differences at the same seed: orderings (&lt;) by a paired t-test, shown with
its 95 % interval.${claims.some(({ equivalence }) => equivalence) && EQUALITIES} There is a verdict where ${p} is at most 0.05; reversed
means that the other side is lower. Intervals are not corrected, so one may lie beyond 0 or a margin without a verdict. Values are means ± one standard error over seeds.</p>`;
}

function show<S, R>({ title, experiment, content }: Section<S, R>, input: SectionInput<S, R>) {
  if (experiment === undefined) return section(title, content(input));
  if (!input.runs.experiments.includes(experiment)) return false;
  const claims = input.judgement.claims.filter((claim) => claim.experiment === experiment);
  return section(`${experiment}: ${title}`, html`${content(input)}${claimsHtml({ claims })}`);
}

function provenanceOf<S, R>({ runs, settings, study }: StudyRuns<S, R>): Html | false {
  const json = (value: unknown) => JSON.stringify(value, undefined, 2);
  const ways = [...new Set(runs.map(({ provenance }) => json(provenance)))];
  return section(
    "How it was run",
    html`<p class="meta">Study <code>${study}</code>. Each run's file records its provenance.</p>
<details><summary>Settings</summary><pre><code>${json(settings)}</code></pre></details>
<details><summary>Commit, versions and command</summary><pre><code>${ways.join("\n")}</code></pre></details>`,
  );
}

/**
 * The report of a study as one HTML page: its finding, the summary of its claims, the claims without a section of their experiment, its
 * sections with the claims of theirs, and how it was run.
 *
 * @param judgement of `judge` for the same runs
 */
export function studyPage<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  judgement: Judgement,
): string {
  const { title, lead, finding, experiments = {}, sections = [], terms: named = [] } = study;
  const many = (list: readonly unknown[], noun: string) => (list.length === 1 ? noun : `${noun}s`);
  const told = new Set(sections.map(({ experiment }) => experiment));
  const rest = judgement.claims.filter(({ experiment }) => !told.has(experiment));
  const input = { settings: runs.settings, runs, judgement };
  const list = runs.experiments.map((id) => html`<li>${id}: ${experiments[id]}</li>`);
  return page({
    title,
    meta: `${runs.runs.length} ${many(runs.runs, "run")} · ${many(runs.seeds, "seed")} ${runs.seeds.join(", ")}`,
    sections: [
      finding !== undefined && html`<p>${finding(input)}</p>`,
      judgement.claims.length > 0 && html`<p>${claimsSummary(judgement)}</p>`,
      lead !== undefined && html`<p class="lead">${lead}</p>`,
      named.length > 0 && terms(named),
      list.length > 0 && html`<ul class="meta">${list}</ul>`,
      judgement.claims.length > 0 && rulesOf(judgement),
      rest.length > 0 && section("Claims", claimsHtml({ claims: rest })),
      ...sections.map((own) => show(own, input)),
      provenanceOf(runs),
    ],
  });
}

/**
 * Judges a study and writes `report.html`, its page, and `results.json`, its runs and claims, into a folder. `runStudy` with
 * `report` does so while it holds the study's folder.
 * @param options.folder that of the study, or another
 * @throws {LabError} as `judge`; `ERR_IO`
 */
export async function saveReport<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  options: { folder: string } & JudgeOptions,
): Promise<Judgement> {
  const { folder, correction: wanted, ...rest } = optionsOf("saveReport", options);
  refuseUnknown("saveReport", rest);
  const judgement = judge(study, runs, { correction: wanted });
  const { claims, correction } = judgement;
  await withFiles(async () => {
    await saveJson(join(folder, "results.json"), { ...runs, correction, claims });
    await saveText(join(folder, "report.html"), studyPage(study, runs, judgement));
  });
  return judgement;
}
