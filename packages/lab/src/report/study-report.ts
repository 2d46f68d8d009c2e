import { join } from "node:path";
import { saveJson, saveText } from "@deepgrain/support/files";
import {
  type Bounds,
  folded,
  type Html,
  html,
  page,
  section,
  table,
  terms,
} from "@deepgrain/support/pages";
import { claimsForest } from "../claims/claims-forest";
import { claimsHtml, claimsSummary, type MeasureBounds } from "../claims/claims-table";
import { type JudgeOptions, judge } from "../claims/judge";
import { type JudgedClaim, type Judgement, primariesOf, secondariesOf } from "../claims/verdict";
import { having, optionsOf, refuseUnknown } from "../errors";
import { withFiles } from "../run/files";
import { claimsOf } from "../study/check-study";
import { gateText } from "../study/gate";
import type { StudyRuns } from "../study/runs";
import type { Section, SectionInput, Study } from "../study/study";

/** How outcomes come about. */
function rulesOf(judgement: Judgement): Html {
  const primaries = primariesOf(judgement);
  const { claims } = judgement;
  const items = claims.some(({ difference }) => difference.over === "seeds and items");
  const pairs = claims.some(({ difference }) => difference.over === "pairs");
  const lacking = claims.some(({ failures }) => failures.length > 0);
  return html`<p>Differences are paired by seed and shown with an interval, by Student's t${
    items && ", or where all seeds share the items by a bootstrap over seeds and items"
  }${pairs && "; a rank correlation is compared with a number by a bootstrap over its pairs"}. Only primary claims have an outcome, by Holm's correction over the ${primaries.length} of them at 5 %: <em>as claimed</em> is above 0 in the
claimed direction, for “no worse” above −margin, or for an equality (=) inside ±margin; <em>opposite</em> is beyond the margin against the
claim; <em>equal</em> is a claimed difference shown to be inside the margin; all else is <em>undecided</em>, as are fewer than three seeds. The
interval of a primary claim is the one that decided it, of level 1 − 0.05/k, k Holm's divisor for it: its outcome can be read off, and it is no
joint interval.${
    lacking &&
    " Where a seed lacks a number, seeds for and against the claim are counted, and that seed is against it."
  } Secondary comparisons have p alone, uncorrected, and q, the share of false ones to expect among those with so small a q (Benjamini,
Hochberg). All other intervals of this page are 95 % intervals, those of means by Student's t over seeds.</p>`;
}

const SHARE = [0, 100] as const;

/** The ends of what a study's measures can be; a name that ends in "%" is that of a share. */
function boundsOf<S, R>(study: Study<S, R>, settings: S): MeasureBounds {
  const sides = claimsOf(study, settings).flatMap(({ lower, higher }) => [lower, higher]);
  return new Map(
    sides.flatMap(({ measure, bounds }): [string, Bounds][] => {
      const own = bounds ?? (measure.endsWith(", %") ? SHARE : undefined);
      return own ? [[measure, own]] : [];
    }),
  );
}

function show<S, R>(
  { title, experiment, content }: Section<S, R>,
  input: SectionInput<S, R>,
  bounds: MeasureBounds,
) {
  if (experiment === undefined) return section(title, content(input));
  if (!input.runs.experiments.includes(experiment)) return false;
  const claims = secondariesOf(input.judgement).filter((claim) => claim.experiment === experiment);
  const code = /\d/.test(experiment) ? `${experiment}: ` : "";
  return section(`${code}${title}`, html`${content(input)}${claimsHtml({ claims }, bounds)}`);
}

function unaskedOf<S, R>({ unasked = [] }: Study<S, R>): Html | false {
  const rows = unasked.map(({ sentence, paper, why }) => [sentence, why, paper]);
  const head = ["claim of the abstract", "why it is not asked", "paper"];
  return rows.length > 0 && section("Not asked here", table(head, rows, { text: [0, 1, 2] }));
}

