import { meanConcentration, overlapMatrix, type TextUse } from "@deepgrain/esft";
import { type Html, heatMap, html, page, section, table } from "@deepgrain/lab";
import type { ModelDescription } from "@deepgrain/lm";
import type { ParameterCount } from "@deepgrain/moe";
import {
  concentrationChart,
  overlapChart,
  sharedByChance,
} from "@deepgrain/studies/shared/expert-charts";
import { type LayerRows, layersOf } from "@deepgrain/studies/shared/layer-rows";
import { bytes, nats, percent } from "@deepgrain/studies/shared/numbers";
import { listed } from "@deepgrain/studies/shared/outcome-text";
import { grid, signed, whole } from "@deepgrain/support/pages";

/** Experts by the number of their layer. */
type ExpertsByLayer = ReadonlyMap<number, readonly number[]>;

/** The content of the page. */
export interface Inspection {
  name: string;
  model: ModelDescription;
  domains: readonly TextUse[];
  off: ExpertsByLayer;
}

/** How many of the `topK` best experts of a layer two texts share, mean over layers: a row per text. */
export const overlapsOf = (uses: readonly TextUse[], topK: number): number[][] =>
  overlapMatrix(new Map(uses.map((use, i) => [String(i), layersOf(sharesOf(use))])), topK).overlap;

const partNames: Readonly<Record<Exclude<keyof ParameterCount, "total" | "activated">, string>> = {
  embeddings: "embeddings",
  attention: "attention",
  norms: "norms",
  routers: "routers",
  routedExperts: "routed experts",
  sharedExperts: "shared experts",
  dense: "dense feed-forward networks",
};

/** A share in percent, with as many decimals in all rows. */
const share = (x: number): string => `${(100 * x).toFixed(1)}\u00a0%`;

function counts({ model }: Inspection): Html {
  const { parameters, flops } = model;
  const { total, activated, ...parts } = parameters;
  const body = Object.entries(parts).map(([part, count]) => [
    partNames[part as keyof typeof parts],
    whole(count),
    share(count / total),
  ]);
  return html`${table(["part", "parameters", "share"], body)}
<p>${whole(total)} parameters, of which a token uses ${whole(activated)} (${share(activated / total)}).
A token of a sequence of ${flops.sequenceLength} tokens costs ${whole(flops.forward)} floating-point operations forward and
${whole(flops.training)} in training. Weights take ${bytes(model.bytes.weights)} in float32, a training step about
${bytes(model.bytes.trainingStep)}.</p>`;
}

const sharesOf = ({ layers }: TextUse): LayerRows =>
  Object.fromEntries(Object.entries(layers).map(([layer, { shares }]) => [layer, shares]));

/** Mean share of the choices that the busiest quarter of a layer's experts gets. */
function busiestQuarter({ layers }: TextUse): number {
  const shares = Object.values(layers).map((own) => own.busiestQuarter);
  return shares.reduce((sum, own) => sum + own, 0) / shares.length;
}

/** The experts that were switched off, in words. */
const offText = (off: ExpertsByLayer): string =>
  listed(
    [...off].map(
      ([layer, experts]) =>
        `${experts.length === 1 ? "expert" : "experts"} ${listed(experts.map(String))} of layer ${layer}`,
    ),
  );

function captionOf(use: TextUse, off: ExpertsByLayer): string {
  const dead = Object.values(use.layers).reduce((sum, own) => sum + own.dead.length, 0);
  const used =
    dead === 0
      ? "every expert was used"
      : `${dead} ${dead === 1 ? "expert was" : "experts were"} never chosen`;
  const change =
    use.lossWithout === undefined
      ? ""
      : ` With ${offText(off)} switched off, the loss is ${nats(use.lossWithout)} (${signed(use.lossWithout - use.loss)}).`;
  return `${use.name}: ${whole(use.tokens)} tokens, loss ${nats(use.loss)} nats per token.${change} The busiest quarter of the experts gets ${share(busiestQuarter(use))} of the choices; ${used}.`;
}

function maps({ domains, off }: Inspection): Html {
  const most = Math.max(...domains.flatMap((use) => Object.values(sharesOf(use)).flat()));
  const switched =
    off.size > 0 &&
    html`<p>Each text was also read with ${offText(off)} switched off: tokens then choose among the others.</p>`;
  return html`${switched}${grid(
    domains.map((use) =>
      heatMap(sharesOf(use), {
        label: `Share of the choices of ${use.name} by layer and expert`,
        names: { row: "layer", column: "expert" },
        format: percent,
        most,
        caption: captionOf(use, off),
      }),
    ),
  )}`;
}

/** The result in a sentence: how concentrated the use of experts is, or what there is to use where no text was read. */
function lead({ domains, model }: Inspection): string {
  if (domains.length === 0)
    return `${model.experts} routed experts per layer, of which a token uses ${model.topK}, and ${model.shared} shared.`;
  const mean = domains.reduce((sum, use) => sum + busiestQuarter(use), 0) / domains.length;
  const even = share(Math.max(1, Math.round(model.experts / 4)) / model.experts);
  return `The busiest quarter of the experts gets ${share(mean)} of the choices, mean over texts; evenly it would be ${even}.`;
}

/** How many of the busiest experts texts share, and how busy those are with each. */
function summary({ domains, model }: Inspection): Html | false {
  if (domains.length === 0) return false;
  const quarters = domains.map(
    (use) => `${share(busiestQuarter(use))} of the choices of ${use.name}`,
  );
  const values = overlapsOf(domains, model.topK);
  const pairs = values.flatMap((row, i) => row.filter((_, j) => j < i));
  const mean = pairs.reduce((sum, own) => sum + own, 0) / pairs.length;
  const chance = sharedByChance(model.topK, model.experts);
  const shared =
    pairs.length > 0 &&
    ` Two texts share ${mean.toFixed(1)} of the ${model.topK} busiest experts of a layer on average, ${chance} by chance.`;
  return html`<p>${model.experts} routed experts per layer, of which a token uses ${model.topK}, and ${model.shared} shared. The busiest quarter
of the experts gets ${listed(quarters)}.${shared}</p>`;
}

/** How few experts do most of the work, a curve per text. */
function picture({ domains }: Inspection): Html | false {
  return (
    domains.length > 0 &&
    concentrationChart(
      domains.map((use) => ({
        name: use.name,
        shares: meanConcentration(layersOf(sharesOf(use))),
      })),
      "Experts of a layer ordered by how busy they are with a text, mean over layers.",
    )
  );
}

function overlap({ domains, model }: Inspection): Html | false {
  if (domains.length < 2) return false;
  const names = domains.map(({ name }) => name);
  return overlapChart(names, overlapsOf(domains, model.topK), {
    topK: model.topK,
    caption: `How many of the ${model.topK} busiest experts of a layer two texts share, mean over layers. By chance it would be ${sharedByChance(model.topK, model.experts)}.`,
  });
}

/** An HTML page that shows the parts of a mixture and how texts use its experts. */
export function inspectPage(inspection: Inspection): string {
  const { name, model, domains } = inspection;
  const hasDomains = domains.length > 0;
  const own = overlap(inspection);
  return page({
    title: `The experts of ${name}`,
    meta: `Deepgrain · ${model.family} · ${model.layers} layers, ${model.mixtures} with experts`,
    lead: lead(inspection),
    picture: picture(inspection),
    sections: [
      summary(inspection),
      section("Parts and costs of the model", counts(inspection)),
      hasDomains && section("Which experts does a text use?", maps(inspection)),
      own && section("Do texts share experts?", own),
    ],
  });
}
