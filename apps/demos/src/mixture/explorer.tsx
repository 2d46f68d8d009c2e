import { Problems, RecordedTag } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { openElsewhere, stop } from "./actions";
import { ExpertMap, pointedLetter } from "./expert-map";
import { type Kind, kinds } from "./pair-names";
import type { RecordedMixture } from "./recorded";
import { SampleTexts } from "./sample-text";
import { Drops, ShareOff } from "./share-off";
import { doing, isCurrent, isLive, isTrained, moved, pointed, problems, shown } from "./state";

const titles = {
  coarse: { name: "Coarse", what: "8 experts, a letter passes 2" },
  fine: { name: "Fine and shared", what: "31 small experts, a letter passes 7 and a shared one" },
};

/** The place that is pointed at, in words. */
function said(): string {
  const at = pointed.value;
  if (at && "expert" in at)
    return `Underlined: what expert ${at.expert + 1} of layer ${at.layer + 1} had a part in.`;
  const kind = at?.kind;
  const letter = kind && pointedLetter(kind);
  if (!letter?.routes)
    return "Texts follow the grey beginnings. Point at a letter to see its experts; click an expert to switch it off.";
  const layers = letter.routes.map(
    (experts, layer) => `layer ${layer + 1}: ${experts.map((expert) => expert + 1).join(", ")}`,
  );
  return `“${letter.text === "\n" ? "new line" : letter.text}” was written by the experts of ${layers.join("; ")}.`;
}

function Model({ kind }: { kind: Kind }) {
  const probe = shown.probes.value![kind];
  const rise = probe.loss - shown.whole.value![kind].loss;
  const { name, what } = titles[kind];
  return (
    <article class="model" aria-labelledby={`${kind}-name`}>
      <h3 id={`${kind}-name`}>
        <span class={`swatch ${kind}`} />
        {name}
      </h3>
      <p class="muted">{what}</p>
      <p class="number">
        <strong id={`${kind}-loss`}>{probe.loss.toFixed(3)}</strong>{" "}
        <span class="muted">
          nats per letter
          {rise !== 0 && (
            <span class="rise">
              {" "}
              {rise < 0 ? "−" : "+"}
              {Math.abs(rise).toFixed(3)}
            </span>
          )}
        </span>
      </p>
      <ExpertMap kind={kind} probe={probe} />
      <SampleTexts kind={kind} probe={probe} />
      {isTrained.value && (
        <button
          type="button"
          disabled={doing.value !== ""}
          aria-label={`Open the ${kind} one in Your model`}
          onClick={() => void openElsewhere(kind)}
        >
          Open this one in Your model
        </button>
      )}
    </article>
  );
}

/** Both models: loss, loads, texts; experts that can be switched off. */
export function Explorer({ recorded }: { recorded: RecordedMixture }) {
  return (
    <section aria-label="The two models" class="explorer">
      <ShareOff />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value}
        moved={moved.value}
        stop={stop}
        note={
          !isLive.value && (
            <>
              <RecordedTag /> {recorded.steps} steps at seed {recorded.seed}
            </>
          )
        }
      >
        <Drops />
        <div class="columns" id="models-part">
          {kinds.map((kind) => (
            <Model key={kind} kind={kind} />
          ))}
        </div>
      </Outcome>
      <p class="hint said">{said()}</p>
      <Problems messages={problems.experts.value} />
    </section>
  );
}
