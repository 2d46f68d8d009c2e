import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { look, move, openAnchors, renew, save, stop } from "./actions";
import { ModelFlow, ModelView } from "./model-view";
import { type End, LAYERS, modelNames, PROMPTS, type Target } from "./names";
import { PromptView } from "./prompt-view";
import type { RecordedAnchors } from "./recorded";
import { address, doing, isCurrent, isLive, moved, problems, shown, showRecorded } from "./state";

const targetNames: Record<Target, string> = {
  labels: "label words",
  random: "as many random words",
};
const endNames: Record<End, string> = { first: "first", last: "last" };

function Controls() {
  const { target, where, layers } = address.state.value;
  return (
    <div class="panel">
      <Choice
        id="target"
        name="Cut off"
        value={target}
        choices={targetNames}
        onChange={(choice) => move({ target: choice })}
      />
      <Choice
        id="where"
        name="in the"
        value={where}
        choices={endNames}
        onChange={(choice) => move({ where: choice })}
      />
      <Slider
        id="layers"
        name="layers"
        said={layers === 0 ? "none" : `${layers} of ${LAYERS}`}
        value={layers}
        range={[0, LAYERS, 1]}
        onChange={(value) => move({ layers: value })}
      />
    </div>
  );
}

/** Two models whose words are cut off from each other, layer by layer, on many prompts and on one. */
export function Anchors({ recorded }: { recorded: RecordedAnchors }) {
  if (!shown.value) showRecorded(recorded);
  useEffect(() => openAnchors(recorded), []);
  return (
    <section aria-label="The two models">
      <Controls />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value}
        moved={moved.value?.part === "cut" ? moved.value.text : ""}
        stop={stop}
        note={
          !isLive.value && (
            <>
              <RecordedTag /> {PROMPTS} prompts at seed {shown.value!.of.seed}
            </>
          )
        }
      >
        <div id="models-part" class="columns">
          {modelNames.map((model) => (
            <ModelView key={model} model={model} />
          ))}
        </div>
        <div class="columns flows-part">
          {modelNames.map((model) => (
            <ModelFlow key={model} model={model} />
          ))}
        </div>
        <p class="hint flows">
          Flow per layer and pair of words, over the {PROMPTS} prompts:{" "}
          <span class="wp">into label words</span>,{" "}
          <span class="pq">from label words into the answer</span>, <span class="ww">the rest</span>
          . Layers that are cut are struck through; the flow is that of the whole model.
        </p>
        <div class="below">
          <RunButtons
            replay={() => void look(true)}
            renew={renew}
            save={save}
            fresh="New prompts"
          />
        </div>
        <PromptView />
      </Outcome>
      <Problems messages={problems.run.value} />
    </section>
  );
}
