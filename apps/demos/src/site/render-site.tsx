import { inlineJson, style } from "@deepgrain/support/pages";
import type { VNode } from "preact";
import renderToString from "preact-render-to-string";
import type { RecordedSentence } from "../landing/recorded";
import { lossChart } from "../mixture/loss-chart";
import type { MixtureProps } from "../mixture/mixture";
import { sizeOf } from "../mixture/pair";
import type { RecordedMixture } from "../mixture/recorded";
import type { RecordedScaling } from "../scaling/recorded";
import type { ScalingProps } from "../scaling/scaling";
import { type PageId, pages } from "./document";
import { stylesToClasses } from "./inline-styles";
import { LandingBody } from "./landing-body";
import { MixtureBody } from "./mixture-body";
import { policyOf } from "./policy";
import { readCode, readRecorded } from "./read-recorded";
import { ScalingBody } from "./scaling-body";

/** A page as it is put into its HTML file. */
export interface RenderedPage {
  title: string;
  policy: string;
  body: string;
}

/** The pages and their style: that of reports, and of what is drawn at build time. */
export interface RenderedSite {
  pages: Record<PageId, RenderedPage>;
  css: string;
}

/** 3 · hidden size · width. */
const EXPERT_WEIGHTS = 3 * 48 * 24;

async function bodies(): Promise<Record<PageId, { body: VNode; builtIn: unknown }>> {
  const sentence = readRecorded<RecordedSentence>("landing");
  const recorded = readRecorded<RecordedMixture>("mixture");
  const weights = { expert: EXPERT_WEIGHTS, all: sizeOf("fine").weights };
  const built: MixtureProps = { recorded, weights };
  const chart = await lossChart(recorded.curve);
  const scaling: ScalingProps = { recorded: readRecorded<RecordedScaling>("scaling") };
  return {
    index: {
      body: <LandingBody recorded={sentence} code={readCode("landing")} />,
      builtIn: sentence,
    },
    mixture: {
      body: <MixtureBody built={built} chart={chart} code={readCode("mixture")} />,
      builtIn: built,
    },
    scaling: {
      body: <ScalingBody built={scaling} code={readCode("scaling")} />,
      builtIn: scaling,
    },
  };
}

/** Draws all pages as they are before a script runs. */
export async function renderSite(): Promise<RenderedSite> {
  const all = await bodies();
  const drawn = pages.map(({ id }) => `<page-${id}>${renderToString(all[id].body)}</page-${id}>`);
  const { markup, css, elements } = stylesToClasses(drawn.join(""));
  const policy = policyOf(elements);
  const page = (id: PageId, title: string): RenderedPage => ({
    title:
      id === "index"
        ? "Deepgrain: ideas about language models that you can move"
        : `${title} · Deepgrain`,
    policy,
    body: `${new RegExp(`<page-${id}>([\\s\\S]*)</page-${id}>`).exec(markup)![1]}
<script type="application/json" id="built-in">${inlineJson(all[id].builtIn).text}</script>`,
  });
  const entries = pages.map(({ id, title }) => [id, page(id, title)] as const);
  return { pages: Object.fromEntries(entries) as RenderedSite["pages"], css: `${style}\n${css}` };
}
