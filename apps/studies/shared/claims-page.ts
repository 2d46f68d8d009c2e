import {
  claimDifference,
  claimsSummary,
  claimText,
  type JudgedClaim,
  primariesOf,
  type UnaskedClaim,
} from "@deepgrain/lab";
import type { PaperVerdicts, RecordedVerdicts } from "./verdicts";

/** "- It beats FedAvg: **as claimed**. Here 5.358 (3.945 to 6.770), accuracy: FedAvg < RedGrape; paper: first in all tables" */
const claimLine = (claim: JudgedClaim): string =>
  `- ${claim.primary!.sentence}: **${claim.outcome}**. Here ${claimDifference(claim)}, ${claimText(claim)}; paper: ${claim.paper}`;

const unaskedLine = ({ sentence, paper, why }: UnaskedClaim): string =>
  `- ${sentence}: **not asked**, as ${why}; paper: ${paper}`;

/** The primary claims of a recording, a line each, below a sentence that counts their outcomes. */
export function verdictLines({ claims, seeds }: RecordedVerdicts): string[] {
  const primaries = primariesOf({ claims });
  return [`${seeds.length} seeds. ${claimsSummary({ claims })}`, "", ...primaries.map(claimLine)];
}

/** A paper's part of the page of all claims: one line per claim of the abstract, each with the command that repeats it. */
function paperLines(paper: string, { recordings, unasked }: PaperVerdicts): string[] {
  const main = recordings[0]!;
  const primaries = primariesOf(main).map((claim) => `${claimLine(claim)}; \`${main.command}\``);
  return [
    `## [${paper}](../apps/studies/${paper}/README.md)`,
    "",
    `${main.seeds.length} seeds. ${claimsSummary(main)}`,
    "",
    ...primaries,
    ...main.unrecorded.map(
      (sentence) => `- ${sentence}: **not recorded yet**; \`${main.command}\``,
    ),
    ...unasked.map(unaskedLine),
    "",
  ];
}

const TOO_LARGE = "it needs a model of 236 billion parameters and 10 trillion tokens";

/** DeepSeek-Coder-V2, as long as no study of it is there. @see DeepSeek-AI 2024 (arXiv 2406.11931), abstract */
const coder: readonly UnaskedClaim[] = [
  {
    sentence: "Its code is as good as GPT-4 Turbo's, and better than that of other closed models",
    paper: "HumanEval 90.2",
    why: TOO_LARGE,
  },
  {
    sentence: "6 trillion further tokens improve code and mathematics, and keep general language",
    paper: "comparable to DeepSeek-V2 in general tasks",
    why: TOO_LARGE,
  },
  {
    sentence: "It knows 338 programming languages instead of 86, and 128K tokens of context",
    paper: "338, 128K",
    why: "@deepgrain/coder lists and sorts the languages, and no model of this size speaks them",
  },
];

/** Papers whose studies are not recorded, or that have none, by their names. */
type Unrecorded = Readonly<Record<string, readonly string[]>>;

/**
 * The content of docs/claims.md.
 * @param verdicts of all papers, by the names of their folders
 * @param unrecorded sentences of the primary claims of studies that were not recorded yet, by paper
 */
export function claimsPage(
  verdicts: Readonly<Record<string, PaperVerdicts>>,
  unrecorded: Unrecorded,
): string {
  const papers = Object.entries(verdicts).flatMap(([paper, own]) => paperLines(paper, own));
  for (const [paper, sentences] of Object.entries(unrecorded)) {
    const command = `npm run -s deepgrain -- compare ${paper}`;
    const lines = sentences.map((one) => `- ${one}: **not recorded yet**; \`${command}\``);
    papers.push(`## [${paper}](../apps/studies/${paper}/README.md)`, "", ...lines, "");
  }
  if (!("deepseek-coder-v2" in { ...verdicts, ...unrecorded }))
    papers.push("## deepseek-coder-v2", "", ...coder.map(unaskedLine));
  return `# What the papers claim, and what came out here

One line per claim of each abstract. _As claimed_: above 0 in the claimed direction, or for an equality (=) inside ±margin. _Opposite_: beyond the
margin against the claim. _Equal_: a claimed difference shown to lie inside the margin. _Undecided_: none of these. Differences are right minus left
side, paired by seed, with their 95 % interval; outcomes hold for all primary claims of a paper together (Holm's correction at 5 %). All models
here are tiny: they show directions at this size, not a paper's numbers. This page is written from the recorded verdicts, and a test compares it
with them; \`npx vitest run shared/test/verdicts.test.ts -u\` in \`apps/studies\` writes it anew.

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
