import { describeChromium } from "@deepgrain/vitest/describe-chromium";

describeChromium(new URL("./plain", import.meta.url));
