/** FunctionGraph's notation of values that all its answers have: times, and the URNs of flows. */
import type { Workflow } from "../../executions/record";
import type { EmulatorState } from "../../cloud/state";

/** `yyyy-MM-ddTHH:mm:ssZ`. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** `urn:fss:{region}:{project}:workflow:default:{name}:latest`. */
export function flowUrn(state: EmulatorState, { projectId, script }: Workflow): string {
  return ["urn:fss", regionOf(state, projectId), projectId, "workflow:default", script.name, "latest"].join(
    ":",
  );
}

/** The URN of a function of the same project, for flows that have been scripted and not defined. */
export function functionUrn(state: EmulatorState, projectId: string, name: string): string {
  return ["urn:fss", regionOf(state, projectId), projectId, "function:default", name, "latest"].join(":");
}

function regionOf(state: EmulatorState, projectId: string): string {
  for (const { projects } of state.accounts.accounts) {
    const project = projects.find(({ id }) => id === projectId);
    // A project is named after its region, a sub-project `region_name`.
    if (project) return project.name.split("_")[0] ?? project.name;
  }
  return "cn-north-4";
}
