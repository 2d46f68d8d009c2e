import { Html, html } from "../../report/html";
import { style } from "../../report/style";
import type { ReportInput } from "./report-input";
import { closing } from "./sections/closing";
import { comparison } from "./sections/comparison";
import { expertLoad } from "./sections/expert-load";
import { overview } from "./sections/overview";
import { pretraining } from "./sections/pretraining";
import { routing } from "./sections/routing";

/** The report of a run as one HTML page that needs nothing else: no scripts, no requests. */
export function renderReport(input: ReportInput): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${input.name} · Deepgrain</title>
<style>${new Html(style)}</style>
</head>
<body>
${overview(input)}
<main>
${pretraining(input)}
${expertLoad(input)}
${routing(input)}
${comparison(input)}
${closing(input)}
</main>
</body>
</html>
`.text;
}
