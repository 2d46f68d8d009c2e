import { chromium } from "playwright";

const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const [pages, widths, schemes] = [
  process.argv[2].split(","),
  process.argv[3].split(",").map(Number),
  process.argv[4].split(","),
];
for (const c of schemes)
  for (const w of widths) {
    const x = await b.newContext({ viewport: { width: w, height: 900 }, colorScheme: c });
    for (const p of pages) {
      const t = await x.newPage();
      t.on("console", (m) => console.log(p, w, m.text()));
      t.on("pageerror", (e) => console.log(p, "ERR", e.stack));
      await t.goto(`http://127.0.0.1:4599/a/base/path/${p}.html${process.argv[5] ?? ""}`);
      await t.waitForTimeout(600);
      console.log(
        p,
        w,
        c,
        "overflow",
        await t.evaluate("document.documentElement.scrollWidth-innerWidth"),
      );
      await t.screenshot({ path: `/tmp/play/${p}-${w}-${c}.png`, fullPage: true });
      await t.close();
    }
    await x.close();
  }
await b.close();
