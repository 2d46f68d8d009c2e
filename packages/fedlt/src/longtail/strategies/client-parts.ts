import type { ClientPart } from "../local/client-part";
import { climbClient } from "./climb-client";
import { creffClient } from "./creff/client";
import { dittoClient } from "./ditto-client";
import { dpClient } from "./dp-client";
import { logitAdjustmentClient } from "./logit-adjustment-client";
import { moonClient } from "./moon-client";
import { redGrapeClient } from "./redgrape/client";
import { scaffoldClient } from "./scaffold-client";

/** The part of each strategy that runs on clients, by the name that its tasks carry. */
export const clientParts: Readonly<Record<string, ClientPart>> = {
  climb: climbClient,
  creff: creffClient,
  ditto: dittoClient,
  "dp-fed-avg": dpClient,
  "logit-adjustment": logitAdjustmentClient,
  moon: moonClient,
  redgrape: redGrapeClient,
  scaffold: scaffoldClient,
};
