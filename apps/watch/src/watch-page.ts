import { Html, html, inlineScript, page } from "@deepgrain/support/pages";
import { pageScript } from "./page-script";

/** Added to the reports' style sheet: small charts side by side. */
const style = `
body { max-width: 88rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0 1.5rem; align-items: start; }
.charts figure { min-width: 0; margin: .5rem 0; } .charts svg [aria-label="y-axis label"] { font-weight: 650; font-size: 1.1em; }
.charts .chart-wide { display: none; } .charts .chart-narrow { display: block; }
.charts figure svg { width: 100%; }
.charts .scroll, .scroll { left: 0; transform: none; max-width: 100%; width: auto; min-width: 0; }
.charts .scroll { max-height: 16rem; overflow-y: auto; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 0 2rem; align-items: start; } .maps > * { min-width: 0; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; }
.samples h3 { font-weight: 400; font-size: .85rem; color: var(--muted); }
.samples b { font-weight: 650; }
small { display: block; color: var(--muted); } section:first-child { margin-top: 2rem; }
`;

/** The page, which fills itself from the server's events. */
export const watchPage = (): string =>
  page({
    title: "Training runs",
    meta: html`<span id="state" role="status">Connecting …</span>`,
    sections: [
      html`<style>${new Html(style)}</style><div id="sections"></div><noscript>This page needs JavaScript.</noscript><script>${inlineScript(pageScript)}</script>`,
    ],
    isLive: true,
  });
