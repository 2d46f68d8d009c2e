/** @file A process that annotates until it is done or killed: `journal <path> <count>` or `worker <port> <count>`. */
import { annotate } from "../../src/annotate/annotate";
import { completeSettings, settingsRecord } from "../../src/annotate/annotation-options";
import { openJournal } from "../../src/annotate/journal";
import { createAnnotationWorker } from "../../src/bullmq/annotation-worker";
import { annotationWorld, worldSettings } from "./annotation-world";

const [mode, place, count] = process.argv.slice(2) as [string, string, string];
const { solutions, completer } = await annotationWorld(Number(count), 4);

if (mode === "journal") {
  const journal = await openJournal(place, settingsRecord(completeSettings(worldSettings)));
  for await (const event of annotate(solutions, { ...worldSettings, completer, store: journal }))
    if (event.type === "annotate-end") console.log(JSON.stringify(event));
  await journal.close();
} else {
  const connection = { host: "127.0.0.1", port: Number(place), maxRetriesPerRequest: null };
  createAnnotationWorker({ connection, completer, lockMs: 400, stalledIntervalMs: 200 });
  console.log("ready");
}
