/** The experts that a task trains; the content of `expert_cfg.json`. */
export interface ExpertConfig {
  /** Block number → expert numbers, best first; an empty list trains nothing there. */
  readonly experts: ReadonlyMap<number, readonly number[]>;
  /** Whether shared experts are trained too. */
  readonly sharedExperts: boolean;
  /** Whether everything outside routed and shared experts is trained too, routers included. */
  readonly nonExpertModules: boolean;
}
