import { describeChromium } from "@deepgrain/vitest/describe-chromium";

describeChromium(new URL("./conformance", import.meta.url));
