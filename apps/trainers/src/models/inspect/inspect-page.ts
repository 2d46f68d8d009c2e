import { type Html, html, matrix, page, section, signed, table, whole } from "@deepgrain/lab";
import { heatMap, type LayerRows } from "../../report/heat-map";
import { bytes, nats, percent } from "../../report/numbers";
import type { ModelDescription } from "./describe-model";
import { type DomainUse, overlapsOf } from "./inspect-domains";
import type { ExpertsByLayer } from "./switched-off";

/** What the page shows. */
export interface Inspection {
  name: string;
  model: ModelDescription;
  domains: readonly DomainUse[];
  off: ExpertsByLayer;
}

function counts({ model }: Inspection): Html {
  const { parameters, flops } = model;
  const { total, activated, ...parts } = parameters;
  const body = Object.entries(parts).map(([part, count]) => [
    part,
    whole(count),
    percent(count / total),
  ]);
  return html`${table(["part", "parameters", "share"], body)}
<p>${whole(total)} parameters, of which a token passes ${whole(activated)} (${percent(activated / total)}).
A token of a sequence of ${flops.sequenceLength} costs ${whole(flops.forward)} floating-point operations forward and
${whole(flops.training)} in training. Weights take ${bytes(model.bytes.weights)} in float32, a training step about
${bytes(model.bytes.trainingStep)}.</p>`;
}

const sharesOf = ({ layers }: DomainUse): LayerRows =>
  Object.fromEntries(Object.entries(layers).map(([layer, { shares }]) => [layer, shares]));

function maps({ domains, off }: Inspection): Html {
  const most = Math.max(...domains.flatMap((use) => Object.values(sharesOf(use)).flat()));
  return html`${domains.map((use) => {
    const layers = Object.values(use.layers);
    const busiest = layers.reduce((sum, { busiestQuarter }) => sum + busiestQuarter, 0);
    const dead = layers.reduce((sum, own) => sum + own.dead.length, 0);
    const change =
      use.lossWithout === undefined
        ? ""
        : ` Without the experts switched off its loss is ${nats(use.lossWithout)} (${signed(use.lossWithout - use.loss)}).`;
    return heatMap(`Share of the choices of ${use.name} by layer and expert`, sharesOf(use), {
      most,
      caption: `${use.name}: ${whole(use.tokens)} tokens, loss ${nats(use.loss)} nats per token. The busiest quarter of the experts gets ${percent(busiest / layers.length)} of the choices; ${dead} experts got none.${change}`,
    });
  })}
${
  off.size > 0 &&
  html`<p class="meta">Switched off: ${[...off].map(([layer, experts]) => `layer ${layer}, experts ${experts.join(", ")}`).join("; ")}.
Tokens choose among the others.</p>`
}`;
}

function overlap({ domains, model }: Inspection): Html | false {
  if (domains.length < 2) return false;
  const names = domains.map(({ name }) => name);
  const values = overlapsOf(domains, model.topK);
  return matrix({
    label: "Best experts that two texts share",
    caption: `How many of the ${model.topK} busiest experts of a layer two texts share, mean over layers. By chance it would be ${((model.topK * model.topK) / model.experts).toFixed(1)}.`,
    ...{ rows: names, columns: names, max: model.topK, format: (x: number) => x.toFixed(1) },
    values,
  });
}

/** What a mixture consists of and how texts use its experts, as one HTML page. */
export function inspectPage(inspection: Inspection): string {
  const { name, model, domains } = inspection;
  const hasDomains = domains.length > 0;
  const own = overlap(inspection);
  return page({
    title: `The experts of ${name}`,
    meta: `Deepgrain · ${model.family} · ${model.layers} layers, ${model.mixtures} with experts`,
    lead: `${model.experts} routed experts per layer, of which a token passes ${model.topK}, and ${model.shared} shared.`,
    sections: [
      section("Parameters, operations, memory", counts(inspection)),
      hasDomains && section("Which experts does a text use?", maps(inspection)),
      own && section("Do texts share experts?", own),
    ],
  });
}
