import { it } from "vitest";
import { purifySizes } from "../src/papers/fine-purify/recipe";
import { finePurify } from "../src/papers/fine-purify/study";
import { variants } from "../src/papers/fine-purify/variants";

it("runs", async () => {
  const settings = { ...purifySizes[(process.env.SIZE ?? "quick") as "quick"], data: {} , ...(process.env.MORE ? JSON.parse(process.env.MORE):{})};
  const results = new Map<string, unknown>();
  for (const v of variants(settings)) {
    const t = process.cpuUsage();
    const run = finePurify.run(v as never, 1, { settings, signal: new AbortController().signal, artifacts: "/tmp/tmp-study", threads: 1, result: (id: string) => results.get(id) as never });
    let s = await run.next();
    while (!s.done) s = await run.next();
    results.set(v.id, s.value);
    const { user, system } = process.cpuUsage(t);
    const r = s.value as any;
    console.log(v.id, ((user + system) / 1e6).toFixed(1) + "s", "acc", r.acc, "asr", r.asr, "held", r.heldOut, "rho", r.rho, "loss", r.loss, "drift", r.medianDrift, "corr", r.correlation, r.reached, JSON.stringify(r.tried.map((x: any) => [x.rho, +x.heldOut.toFixed(3), +x.asr.toFixed(3)])));
  }
}, 600_000);
