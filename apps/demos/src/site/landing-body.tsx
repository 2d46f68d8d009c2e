import { codeOf } from "../landing/code";
import { Landing } from "../landing/landing";
import type { RecordedSentence } from "../landing/recorded";
import { Body, type BuiltPage, Panels } from "./document";
import { PageCards } from "./page-cards";
import { readRecorded } from "./read-recorded";
import type { ToldStory } from "./story-list";
import { SystemsTable } from "./systems-table";
import { toldStory } from "./told-stories";

function LandingBody({ recorded, told }: { recorded: RecordedSentence; told: ToldStory }) {
  return (
    <Body
      page="index"
      intro={
        <div class="intro">
          <h1>Play with the ideas behind language models</h1>
          <p class="lead">
            Change a letter: a small mixture of experts learns your sentence in about a second, in
            this page, and goes on writing. Each letter has the colour of the expert that wrote it.
          </p>
        </div>
      }
      story={told}
      live={<Landing recorded={recorded} />}
    >
      <Panels
        code={codeOf()}
        command="npm start   # the same at a larger size: train, specialise, report"
      />
      <section>
        <h2>Pages</h2>
        <PageCards />
      </section>
      <section>
        <h2>Ten papers, re-run</h2>
        <p>
          Each package follows its paper down to the equation. Each claim of an abstract was then
          tested with small models on paired seeds, and what came out is said here, whichever way.
        </p>
        <SystemsTable />
      </section>
    </Body>
  );
}

/** The landing page. */
export function landingPage(): BuiltPage {
  const builtIn = readRecorded<RecordedSentence>("landing");
  const told = toldStory("index");
  return { body: <LandingBody recorded={builtIn} told={told} />, builtIn, story: told };
}
