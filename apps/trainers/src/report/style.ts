/** The report's style sheet. Fonts are the system's, colours follow the reader's light or dark scheme. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfa; --card: #f2f2ee; --line: #dcdcd5; --text: #1d1f21; --muted: #6b6e70;
  --first: #2459a9; --second: #c2410c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15171a; --card: #1e2125; --line: #33373c; --text: #e6e6e3; --muted: #989c9f;
    --first: #7ab0ff; --second: #ff9f5a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 3rem 1.25rem 5rem; max-width: 46rem;
  font: 17px/1.6 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  background: var(--page); color: var(--text);
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em; text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 3.5rem 0 .75rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .75rem 0; }
.lead, .meta, figcaption, th, dt { color: var(--muted); }
.meta { font-size: .85rem; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 2rem 0; }
dl.tiles div { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; }
dl.tiles dt { font-size: .8rem; line-height: 1.35; }
dl.tiles dd { margin: .15rem 0 0; font-size: 1.35rem; line-height: 1.3; font-weight: 650; letter-spacing: -.02em; }
dl.tiles dd small { display: block; margin-top: .2rem; font-size: .8rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
figure { margin: 1.5rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: .85rem; line-height: 1.45; margin-top: .5rem; }
.key { display: inline-block; width: .75em; height: .75em; border-radius: 50%; margin-right: .35em; }
.key.first { background: var(--first); } .key.second { background: var(--second); } .key.third { background: var(--muted); }
.scroll { overflow-x: auto; }
.wide { margin-inline: min(0px, (100% - min(100vw - 3rem, 74rem)) / 2); }
.wide th, .wide td { white-space: nowrap; } .wide .words { white-space: normal; min-width: 10rem; text-align: left; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .5rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; }
th:first-child, td:first-child, table.words th, table.words td { text-align: left; }
td.best { font-weight: 650; }
blockquote { margin: .75rem 0; padding: .1rem 0 .1rem 1rem; border-left: 3px solid var(--line); }
blockquote p { font-family: ui-serif, Georgia, serif; white-space: pre-line; overflow-wrap: anywhere; margin: .25rem 0; }
pre { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; overflow-x: auto; font-size: .82rem; line-height: 1.5; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--muted); }
@media print { body { max-width: none; padding: 0; } }
`;
