/** The jobs, templates and scripts that every project of the emulator has, for AOM's look-up operations. */
import { derivedUuid } from "../../ground/identifiers";
import type { JsonObject } from "../../ground/jsonShape";

const createdAt = Date.UTC(2025, 0, 6, 8, 0, 0);
const rateControl = { have_rate_control: false, time_delay: 0, max: 0 };
const approveInfo = { topic_selected: "", need_approve: false, smn_urn_list: "" };

interface Entry {
  readonly name: string;
  readonly description: string;
}

const libraryJobs: readonly Entry[] = [
  { name: "patch-fleet", description: "Runs the patch script on a group of servers" },
  { name: "rotate-certificates", description: "Rolls out new certificates" },
];

const libraryScripts: readonly (Entry & {
  readonly language: string;
  readonly versions: readonly string[];
})[] = [
  {
    name: "patch",
    description: "Installs patches",
    language: "SHELL",
    versions: ["echo patch", "yum -y update"],
  },
  { name: "health-check", description: "Checks services", language: "PYTHON", versions: ["print('ok')"] },
];

const stamps = (projectId: string, age: number): JsonObject => ({
  create_by: "demo",
  create_time: createdAt + age,
  update_by: "demo",
  update_time: createdAt + age,
  enterprise_project_id: "0",
  project_id: projectId,
});

const step = (name: string): JsonObject => ({
  id: derivedUuid("step", name),
  name,
  type: "script",
  input: {},
  ignore_error: false,
  description: "",
});

/** The jobs of a project as ListAllJobByName has them. */
export function jobs(projectId: string): JsonObject[] {
  return libraryJobs.map(({ name, description }, index) => ({
    ...stamps(projectId, index * 1000),
    id: derivedUuid("job", name),
    name,
    description,
    steps: [step(name)],
    parameters: [],
    rate_control: rateControl,
    approve_info: approveInfo,
    is_latest_version: true,
    version_number: 1,
  }));
}

/** The templates of a project; each belongs to the job of the same name. */
export function templates(projectId: string): JsonObject[] {
  return libraryJobs.map(({ name }, index) => ({
    ...stamps(projectId, index * 1000),
    id: derivedUuid("template", name),
    name,
    job_id: derivedUuid("job", name),
    job_version: 1,
    version: "1",
    is_collect: false,
    is_publish: true,
    need_synchronize: false,
    share_type: "private",
    quote: [],
    nodes: [
      {
        id: "run-script",
        name,
        category: "operation",
        description: "",
        ignore_error: false,
        task_name: name,
        parent_node: "",
        metadata: { type: "function", configuration: {} },
      },
    ],
    parameters: [],
    steps: [step(name)],
    rate_control: rateControl,
    approve_info: approveInfo,
  }));
}

/** The scripts of a project as ListAllScriptByName has them. */
export function scripts(projectId: string): JsonObject[] {
  return libraryScripts.map(({ name, description, language }, index) => ({
    ...stamps(projectId, index * 1000),
    id: derivedUuid("script", name),
    name,
    description,
    script_language: language,
    online_exist_status: false,
    online_id: "",
    rate_control: rateControl,
    approve_info: approveInfo,
  }));
}

/** All versions of all scripts, as ListAllVersionByVersionId has them. */
export function scriptVersions(projectId: string): JsonObject[] {
  return libraryScripts.flatMap(({ name, language, versions }) =>
    versions.map((content, index) => ({
      ...stamps(projectId, index * 1000),
      name,
      content,
      script_id: derivedUuid("script", name),
      script_language: language,
      version_id: derivedUuid("script-version", name, index),
      version_number: String(index + 1),
      status_desc: 1,
      job_reference_number: 0,
      job_reference_name: [],
    })),
  );
}
