import { createJsBackend } from "../../src/js";
import { describeBackend } from "./suite/describe-backend";

describeBackend("js", createJsBackend);
