import { describeErrors } from "@deepgrain/vitest/error-shape";
import * as api from "./support/all";

describeErrors(new URL("..", import.meta.url), api);
