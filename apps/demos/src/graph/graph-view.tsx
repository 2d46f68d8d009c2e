import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { moveLabel, touch } from "./actions";
import { GraphPicture } from "./graph-picture";
import type { SigmaDrawing } from "./sigma-drawing";
import { picked, problems, shown } from "./state";

/** The graph: a picture until it is touched, then sigma's drawing. */
export function GraphView() {
  const graph = shown.graph.value!;
  const weighing = shown.weighing.value!;
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<SigmaDrawing | null>(null);
  const isTouched = useSignal(false);
  const isDrawn = useSignal(false);
  const end = () => {
    drawing.current?.dispose();
    drawing.current = null;
    isDrawn.value = false;
  };
  useEffect(() => {
    if (!isTouched.value) return undefined;
    let isCurrent = true;
    const lose = () => {
      end();
      isTouched.value = false;
      problems.labels.value = [
        "The drawing needs WebGL, which this page has not or has lost; move labels in the table.",
      ];
    };
    import("./sigma-drawing")
      .then(({ drawWithSigma }) => {
        if (!isCurrent) return;
        const now = { graph, weighing: shown.weighing.value!, picked: picked.value };
        drawing.current = drawWithSigma(place.current!, now, { touch, drop: moveLabel, lose });
        isDrawn.value = true;
      })
      .catch(lose);
    return () => {
      isCurrent = false;
      end();
    };
  }, [graph, isTouched.value]);
  const from = picked.value;
  const isDark = useSignal(false);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => {
      isDark.value = query.matches;
    };
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  useEffect(
    () => drawing.current?.show({ graph, weighing, picked: from }),
    [weighing, from, isDark.value],
  );
  return (
    <div
      class={isDrawn.value ? "graph-view drawn" : "graph-view"}
      onPointerEnter={() => {
        isTouched.value = true;
      }}
    >
      <GraphPicture graph={graph} weighing={weighing} picked={from} />
      <div class="sigma" ref={place} aria-hidden="true" />
    </div>
  );
}
