import { describeErrors } from "@deepgrain/vitest/error-shape";
import * as api from "../src";

describeErrors(new URL("../", import.meta.url), api);
