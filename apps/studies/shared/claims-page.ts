import {
  type Claim,
  claimDetails,
  claimDifference,
  claimsSummary,
  claimText,
  gateText,
  type JudgedClaim,
  primariesOf,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { PaperVerdicts, RecordedVerdicts } from "./verdicts";

/**
 * "- It beats FedAvg: **as claimed**. Here 5.358 (3.945 to 6.770; 98.75 %), 8 seeds, Fashion-MNIST, accuracy: FedAvg < RedGrape; paper:
 * “outperforms”; first in all tables"
 */
function claimLine(claim: JudgedClaim): string {
  const { seeds, paper, naming } = claimDetails(claim);
  const note = naming && ` (${naming})`;
  const where = [seeds, claim.scope].filter(Boolean).join(", ");
  return `- ${claim.primary!.sentence}: **${claim.outcome}**${note}. Here ${claimDifference(claim)}, ${where}, ${claimText(claim)}; paper: ${paper}`;
}

const unaskedLine = ({ sentence, paper, why }: UnaskedClaim): string =>
  `- ${sentence}: **not asked**, as ${why}; paper: ${paper}`;

/** "8 seeds", or "4 to 8 seeds" where primary claims stand on different numbers of them; then how many came out how. */
function summaryLine({ claims, gates = [] }: Pick<RecordedVerdicts, "claims" | "gates">): string {
  const seeds = primariesOf({ claims }).map(({ difference, failures }) => {
    return difference.seeds + failures.length;
  });
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  const shown = gates.map((gate) => ` ${gateText(gate).replace(/^g/, "G")}.`).join("");
  return `${least === most ? least : `${least} to ${most}`} seeds. ${claimsSummary({ claims })}${shown}`;
}

/** The primary claims of a recording, a line each, below a sentence that counts their outcomes. */
export const verdictLines = ({ claims, gates }: RecordedVerdicts): string[] => [
  summaryLine({ claims, gates }),
  "",
  ...primariesOf({ claims }).map(claimLine),
];

/** A paper's part of the page of all claims: one line per claim of the abstract, each with the command that repeats it. */
function paperLines(paper: string, { recordings, unasked }: PaperVerdicts): string[] {
  const main = recordings[0]!;
  const primaries = primariesOf(main).map((claim) => {
    const command = main.commands?.[claim.experiment] ?? main.command;
    return `${claimLine(claim)}; \`${command}\``;
  });
  return [
    `## [${paper}](../apps/studies/${paper}/README.md)`,
    "",
    summaryLine(main),
    "",
    ...primaries,
    ...main.unrecorded.map(
      (sentence) => `- ${sentence}: **not recorded yet**; \`${main.command}\``,
    ),
    ...unasked.map(unaskedLine),
    "",
  ];
}

/** The claims of a study that is not recorded yet. */
interface Unrecorded {
  // biome-ignore lint/suspicious/noExplicitAny: claims of any settings and results
  claims: readonly Claim<any, any>[];
  unasked?: readonly UnaskedClaim[];
}

function unrecordedLines(paper: string, { claims, unasked = [] }: Unrecorded): string[] {
  const command = `npm run -s deepgrain -- compare ${paper}`;
  const waiting = claims.flatMap(({ primary, paper: published }) =>
    primary
      ? [`- ${primary.sentence}: **not recorded yet**; paper: ${published}; \`${command}\``]
      : [],
  );
  return [
    `## [${paper}](../apps/studies/${paper}/README.md)`,
    "",
    ...waiting,
    ...unasked.map(unaskedLine),
    "",
  ];
}

/** Whether both sides of each paper's primary claims had settings to choose from. */
const tunedSides = `## Which sides were tuned

Both sides alike, on seeds that the recording does not use:

- balance-marking: the same eight bonuses on each side, along which they are compared; none is chosen.
- deepseek-moe: three rates for each model, two seeds, at half of the recorded steps.
- dpo: seven rates for each method, two seeds, at half of the recorded steps; the model before it has nothing to tune.
- math-shepherd, verification: three rates for each reward model, two seeds, at half of the recorded steps. PPO's rate and KL were set in a pilot.
- redgrape: each method's own grid, then the clients' rates at its best setting, FedAvg included, three seeds.
- esft: four rates of full fine-tuning, five of ESFT and four thresholds, by the highest mark, two seeds, at half of the recorded steps.
- fine-purify: every method with a reserve ratio tries the same ones, on held-out rows of each seed; fine-tuning alone has no such setting.

Not alike:

- redgrape at full size: each method's own grid, on one seed with half the rounds, by a rule that kept the published setting unless another gained half a point; FedAvg and the clients' rate had none.

Neither side:

- deepseek-coder-v2: all arms of an experiment share one recipe, whose sizes one other seed set.
- label-words: re-weighting has one rate and one number of epochs.
- renode: the networks' published recipe and ReNode's published weights.

In deepseek-llm rates and batches are what is measured.`;

/**
 * The content of docs/claims.md.
 * @param verdicts of all papers, by the names of their folders
 * @param unrecorded studies without a recording, by paper
 */
export function claimsPage(
  verdicts: Readonly<Record<string, PaperVerdicts>>,
  unrecorded: Readonly<Record<string, Unrecorded>>,
): string {
  const papers = Object.entries(verdicts).flatMap(([paper, own]) => paperLines(paper, own));
  for (const [paper, own] of Object.entries(unrecorded))
    papers.push(...unrecordedLines(paper, own));
  papers.push(tunedSides);
  return `# What the papers claim, and what came out here

One line per claim of each abstract, with the paper's own words, from which its relation follows: “comparable”, “matches”, “approaches”, “maintains”
or “only n % of the computation” claim to be no worse within the margin, “equal”, “the same” or “little difference” claim equality (=), all else a
direction (<). _As claimed_: above 0 in the claimed direction, above −margin for “no worse”, or inside ±margin for an equality. _Opposite_: beyond
the margin against the claim. _Equal_: a claimed difference shown to lie inside the margin. _Undecided_: none of these. Differences are right minus
left side, paired by seed; above 0, “A no worse than B” is a lead of A. Outcomes hold for all primary claims of a paper together (Holm's correction
at 5 %): each interval is the one that decided its claim, of level 1 − 0.05/k with Holm's divisor k, and no joint interval. Seeds and scope are those
of the claim; words without a section are the abstract's. All models here are tiny: they show directions at this size, not a paper's numbers. This
page is written from the recorded verdicts, and a test compares it with them; \`npx vitest run shared/test/verdicts.test.ts -u\` in
\`apps/studies\` writes it anew.

${papers.join("\n").trimEnd()}
`;
}

const BLOCK = /(<!-- verdicts of (\S+) -->\n)[\s\S]*?(<!-- end of verdicts -->)/g;

/** A README whose blocks between the two comments hold the verdicts of the recordings that they name. */
export const withVerdicts = (readme: string, { recordings }: PaperVerdicts): string =>
  readme.replaceAll(BLOCK, (_, open: string, file: string, close: string) => {
    const found = recordings.find(({ results }) => results === file);
    return `${open}\n${found ? verdictLines(found).join("\n") : "Nothing is recorded."}\n\n${close}`;
  });