function provenanceOf<S, R>({ runs, settings, study }: StudyRuns<S, R>): Html | false {
  const json = (value: unknown) => JSON.stringify(value, undefined, 2);
  const ways = [...new Set(runs.map(({ provenance }) => json(provenance)))];
  return section(
    "How it was run",
    html`<p class="meta">Study <code>${study}</code>. Each run's file records its provenance.</p>
${folded("Settings", html`<pre><code>${json(settings)}</code></pre>`)}
${folded("Commit, versions and command", html`<pre><code>${ways.join("\n")}</code></pre>`)}`,
  );
}

/** How a study is reported. */
export interface ReportOptions extends JudgeOptions {
  /** Seeds and claims of a full recording, whose primary claims stand beside what these runs show. */
  recorded?: { seeds: readonly number[]; claims: readonly JudgedClaim[] } | undefined;
}

function recordedOf(recorded: ReportOptions["recorded"], bounds: MeasureBounds): Html | false {
  if (!recorded) return false;
  const claims = primariesOf(recorded);
  return section(
    "The recorded full result",
    html`<p>${recorded.seeds.length} seeds. ${claimsSummary({ claims })}</p>${claimsForest(claims, bounds)}${claimsHtml({ claims }, bounds)}`,
  );
}

/** The primary claims: how many came out, all on one axis, and in numbers. */
function primariesHtml(judgement: Judgement, bounds: MeasureBounds): Html | false {
  if (judgement.claims.length === 0) return false;
  const claims = primariesOf(judgement);
  const gates = judgement.gates?.map((gate) => html`<p>${gateText(gate)}.</p>`) ?? [];
  const summary = html`<p>${claimsSummary(judgement)}</p>${gates}`;
  if (claims.length === 0) return summary;
  return section(
    "Primary claims",
    html`${summary}${claimsForest(claims, bounds)}${claimsHtml({ claims }, bounds)}${folded("How outcomes come about", rulesOf(judgement))}`,
  );
}

/** The design, the words that the page uses, and the experiments. */
function aboutOf<S, R>(
  { lead, terms: named = [], experiments = {} }: Study<S, R>,
  asked: readonly string[],
): Html {
  const list = asked.map((id) => html`<li>${id}: ${experiments[id]}</li>`);
  return html`${lead !== undefined && html`<p>${lead}</p>`}
${named.length > 0 && folded("Words on this page", terms(named))}
${list.length > 0 && folded("Experiments", html`<ul>${list}</ul>`)}`;
}

/**
 * The report of a study as one HTML page: its finding and the picture of it, what was done, its primary claims with their outcomes,
 * its sections with the secondary claims of theirs, the other secondary claims, the claims of the abstract that were not asked, and
 * how it was run.
 *
 * @param judgement of `judge` for the same runs
 * @param options.recorded a full recording, for runs too small to decide anything
 */
export function studyPage<S, R>(
  study: Study<S, R>,
  runs: StudyRuns<S, R>,
  judgement: Judgement,
  options: Pick<ReportOptions, "recorded"> = {},
): string {
  const { recorded, ...more } = optionsOf("studyPage", options);
  refuseUnknown("studyPage", more);
  having("studyPage", "study", study, "name", "title");
  const { title, finding, picture, sections = [] } = study;
  const bounds = boundsOf(study, runs.settings);
  const many = (list: readonly unknown[], noun: string) => (list.length === 1 ? noun : `${noun}s`);
  const told = new Set(sections.map(({ experiment }) => experiment));
  const rest = secondariesOf(judgement).filter(({ experiment }) => !told.has(experiment));
  const input = { settings: runs.settings, runs, judgement };
  return page({
    title,
    meta: `${runs.runs.length} ${many(runs.runs, "run")} · ${many(runs.seeds, "seed")} ${runs.seeds.join(", ")}`,
    lead: finding?.(input),
    picture: picture?.(input),
    sections: [
      aboutOf(study, runs.experiments),
      primariesHtml(judgement, bounds),
      recordedOf(recorded, bounds),
      ...sections.map((own) => show(own, input, bounds)),
      rest.length > 0 && section("Secondary comparisons", claimsHtml({ claims: rest }, bounds)),
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
    const { study: _, ...found } = judgement;
    await saveJson(join(folder, "results.json"), { ...runs, ...found });
    await saveText(join(folder, "report.html"), studyPage(study, runs, judgement, { recorded }));
  });
  return judgement;
}
