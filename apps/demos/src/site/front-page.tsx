import type { JudgedClaim } from "@deepgrain/lab";
import { renderToString } from "preact-render-to-string";
import { ClaimPicture } from "./claim-picture";
import { type System, systems } from "./systems";
import { findingsOf, leadingClaim, openText, pictureNote, summaryOf } from "./verdicts";

/** Between these comments the repository's front page has the table. */
const [BEGIN, END] = ["<!-- systems -->", "<!-- /systems -->"];

/** The picture is shown beside other pages' text, so it brings the reports' colours itself. */
const STYLE =
  "text{font:11px ui-sans-serif,system-ui,sans-serif;fill:#1d1f21}.track{stroke:#dcdcd5}.whisker{stroke:currentColor;stroke-width:2}" +
  "circle{fill:currentColor}.side-low{color:#c2410c}.side-high{color:#2459a9}" +
  "@media (prefers-color-scheme:dark){text{fill:#e6e6e3}.track{stroke:#3a3f45}.side-low{color:#ff9f5a}.side-high{color:#7ab0ff}}";

/** A claim's picture as an SVG file. */
export function pictureFile(claim: JudgedClaim): string {
  const [svg] = /<svg[\s\S]*<\/svg>/.exec(renderToString(<ClaimPicture claim={claim} />))!;
  const opened = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="240"');
  return `${opened.replace(">", `><style>${STYLE}</style>`)}\n`;
}

/** Where a system's picture is, from the root of the repository. */
export const pictureOf = ({ study }: System): string => `docs/pictures/${study}.svg`;

const inHtml = (text: string): string => text.replaceAll("<", "&lt;");

function rowOf(system: System): string {
  const { name, study, paper, authors, arxiv, use, countBefore } = system;
  const findings = findingsOf(study);
  const claim = leadingClaim(findings);
  const sides = [claim.lower.subject, claim.higher.subject].join(" and ");
  const before = countBefore ? ` (before the claims were restated: ${countBefore})` : "";
  return [
    `<tr><td><b><a href="packages/${system.package}/README.md">${name}</a></b><br><a href="https://arxiv.org/abs/${arxiv}">${paper}</a>, ${authors}</td>`,
    `<td>${use}<br><code>deepgrain compare ${study}</code></td>`,
    `<td><img src="${pictureOf(system)}" width="240" alt="${claim.higher.measure}: ${sides}"><br><sub>${claim.higher.measure}; ${inHtml(pictureNote(claim))}</sub></td>`,
    `<td><a href="apps/studies/${study}/README.md">${summaryOf(findings)}</a>${before}<br><sub>${openText(findings)}</sub></td></tr>`,
  ].join("\n");
}

/** The ten systems as the front page shows them: paper, use and command, a picture of the first result, all outcomes. */
export const frontTable = (): string =>
  [
    "<table>",
    "<tr><th>System and paper</th><th>What for</th><th>Its first result, re-run</th><th>All its claims</th></tr>",
    ...systems.map(rowOf),
    "</table>",
  ].join("\n");

/** The front page with its table as it has to be. */
export function withTable(page: string): string {
  const [before, rest = ""] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n${frontTable()}\n${after}`;
}
