import type { RequestContext, Service } from "../endpoints/context";
import type { Refusal } from "../http/refusal";

/** Answers a path. @param name what stands at the place of `:name` in the path, else empty */
export type Answer = (
  service: Service,
  context: RequestContext,
  name: string,
) => Response | Promise<Response>;

/** An API that the handler speaks: what answers its paths, and the form of its errors. */
export interface Door<P extends string = string> {
  readonly answers: Readonly<Record<P, Answer>>;
  /** The body that this API gives an error. */
  errorBody(refusal: Refusal): object;
}

/** Where a door is. */
export interface DoorPlace<P extends string = string> {
  /** The API, as refusals name it. */
  readonly api: string;
  /** Its paths are this one and those below it; of two places that fit a path it is the longer one's. */
  readonly path: string;
  /** The paths that are answered, each by one method. */
  readonly routes: Readonly<Record<P, "GET" | "POST">>;
  /** Loads its module. */
  open(): Promise<Door<P>>;
}
