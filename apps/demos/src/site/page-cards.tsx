import { LossPicture } from "../mixture/loss-picture";
import type { RecordedMixture } from "../mixture/recorded";
import { LawPicture } from "../scaling/loss-picture";
import type { RecordedScaling } from "../scaling/recorded";
import { readRecorded } from "./read-recorded";

/** The pages as pictures, each of what it shows at first. */
export function PageCards() {
  const mixture = readRecorded<RecordedMixture>("mixture");
  return (
    <ul class="cards">
      <li>
        <a href="./mixture.html">
          <LossPicture curve={mixture.curve} />
          <span class="name">Mixture</span>
          <span>
            Many small experts beside few large ones, at equal size and cost. Switch one off and see
            what is lost.
          </span>
        </a>
      </li>
      <li>
        <a href="./scaling.html">
          <LawPicture look={readRecorded<RecordedScaling>("scaling").look} />
          <span class="name">Scaling</span>
          <span>
            Laws through small trainings plan a large one. Hide the largest runs and see them
            foretold.
          </span>
        </a>
      </li>
    </ul>
  );
}
