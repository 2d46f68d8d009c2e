import { useEffect } from "preact/hooks";
import { Choice, Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { cut, look, openAnchors, renew, save } from "./actions";
import { ModelView } from "./model-view";
import { type End, LAYERS, modelNames, PROMPTS, type Target } from "./names";
import type { RecordedAnchors } from "./recorded";
import { address, doing, isLive, problems, shown, showRecorded } from "./state";

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
        onChange={(choice) => cut({ target: choice })}
      />
      <Choice
        id="where"
        name="in the"
        value={where}
        choices={endNames}
        onChange={(choice) => cut({ where: choice })}
      />
      <Slider
        id="layers"
        name="layers"
        said={layers === 0 ? "none" : `${layers} of ${LAYERS}`}
        value={layers}
        range={[0, LAYERS, 1]}
        onChange={(value) => cut({ layers: value })}
      />
    </div>
  );
}

function Prompt() {
  const { tokens, answer } = shown.example.value;
  return (
    <section aria-labelledby="prompt">
      <h2 id="prompt">One of the {PROMPTS} prompts</h2>
      <p class="prompt">
        {tokens.map(([name, kind], i) => (
          <span key={i} class={kind}>
            {name}{" "}
          </span>
        ))}
        <span class="muted">{answer}</span>
      </p>
      <p class="hint">
        Words of a topic, a sign, the topic’s label; at last words of one of these topics. Which
        label stands for which topic is new in each prompt, so it can only be learned from the
        prompt. A word that is cut off sees no word before it.
      </p>
    </section>
  );
}

/** Two models whose words are cut off from each other, layer by layer. */
export function Anchors({ recorded }: { recorded: RecordedAnchors }) {
  if (!shown.looks.value) showRecorded(recorded);
  useEffect(() => openAnchors(recorded), []);
  return (
    <>
      <section aria-label="The two models">
        <Controls />
        <div class="columns">
          {modelNames.map((model) => (
            <ModelView key={model} model={model} />
          ))}
        </div>
        <p class="hint flows">
          Flow per layer: <span class="wp">into label words</span>,{" "}
          <span class="pq">from label words into the answer</span>, <span class="ww">the rest</span>
          . Layers that are cut are struck through; the flow is that of the whole model.
        </p>
        <div class="below">
          <p class="status" role="status">
            {doing.value}
          </p>
          <RunButtons replay={() => void look()} renew={renew} save={save} fresh="New prompts" />
        </div>
        <Problems messages={problems.value} />
        {!isLive.value && (
          <p class="hint">
            <RecordedTag /> {PROMPTS} prompts at seed {recorded.seed}. Change a cut, and both models
            are asked here.
          </p>
        )}
      </section>
      <Prompt />
    </>
  );
}
