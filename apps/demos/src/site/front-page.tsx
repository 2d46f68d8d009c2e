import { deedOf, WIDTH } from "./deeds";
import { type System, systems } from "./systems";
import { findingsOf, leadingClaim, openText, pictureNote, summaryOf, wholeName } from "./verdicts";

/** Between these comments the repository's front page has the table. */
const [BEGIN, END] = ["<!-- systems -->", "<!-- /systems -->"];

/** Where a system's picture is, from the root of the repository. */
export const pictureOf = ({ study }: System): string => `docs/pictures/${study}.svg`;

const inHtml = (text: string): string => text.replaceAll("<", "&lt;");

function rowOf(system: System): string {
  const { name, study, paper, authors, arxiv, use, countBefore } = system;
  const findings = findingsOf(study);
  const claim = leadingClaim(findings);
  const { says } = deedOf(study);
  const before = countBefore ? ` (before the claims were restated: ${countBefore})` : "";
  return [
    `<tr><td><b><a href="packages/${system.package}/README.md">${name}</a></b><br><a href="https://arxiv.org/abs/${arxiv}">${paper}</a>, ${authors}</td>`,
    `<td>${use}<br><code>deepgrain compare ${study}</code></td>`,
    `<td><img src="${pictureOf(system)}" width="${WIDTH}" alt="${says}"><br><sub>${says} <b>Re-run</b>: ${wholeName(claim.higher.measure)}; ${inHtml(pictureNote(claim))}</sub></td>`,
    `<td><a href="apps/studies/${study}/README.md">${summaryOf(findings)}</a>${before}<br><sub>${openText(findings)}</sub></td></tr>`,
  ].join("\n");
}

/** The ten systems as the front page shows them: paper, use and command, a picture of what it does with the first result, all outcomes. */
export const frontTable = (): string =>
  [
    "<table>",
    "<tr><th>System and paper</th><th>What for</th><th>What it does, and its first result, re-run</th><th>All its claims</th></tr>",
    ...systems.map(rowOf),
    "</table>",
  ].join("\n");

/** The front page with its table as it has to be. */
export function withTable(page: string): string {
  const [before, rest = ""] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n${frontTable()}\n${after}`;
}
