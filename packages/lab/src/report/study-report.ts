import { join } from "node:path";
import { saveJson, saveText } from "@deepgrain/support/files";
import { type Html, html, page, section, table, terms } from "@deepgrain/support/pages";
import { claimsHtml, claimsSummary } from "../claims/claims-table";
import { type JudgeOptions, judge } from "../claims/judge";
import { type JudgedClaim, type Judgement, primariesOf, secondariesOf } from "../claims/verdict";
import { having, optionsOf, refuseUnknown } from "../errors";
import { withFiles } from "../run/files";
import type { StudyRuns } from "../study/runs";
import type { Section, SectionInput, Study } from "../study/study";

/** How outcomes come about. */
function rulesOf(judgement: Judgement): Html {
  const primaries = primariesOf(judgement);
  const { claims } = judgement;
  const items = claims.some(({ difference }) => difference.over === "seeds and items");
  const lacking = claims.some(({ failures }) => failures.length > 0);
  return html`<p class="meta">Differences are paired by seed and shown with a 95 % interval, by Student's t${
    items && ", or where all seeds share the items by a bootstrap over seeds and items"
  }. Only primary claims have an outcome, by Holm's correction over the ${primaries.length} of them at 5 %: <em>as claimed</em> is above 0 in the
claimed direction, or for an equality (=) inside ±margin; <em>opposite</em> is beyond the margin against the claim; <em>equal</em> is a claimed
difference shown to be inside the margin; all else is <em>undecided</em>, as are fewer than three seeds.${
    lacking &&
    " Where a seed lacks a number, seeds for and against the claim are counted, and that seed is against it."
  } Secondary comparisons have p alone, uncorrected, and q, the share of false ones to expect among those with so small a q (Benjamini,
Hochberg). Values are means ± one standard error over seeds.</p>`;
}

function show<S, R>({ title, experiment, content }: Section<S, R>, input: SectionInput<S, R>) {
  if (experiment === undefined) return section(title, content(input));
  if (!input.runs.experiments.includes(experiment)) return false;
  const claims = secondariesOf(input.judgement).filter((claim) => claim.experiment === experiment);
  return section(`${experiment}: ${title}`, html`${content(input)}${claimsHtml({ claims })}`);
}

function unaskedOf<S, R>({ unasked = [] }: Study<S, R>): Html | false {
  const rows = unasked.map(({ sentence, paper, why }) => [sentence, paper, why]);
  const head = ["claim of the abstract", "paper", "why it is not asked"];
  return rows.length > 0 && section("Not asked here", table(head, rows, { text: [0, 1, 2] }));
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

/** How a study is reported. */
export interface ReportOptions extends JudgeOptions {
  /** Seeds and claims of a full recording, whose primary claims stand beside what these runs show. */
  recorded?: { seeds: readonly number[]; claims: readonly JudgedClaim[] } | undefined;
}

function recordedOf(recorded: ReportOptions["recorded"]): Html | false {
  if (!recorded) return false;
  const claims = primariesOf(recorded);
  return section(
    "The recorded full result",
    html`<p>${recorded.seeds.length} seeds. ${claimsSummary({ claims })}</p>${claimsHtml({ claims })}`,
  );
}

/**
 * The report of a study as one HTML page: its finding, its primary claims with their outcomes, its sections with the secondary claims
 * of theirs, the other secondary claims, the claims of the abstract that were not asked, and how it was run.
 *
 * @param judgement of `judge` for the same runs
 * @param options.recorded a full recording, for runs too small to decide anything
 */
export function studyPage<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  judgement: Judgement,
  { recorded }: Pick<ReportOptions, "recorded"> = {},
): string {
  having("studyPage", "study", study, "name", "title");
  const { title, lead, finding, experiments = {}, sections = [], terms: named = [] } = study;
  const primaries = primariesOf(judgement);
  const many = (list: readonly unknown[], noun: string) => (list.length === 1 ? noun : `${noun}s`);
  const told = new Set(sections.map(({ experiment }) => experiment));
  const rest = secondariesOf(judgement).filter(({ experiment }) => !told.has(experiment));
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
      primaries.length > 0 && section("Primary claims", claimsHtml({ claims: primaries })),
      recordedOf(recorded),
      ...sections.map((own) => show(own, input)),
      rest.length > 0 && section("Secondary comparisons", claimsHtml({ claims: rest })),
      unaskedOf(study),
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
  options: { folder: string } & ReportOptions,
): Promise<Judgement> {
  const { folder, verdicts, recorded, ...rest } = optionsOf("saveReport", options);
  refuseUnknown("saveReport", rest);
  const judgement = judge(study, runs, { verdicts });
  await withFiles(async () => {
    await saveJson(join(folder, "results.json"), { ...runs, claims: judgement.claims });
    await saveText(join(folder, "report.html"), studyPage(study, runs, judgement, { recorded }));
  });
  return judgement;
}
