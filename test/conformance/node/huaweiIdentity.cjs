// Takes on the identity of a federated user through the vendor's Node SDK, the only one that it knows beside keys, and prints
// one line of JSON with what it saw. Usage: huaweiIdentity.cjs URL FOLDER   (the folder in which the packages are installed)
// Nothing is judged here: identityNode.test.ts compares what is printed.
"use strict";
const { writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");

const [, , URL_OF_EMULATOR, FOLDER] = process.argv;
const load = createRequire(join(FOLDER, "package.json"));
const { BasicCredentials, Region } = load("@huaweicloud/huaweicloud-sdk-core");
const sdk = load("@huaweicloud/huaweicloud-sdk-functiongraph");

async function control(method, path, body) {
  const options = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${URL_OF_EMULATOR}/_emulator${path}`, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function run(claims) {
  const wanted = { idp: "github", subject: "repo:acme/app", ...claims };
  const { idToken } = await control("POST", "/id-tokens", wanted);
  const file = join(process.env.HOME, "id-token");
  writeFileSync(file, idToken);
  const credentials = new BasicCredentials()
    .withIdpId("github")
    .withIdTokenFile(file)
    .withIamEndpoint(URL_OF_EMULATOR);
  const graph = sdk.FunctionGraphClient.newBuilder()
    .withCredential(credentials)
    .withRegion(new Region("cn-north-4", URL_OF_EMULATOR))
    .build();
  const request = new sdk.StartWorkflowExecutionRequest("job").withBody(new sdk.FlowExecuteBody({}));
  return Boolean((await graph.startWorkflowExecution(request)).execution_id);
}

async function main() {
  const seen = { federated: await run({}) };
  seen.expired = await run({ expiresInSeconds: -1 }).catch((error) => error.constructor.name);
  const { actors } = await control("GET", "/actors?operation=StartWorkflowExecution");
  seen.actors = actors.map(({ who, kind, project, did }) => [who, kind, project, did]);
  console.log(JSON.stringify(seen));
}

main().catch((problem) => {
  console.error(problem);
  process.exitCode = 1;
});
