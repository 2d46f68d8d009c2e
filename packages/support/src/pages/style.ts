/** The style sheet of all pages. Fonts are the system's, colours follow the reader's light or dark scheme. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fcfcfa; --card: #f2f2ee; --line: #dcdcd5; --text: #1d1f21; --muted: #5f6264; --shade: #0003;
  --series-1: #2459a9; --series-2: #c2410c; --series-3: #1f7a52; --series-4: #946200; --series-5: #7d3fa8; --series-6: #6b7078;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15171a; --card: #1e2125; --line: #3a3f45; --text: #e6e6e3; --muted: #a3a7aa; --shade: #000b;
    --series-1: #7ab0ff; --series-2: #ff9f5a; --series-3: #5fcf9b; --series-4: #d8d85c; --series-5: #c99af0; --series-6: #a6abb3;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1.25rem 5rem; max-width: 48rem; font: 17px/1.6 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: var(--page); color: var(--text); overflow-wrap: break-word; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em; text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 3.5rem 0 .75rem; letter-spacing: -.01em; } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .75rem 0; } a { color: var(--series-1); } header .lead { font-size: 1.2rem; line-height: 1.45; color: var(--text); text-wrap: pretty; }
nav ul { columns: 15rem; column-gap: 2rem; margin: 1.5rem 0; padding: 0; list-style: none; font-size: .9rem; } nav li { break-inside: avoid; padding: .2rem 0; }
.meta, figcaption, th, dt { color: var(--muted); } .meta { font-size: .85rem; }
dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin: 2rem 0; }
dl.tiles div { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; }
dl.tiles dt { font-size: .8rem; line-height: 1.35; }
dl.tiles dd { margin: .15rem 0 0; font-size: 1.35rem; line-height: 1.3; font-weight: 650; letter-spacing: -.02em; }
dl.tiles dd small { display: block; margin-top: .2rem; font-size: .8rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
figure { margin: 1.5rem 0; } figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: .85rem; line-height: 1.45; margin-top: .5rem; }
figcaption > span { display: block; } .legend { color: var(--text); } .key { display: inline-block; margin-right: 1em; }
.key span { display: inline-block; width: .75em; height: .75em; border-radius: 50%; margin-right: .35em; }
.key .dashed { width: 1.3em; height: 0; border-radius: 0; border-top: 2px dashed; vertical-align: middle; background: none; }
.scale { display: block; white-space: nowrap; } .scale i { display: inline-block; width: 6em; height: .8em; margin: 0 .4em; border-radius: 2px; vertical-align: -.05em; background: linear-gradient(to right, color-mix(in srgb, var(--series-1) 4%, transparent), color-mix(in srgb, var(--series-1) var(--end, 55%), transparent)); }
.chart-narrow { display: none; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 1.5rem; } .grid figure { margin: 1rem 0; min-width: 0; } .grid .chart-wide { display: none; } .grid .chart-narrow { display: block; }
.aloud { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--page) 40%, transparent) -2px 0 / 3rem 100% local no-repeat, linear-gradient(to left, var(--page) 40%, transparent) calc(100% + 2px) 0 / 3rem 100% local no-repeat, linear-gradient(to right, var(--shade), transparent) 2px 0 / .9rem 100% scroll no-repeat, linear-gradient(to left, var(--shade), transparent) calc(100% - 2px) 0 / .9rem 100% scroll no-repeat; width: max-content; min-width: 100%; max-width: min(100vw - 3rem, 74rem); margin-block: 1.1rem; position: relative; left: 50%; transform: translateX(-50%); }
table { border-collapse: collapse; min-width: 100%; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .5rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
th { font-weight: 500; } thead th { white-space: normal; min-width: 4.2rem; vertical-align: bottom; } .words { white-space: normal; min-width: 9rem; text-align: left; } .words.tight { min-width: 0; }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--page); white-space: normal; min-width: 10rem; }
tbody th { color: var(--text); } td.best { font-weight: 650; } .good { color: var(--series-3); } .bad { color: var(--series-2); } .open { color: var(--muted); }
td:has(.interval) { white-space: normal; } .interval { display: inline-block; white-space: nowrap; color: var(--muted); } td .who { display: block; white-space: normal; }
.verdict { white-space: nowrap; font-weight: 550; }
dl.terms { font-size: .9rem; line-height: 1.5; margin: 1rem 0; } dl.terms div { margin: .3rem 0; }
dl.terms dt { display: inline; font-weight: 600; color: var(--text); } dl.terms dt::after { content: ": "; } dl.terms dd { display: inline; margin: 0; color: var(--muted); }
blockquote { margin: .75rem 0; padding: .1rem 0 .1rem 1rem; border-left: 3px solid var(--line); }
blockquote p { font-family: ui-serif, Georgia, serif; white-space: pre-line; overflow-wrap: anywhere; margin: .25rem 0; }
pre { background: var(--card); border-radius: .6rem; padding: .9rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .82rem; line-height: 1.5; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; }
.evidence span { border-bottom: 2px solid; } .evidence .for { background: color-mix(in srgb, var(--series-3) var(--share), transparent); border-color: var(--series-3); } .evidence .against { background: color-mix(in srgb, var(--series-2) var(--share), transparent); border-bottom: 2px dotted var(--series-2); }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--muted); font-size: .85rem; }
@media (max-width: 640px) {
  body { padding: 2rem 1rem 4rem; font-size: 16px; }
  h1 { font-size: 1.6rem; }
  .chart-wide { display: none; } .chart-narrow { display: block; }
  .scroll { max-width: 100%; } .words { min-width: 7.5rem; }
  th, td { padding-inline: .35rem; } td { white-space: normal; } thead th { min-width: 0; }
  th:first-child { max-width: 46vw; min-width: 5.5rem; }
  .stacks, .stacks tbody, .stacks tr, .stacks th:first-child, .stacks td { display: block; width: auto; max-width: none; min-width: 0; }
  .stacks thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .stacks tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } .stacks th, .stacks td { border: 0; padding: .12rem 0; }
  .stacks tbody th { position: static; font-weight: 650; }
  .stacks td { display: flow-root; text-align: right; } .stacks td::before { content: attr(data-name); float: left; max-width: 45%; padding-right: .75rem; color: var(--muted); text-align: left; } .stacks td .who { display: inline; }
}
th.short:first-child { white-space: nowrap; min-width: 0; }
@media print { body { max-width: none; padding: 0; } }
`;
