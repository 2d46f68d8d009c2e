import { useEffect } from "preact/hooks";
import { openOwnModel } from "./actions";
import type { RecordedModel } from "./recorded";
import { Keep, Sources } from "./sources";
import { shown, showRecorded } from "./state";
import { WritingSection } from "./writing";

/** A model that writes, where others come from, and how it is kept. */
export function Model({ recorded }: { recorded: RecordedModel }) {
  if (!shown.description.value) showRecorded(recorded);
  useEffect(() => openOwnModel(recorded), []);
  return (
    <>
      <WritingSection />
      <Sources />
      <Keep />
    </>
  );
}
