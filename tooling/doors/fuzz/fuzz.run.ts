import { expect, it } from "vitest";
import { keepInput } from "../src/corpus";
import { fuzzDoor } from "../src/fuzz";
import { generators } from "../src/generators";
import { countBlocks } from "../src/work";

/** What the command line asks for; see fuzz.mjs. */
const { seconds, tries, seed, door, corpus } = JSON.parse(process.env.DEEPGRAIN_FUZZ!) as {
  seconds: number;
  tries: number | null;
  seed: number;
  door: string | null;
  corpus: string;
};

/** Tries of a door whose growing inputs take its share of the time. */
const leastTries = 50;

it("finds no input that a door fails on", async () => {
  const chosen = generators.filter((generator) => door === null || generator.door === door);
  const counter = await countBlocks();
  let findings = 0;
  for (const [i, generator] of chosen.entries()) {
    const share = (1000 * seconds) / chosen.length;
    const end = performance.now() + share;
    const report = await fuzzDoor(generator, {
      seed,
      counter,
      goesOn: (done) => done < (tries ?? leastTries) || (tries === null && performance.now() < end),
      onFinding: (of, { problem, input }) => {
        const kept = input === undefined ? "" : `, kept as ${keepInput(corpus, of, input)}`;
        console.log(`${of.door}: finding${kept}\n${problem}`);
      },
    });
    findings += report.findings.length;
    const counts = `${report.tries} tries, ${report.blocks} blocks, ${report.findings.length} findings`;
    console.log(`${i + 1}/${chosen.length} ${generator.door}: ${counts}`);
  }
  await counter.stop();
  expect(findings).toBe(0);
});
