import { chromium } from "playwright";

const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const x = await b.newContext({ viewport: { width: 1200, height: 900 } });
const t = await x.newPage();
t.setDefaultTimeout(20000);
t.on("console", (m) => console.log(m.text()));
await t.goto("http://127.0.0.1:4599/a/base/path/index.html");
await t.fill("#sentence", "to be or not to be, that is the question");
await t.locator("#written.done").waitFor();
await t.locator(".chip summary").click();
await t.screenshot({ path: "/tmp/play/use-index.png" });
await t.goto("http://127.0.0.1:4599/a/base/path/mixture.html");
const cell = t.locator(".map.fine .cell").nth(45);
await cell.click();
await t.locator(".rise").waitFor();
await t.locator(".status:empty").waitFor({ state: "attached" });
for (const i of [33, 36]) {
  await t.locator(".map.fine .cell").nth(i).click();
}
await t.locator(".status:empty").waitFor({ state: "attached" });
await t
  .locator(".map.coarse .cell")
  .nth(8 + 6)
  .click();
try {
  await t.locator(".rise").nth(1).waitFor();
} catch (e) {
  console.log(
    "no rise",
    t.url(),
    await t.textContent(".training"),
    await t.textContent("#coarse-loss"),
  );
}
await t.locator(".sample span[data-at]").nth(160).hover();
await t.screenshot({ path: "/tmp/play/use-mixture.png" });
await t.goto("http://127.0.0.1:4599/a/base/path/mixture.html#steps=40");
await t.reload();
await t.waitForTimeout(4000);
await t.screenshot({ path: "/tmp/play/use-training.png", fullPage: true });
await b.close();
