/** @file The page of a proof: a table of all cells, and what failed or was not available, each reason once. */

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const marks = { ran: "ran", failed: "FAILED", "not available": "–" };

/** Cells that did not run, by outcome and reason. */
export function reasons(cells, outcome) {
  const grouped = new Map();
  for (const cell of cells.filter((each) => each.outcome === outcome)) {
    const places = grouped.get(cell.reason) ?? [];
    grouped.set(cell.reason, [...places, `${cell.package}: ${cell.check}`]);
  }
  return [...grouped].map(([reason, places]) => ({ reason, places }));
}

const list = (cells, outcome) =>
  reasons(cells, outcome)
    .map(
      ({ reason, places }) =>
        `<details><summary>${places.length} × ${escaped(reason.split("\n")[0])}</summary><p>${escaped(places.join("; "))}</p><pre>${escaped(reason)}</pre></details>`,
    )
    .join("\n");

function row({ package: name, cells }) {
  const columns = cells.map(
    ({ outcome, reason, value }) =>
      `<td title="${escaped(reason ?? (value === undefined ? "" : JSON.stringify(value)))}">${marks[outcome]}</td>`,
  );
  return `<tr><th>${escaped(name)}</th>${columns.join("")}</tr>`;
}

/** @param proof as `prove` returns it @returns HTML that requests nothing */
export function proofPage(proof) {
  const { packages, checks, cells, processorSeconds } = proof;
  const count = (outcome) => cells.filter((cell) => cell.outcome === outcome).length;
  const head = checks.map((check) => `<th>${escaped(check)}</th>`).join("");
  const rows = packages.map((name) =>
    row({ package: name, cells: cells.filter((cell) => cell.package === name) }),
  );
  const costs = Object.entries(processorSeconds).map(
    ([check, seconds]) => `<tr><th>${escaped(check)}</th><td>${seconds.toFixed(1)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Proof of the packages</title>
<style>body{font:14px system-ui;margin:2rem}td,th{border:1px solid #ccc;padding:2px 6px;text-align:left}table{border-collapse:collapse}thead th{writing-mode:vertical-rl}</style>
</head>
<body>
<h1>Proof of the packages</h1>
<p>${packages.length} packages, ${checks.length} checks: ${count("ran")} ran, ${count("failed")} failed, ${count("not available")} not available.</p>
<table><thead><tr><th></th>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table>
<h2>Failed</h2>
${list(cells, "failed")}
<h2>Not available</h2>
${list(cells, "not available")}
<h2>Seconds of processor time</h2>
<table>${costs.join("")}</table>
</body>
</html>
`;
}
