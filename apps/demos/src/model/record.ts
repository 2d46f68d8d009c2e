import { openAsBlob } from "node:fs";
import { provenanceOf, recordedFile, writeRecorded } from "../record/provenance";
import { initial } from "./limits";
import type { RecordedModel } from "./recorded";
import { createSession } from "./session";
import { shippedSource } from "./source";
import type { Turn } from "./write";

/** Records what the page shows at first: a story by the shipped model. */
export async function main(): Promise<void> {
  const session = createSession((name) => openAsBlob(recordedFile(name)));
  const source = shippedSource("stories");
  const { signal } = new AbortController();
  const { prompt, ...run } = initial;
  const asked: Turn = { role: "user", content: prompt };
  let recorded: RecordedModel | undefined;
  for await (const event of session.open({ source }, signal)) {
    if (event.type !== "opened") continue;
    const { description } = event;
    for await (const { text, tokens, bytes } of session.write(
      { source, turns: [asked], ...run },
      signal,
    ))
      recorded = {
        ...provenanceOf("model"),
        description,
        prompt,
        ...run,
        turns: [asked, { role: "assistant", content: text }],
        written: { tokens, bytes },
      };
  }
  await writeRecorded("model", recorded!);
}
